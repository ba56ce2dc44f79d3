// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Interactive
import Lab
import Machine
import Reports
import Scenarios
import Verdicts

struct TryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "try",
    abstract: "Try your own program or module in a fresh guest, and report what happened.",
    discussion: """
      Compiles, loads, runs, judges. Nothing is loaded into this machine's kernel. Exit status 0 \
      if there is an answer, whatever it is; 1 if a manifest's promise is broken; 2 if the request or \
      a file is wrong; 3 if a trial was inconclusive, or a promise could not be proven.

      Examples:
        panicroom try probe.bpf.c                 a program; its sections say where it attaches
        panicroom try probe.bpf.c module.c        a pair, each in its own guest
        panicroom try module.c --arg size=64 --watch
        panicroom try filter.bpf.o --attach drop=tc-egress:lo --workload 'packets: 64'
        panicroom try many.bpf.c --each-program --format json
        panicroom try driver/ --kernel all
        panicroom try src/prog.c -I include -DDEBUG --mcpu v1
        panicroom try build/*.bpf.o --kernel 6.1..6.12      a matrix: what runs where, since when
        panicroom try build/*.bpf.o --kernel ladder --runs runs --format html > matrix.html
        panicroom try --manifest load.yaml                  what must load and fire, from which release on
      """)

  @Argument(
    help: """
      Sources (.c), objects (.o, .ko), a folder with a module's Makefile, or a folder to look through \
      for all of these.
      """,
    completion: .file())
  var files: [String] = []

  @Option(
    help: ArgumentHelp(
      "Try the objects that this file (load.yaml) names, and hold them to what it promises of them.",
      valueName: "file"),
    completion: .file(extensions: ["yaml"]))
  var manifest: String?

  @Option(
    help: "A kernel (see kernel list), or all. Repeatable.", completion: Completions.kernels)
  var kernel: [String] = []

  @Option(help: "What the files are, bpf or module (default: by their content).")
  var `as`: Kind?

  @Option(name: .customShort("I", allowingJoined: true), help: "A folder of headers. Repeatable.")
  var include: [String] = []

  @Option(
    name: .customShort("D", allowingJoined: true),
    help: "NAME or NAME=VALUE: a macro. Repeatable.")
  var define: [String] = []

  @Option(
    help: "Further arguments of the compiler, as one word in quotes. Repeatable.")
  var cflags: [String] = []

  @Option(
    help: "A program's instruction set, v1 to v4 (default: v3, and v1 if that is refused).")
  var mcpu: String?

  @Option(help: "kvm or tcg (default: detect). One that doesn't work is an error.")
  var accelerator: Accelerator?

  @Option(
    help: """
      PROGRAM=TARGET, instead of what its section says: tc-ingress, tc-egress or xdp (:DEVICE), \
      cgroup, socket-filter, perf-event, netns, test-run, iterator:MAP; or what an application \
      would name: kprobe:FUNCTION, kretprobe:, fentry:, fexit:, tracepoint:CATEGORY/NAME, \
      raw-tracepoint:NAME, uprobe:PATH:SYMBOL, uretprobe:, lsm:HOOK. Repeatable.
      """)
  var attach: [String] = []

  @Option(
    help: """
      NAME=ENTRIES[,key=BYTES][,value=BYTES][,type=TYPE]: what an application would set of a map; \
      NAME=INDEX:PROGRAM,…: what it would put into a map of programs. Repeatable.
      """)
  var map: [String] = []

  @Option(
    help: """
      A step of the workload as in a scenario's file: 'files: 8'. Repeatable (default: a bit of \
      everything).
      """)
  var workload: [String] = []

  @Option(
    help: """
      NAME=VALUE: a module's parameter, or a program's variable: a number, true, text, or a part: \
      config.port=80, names[2]=eth0. NAME=1,2,3 tries each value, with those of other names in every \
      combination; a comma that belongs to a value is written \\,. Repeatable.
      """)
  var arg: [String] = []

  @Flag(help: "Set armed in the twin, which switches on a scenario's fault.")
  var armed = false

  @Option(
    name: [.long, .customLong("program")],
    help: "Load only this program of the object. Repeatable.")
  var only: [String] = []

  @Option(help: "Load all but this program of the object. Repeatable.")
  var without: [String] = []

  @Flag(help: "Run one trial for each program of the object.")
  var eachProgram = false

  @Option(help: "Time limit in seconds for compiling, and then for the trial.")
  var timeout = 20.0

  @Option(
    help: "A profile of vm/profiles.yaml: sensitive also looks for damage to the kernel's heap.",
    completion: Completions.profiles)
  var profile: String?

  @Option(help: "The guest's memory in MiB (default: 256).")
  var memory: Int?

  @Flag(
    help: """
      Let the guest's kernel wait as long as an ordinary one before it reports a soft lockup (20 s), \
      an RCU stall (21 s) or a hung task (120 s).
      """)
  var stockThresholds = false

  @Flag(help: "Try again whenever the file, or a header in its folder, is saved, until Ctrl-C.")
  var watch = false

  @Option(help: "Keep the evidence in a run directory in this folder.", completion: .directory)
  var runs: String?

  @OptionGroup var part: ShardOptions

  @Option(
    help: """
      What goes to stdout: terminal, json, markdown, junit, or html (a page of what runs where; needs \
      --runs). With --runs, report makes the others from the run directory.
      """)
  var format = ReportFormat.terminal

  @Flag(name: [.short, .long], help: "Print more detail.")
  var verbose = false

  enum Kind: String, ExpressibleByArgument, CaseIterable {
    case bpf, module
  }

  func validate() throws {
    if let mcpu, !["v1", "v2", "v3", "v4"].contains(mcpu) {
      throw ValidationError("--mcpu takes v1, v2, v3 or v4.")
    }

    if ![.terminal, .json, .markdown, .junit, .html].contains(format) {
      throw ValidationError(
        "--format takes terminal, json, markdown, junit or html; for \(format.rawValue) keep the run "
          + "with --runs FOLDER, and use report.")
    }
    if format == .html, watch {
      throw ValidationError(
        "--format html can't be combined with --watch: make the page with --runs FOLDER, and report."
      )
    }
    if format == .html, runs == nil {
      throw ValidationError("--format html needs --runs FOLDER: the page shows the evidence.")
    }
    if !(1...3600).contains(timeout) {
      throw ValidationError("--timeout takes a number of seconds from 1 to 3600.")
    }
    if let memory, !(128...8192).contains(memory) {
      throw ValidationError("--memory takes a number of MiB from 128 to 8192.")
    }
    if !part.isEmpty && (runs == nil || watch) {
      throw ValidationError(
        "--shard needs --runs, which keeps the part for merge, and can't be combined with --watch.")
    }
    try requireOneSource()
    if let name = only.first(where: without.contains) {
      throw ValidationError("--only and --without both name \(name): use only one.")
    }
  }

  /// A manifest says what is tried and how; what compilers, guests and reports need stays with options.
  private func requireOneSource() throws {
    guard manifest != nil else {
      if files.isEmpty { throw ValidationError("Give a file, a folder, or --manifest.") }
      return
    }
    let shape = [attach, map, workload, arg, only, without]
    if !files.isEmpty || `as` != nil || eachProgram || shape.contains(where: { !$0.isEmpty }) {
      throw ValidationError(
        "--manifest names the files, and says how they are loaded: files, --as, --attach, --map, "
          + "--workload, --arg, --only, --without and --each-program can't be combined with it.")
    }
    if watch { throw ValidationError("--manifest can't be combined with --watch.") }
  }

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    let output = TryFront.Output(
      format, width: Terminal.columns(1), colour: Terminal.outputTakesColour)
    let session = TryFront(laboratory: laboratory, request: try request(), output: output)
    if watch {
      return try await Interruption.cancelling {
        try await session.watch(
          show: { try Output.print($0) }, tell: { Terminal.standard.say($0) })
      }
    }
    let answer = try await Interruption.cancelling { try await session.once() }
    try Output.print(answer.text)
    if answer.status != 0 { throw ExitCode(answer.status) }
  }

  private func request() throws -> TryRequest {
    var request = TryRequest(files: files)
    request.manifest = try manifest.map { try TryManifest($0) }
    request.kernels = kernel
    request.mechanism = `as`.map { $0 == .bpf ? .bpf : .lkm }
    request.compiler = try TryWords.compiler(
      includes: include, definitions: define, flags: cflags, machine: mcpu)
    request.accelerator = accelerator
    request.armed = armed
    request.shard = try part.choice
    request.shape = try TryWords.shape(
      attach: attach, maps: map, arguments: arg, only: only, without: without,
      workload: try workload.map(TryWords.step))
    request.profile = profile
    request.memoryMiB = memory
    if stockThresholds { request.thresholds = .stock }
    request.eachProgram = eachProgram
    request.seconds = timeout
    request.runs = runs
    request.command = Array(CommandLine.arguments.dropFirst())
    return request
  }
}
