import ArgumentParser
import Foundation
import Interactive
import Lab
import Machine
import Scenarios

struct TryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Try your own program or module in a fresh guest, and say what became of it.",
    discussion: """
      Compiles, loads, runs, judges. Nothing is loaded into this machine's kernel. Exit status 0 \
      where there is an answer, whatever it is; 2 where the request or a file is wrong; 3 where a \
      trial was inconclusive.

      Examples:
        panicroom try probe.bpf.c                 a program; it attaches as its sections say
        panicroom try probe.bpf.c module.c        a pair, each in a guest of its own
        panicroom try module.c --arg size=64 --watch
        panicroom try filter.bpf.o --attach drop=tc-egress:lo --workload 'packets: 64'
        panicroom try many.bpf.c --each-program --format json
      """)

  @Argument(
    help: "A .bpf.c, .bpf.o, .c (a module) or .ko, or one program and one module.",
    completion: .file())
  var files: [String]

  @Option(help: "A kernel (see kernel list).", completion: Completions.kernel)
  var kernel: String?

  @Option(help: "kvm or tcg, instead of finding out. One that doesn't work is an error.")
  var accelerator: Accelerator?

  @Option(
    help: """
      PROGRAM=TARGET, instead of what its section says: tc-ingress, tc-egress or xdp (:DEVICE), \
      cgroup, socket-filter, perf-event, netns, test-run, iterator:MAP. May be given more than once.
      """)
  var attach: [String] = []

  @Option(
    help: """
      A step of the workload as in a scenario's file: 'files: 8'. May be given more than once; a \
      bit of everything where it isn't.
      """)
  var workload: [String] = []

  @Option(
    help: "NAME=VALUE: a module's option, or a program's variable. May be given more than once.")
  var arg: [String] = []

  @Flag(help: "Set armed in the twin, as a scenario's fault is switched on.")
  var armed = false

  @Option(help: "Load this program of the object only.")
  var program: String?

  @Flag(help: "A trial for each program of the object.")
  var eachProgram = false

  @Option(help: "Seconds that compiling, and then the trial, may take.")
  var timeout = 20.0

  @Flag(help: "Try again on every save of the file or a header beside it, until Ctrl-C.")
  var watch = false

  @Option(help: "Keep the evidence in a run directory in this folder.", completion: .directory)
  var runs: String?

  @Option(help: "What goes to standard output: terminal or json.")
  var format = RunCommand.Format.terminal

  @Flag(name: [.short, .long], help: "Say more about what is being done.")
  var verbose = false

  func validate() throws {
    if !(1...3600).contains(timeout) {
      throw ValidationError("--timeout takes a number of seconds from 1 to 3600.")
    }
    if eachProgram && program != nil {
      throw ValidationError("--program chooses one, --each-program takes all: give one of them.")
    }
  }

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    let output: TryFront.Output =
      switch format {
      case .json: .json
      case .terminal:
        .terminal(width: Terminal.columns(1), colour: Terminal.outputTakesColour)
      }
    let session = TryFront(laboratory: laboratory, attempt: try attempt(), output: output)
    if watch {
      return try await Interruption.cancelling {
        try await session.watch(
          show: { try Output.print($0) }, tell: { Terminal.standard.say($0) })
      }
    }
    let answer = try await Interruption.cancelling { try await session.once() }
    try Output.print(answer.text)
    if !answer.isAnswered { throw ExitStatus.inconclusive }
  }

  private func attempt() throws -> TryRequest {
    var attempt = TryRequest(files: files)
    attempt.kernel = kernel
    attempt.accelerator = accelerator
    attempt.armed = armed
    attempt.attach = try attach.map(TryWords.attach)
    attempt.workload = try workload.map(TryWords.step)
    attempt.arguments = try arg.map(TryWords.argument)
    attempt.program = program
    attempt.eachProgram = eachProgram
    attempt.seconds = timeout
    attempt.runs = runs
    attempt.command = Array(CommandLine.arguments.dropFirst())
    return attempt
  }
}
