// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Lab
import Machine
import Record
import Scenarios

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run scenarios and report what happened.",
    discussion: """
      Examples:
        panicroom run                        everything, on the default kernel
        panicroom run null-map-value         one scenario
        panicroom run '*-loop' --cold        boot every guest instead of restoring it
        panicroom run --resume runs/latest   finish an interrupted run
        panicroom run --family locks         one family of scenarios
        panicroom run --fail-fast --deadline 20m
        panicroom run --format json --junit results.xml
        panicroom run --suite verifier-selftests --source linux-source-6.12
        panicroom run --suite lkdtm --kernel debug
        panicroom run --suite mutants null-map-value
        panicroom run --suite mutants --sample 500 --seed 7
        panicroom run --kernel all --shard 3/8
        panicroom run --retry-unmet 3 --known known-issues.yaml
      """)

  @Argument(
    help: """
      Names of scenarios (of items, with --suite), or patterns with * and ? (default: all).
      """,
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @OptionGroup var filter: FilterOptions

  @Option(
    help: "A kernel (see kernel list), or all. Repeatable.",
    completion: Completions.kernels)
  var kernel: [String] = []

  @Option(
    help: "A profile of vm/profiles.yaml. Repeatable.",
    completion: Completions.profiles)
  var profile: [String] = []

  @Option(name: .customLong("repeat"), help: "Repetitions per trial.")
  var repetitions = 1

  @Option(
    name: [.customShort("j", allowingJoined: true), .long],
    help: "Trials to run in parallel (default: one per core, three per two cores with --share).")
  var jobs: Int?

  @Option(
    help: """
      Start trials in an order derived from this number, above 0, instead of the catalogue's. The \
      same number gives the same order.
      """)
  var seed: UInt64?

  @Option(help: "kvm or tcg (default: detect). One that doesn't work is an error.")
  var accelerator: Accelerator?

  @Flag(help: "Boot every guest instead of restoring it from a template.")
  var cold = false

  @Flag(
    help: """
      Give a guest another trial if the last one changed nothing in its kernel. Armed modules, and \
      programs that are expected to do harm, still get one of their own. Takes less time.
      """)
  var share = false

  @Flag(
    name: .customLong("no-second-look"),
    help: "Don't repeat faults that went unnoticed on the profile that shows more.")
  var noSecondLook = false

  @Flag(
    name: .customLong("bpftool"),
    help: """
      Run bpftool on programs while they are loaded and keep its output, with the features of \
      each kernel.
      """)
  var inspected = false

  @Flag(
    help: """
      Start no more trials once one is unmet. What was not run is missing from the run; --resume \
      runs it.
      """)
  var failFast = false

  @Option(
    help: """
      Start no more trials after this time, such as 90s, 20m or 2h. If trials are missing then, the \
      exit status is 3.
      """)
  var deadline: Deadline?

  @Option(help: "Run a suite instead of scenarios: verifier-selftests, lkdtm or mutants.")
  var suite: SuiteChoice.Name?

  @Option(
    parsing: .upToNextOption,
    help: "With --suite mutants: only these operators, such as MIA MIFS (see docs/campaign.md).")
  var operators: [String] = []

  @Option(
    help: """
      With --suite mutants: draw this many places at random, from each operator and mechanism its \
      share. --seed says which.
      """)
  var sample: Int?

  @Option(
    help: "The folder that the suite is made from: for verifier-selftests a kernel's source tree.",
    completion: .directory)
  var source: String?

  @OptionGroup var unmet: UnmetOptions

  @OptionGroup var part: ShardOptions

  @Option(help: "Resume the interrupted run in this directory.", completion: .directory)
  var resume: String?

  @OptionGroup var answer: AnswerOptions

  @Option(help: "The folder for run directories (default: runs in the checkout).")
  var runs: String?

  @Flag(name: [.short, .long], help: "Print more detail.")
  var verbose = false

  func validate() throws {
    if repetitions < 1 || repetitions > 10_000 {
      throw ValidationError("--repeat takes a number from 1 to 10000.")
    }
    if let jobs, jobs < 1 || jobs > 256 {
      throw ValidationError("--jobs takes a number from 1 to 256.")
    }
    if seed == 0 { throw ValidationError("--seed takes a number above 0.") }
    let choices =
      !scenarios.isEmpty || !filter.isEmpty || !kernel.isEmpty || !profile.isEmpty
      || repetitions != 1 || seed != nil || !part.isEmpty || !unmet.isEmpty
    if source != nil && suite == nil {
      throw ValidationError("--source needs --suite, which says what is made from it.")
    }
    if suite != nil && !filter.isEmpty {
      throw ValidationError(
        "--family, --verdict, --weakness, --hook and --mechanism choose scenarios, not items of a suite."
      )
    }
    if suite != .mutants && (!operators.isEmpty || sample != nil) {
      throw ValidationError("--operators and --sample work with --suite mutants only.")
    }
    if let sample, sample < 1 || sample > 1_000_000 {
      throw ValidationError("--sample takes a number from 1 to 1000000.")
    }
    if suite != nil && inspected {
      throw ValidationError("--bpftool works with scenarios, not with --suite.")
    }
    if resume != nil
      && (choices || suite != nil || cold || share || noSecondLook || accelerator != nil
        || runs != nil)
    {
      throw ValidationError(
        "--resume continues the run as it was planned: omit the other choices.")
    }
  }

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    let folder = runs ?? laboratory.repository.runsFolder
    let directory: String
    do {
      if let resume {
        directory = try await Interruption.cancelling { [jobs, ending] in
          try await laboratory.resume(resume, jobs: jobs, ending: ending)
        }
      } else {
        let request = try request(in: laboratory.repository)
        directory = try await Interruption.cancelling {
          try await laboratory.run(request, runs: folder)
        }
      }
    } catch {
      Terminal.standard.show(status: "")
      // Whatever ended it, the journal is intact: say how to continue.
      if let leftover = progress.leftover {
        Terminal.standard.say(
          "\(leftover); continue with: ./panicroom run --resume \(resume ?? folder + "/latest")")
      }
      throw error
    }
    try answer.give(try RunDirectory.read(directory), directory)
  }

  private func request(in repository: Repository) throws -> Request {
    var request = Request(scenarios: suite == nil ? try chosen(in: repository) : [])
    request.suite = suite.map { SuiteChoice(name: $0, source: source, patterns: scenarios) }
    request.suite?.operators = operators
    request.suite?.sample = sample
    if let seed { request.suite?.seed = seed }
    request.kernels = kernel
    request.profiles = profile
    request.repetitions = repetitions
    request.retryUnmet = unmet.retryUnmet
    request.failsOnFlaky = unmet.failOnFlaky
    request.known = try unmet.issues
    request.seed = seed
    request.cold = cold
    request.sharesGuests = share
    request.looksAgain = !noSecondLook
    request.inspected = inspected
    request.accelerator = accelerator
    request.jobs = jobs
    request.shard = try part.choice
    request.ending = ending
    request.command = Array(CommandLine.arguments.dropFirst())
    return request
  }

  private var ending: RunEnding { RunEnding(isAtUnmet: failFast, time: deadline?.time) }

  private func chosen(in repository: Repository) throws -> [Scenario] {
    let catalogue = try Catalogue.load(repository: repository.root)
    let chosen = try filter.select(try catalogue.select(scenarios), of: catalogue)
    guard !chosen.isEmpty else {
      throw LabError("No scenario matches all of these filters; omit one of them.")
    }
    return chosen
  }
}

extension SuiteChoice.Name: ExpressibleByArgument {}

/// A time on the command line: `90s`, `20m`, `2h`.
struct Deadline: ExpressibleByArgument {
  let time: Duration

  init?(argument: String) {
    let units = ["s": 1, "m": 60, "h": 3600]
    guard let unit = argument.last.flatMap({ units[String($0)] }),
      let number = Int(argument.dropLast()), (1...100_000).contains(number)
    else { return nil }
    time = .seconds(number * unit)
  }
}
