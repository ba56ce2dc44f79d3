// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Interactive
import Lab
import Machine

struct ShellCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Open a shell in a fresh guest, and crash it at will.",
    discussion: """
      busybox, modprobe, insmod, bpftool, dmesg; with a scenario, both its twins in /scenario. When \
      the kernel reports something, the judge explains it; when the guest is lost, a new one is \
      offered. Ctrl-] and exit both leave. Nothing in a guest is kept.

      If stdin is not a terminal, commands are read from it; what the kernel prints goes to stderr. \
      Exit status: the shell's; 3 if the guest was lost before the shell ended.

      Examples:
        panicroom shell
        panicroom shell null-map-value           then: load lkm armed; work
        panicroom shell --kernel 6.12 --profile sensitive use-after-free
        echo 'bpftool feature probe' | panicroom shell | less
      """)

  @Argument(
    help: "A scenario whose twins are put into the guest.", completion: Completions.scenarios)
  var scenario: String?

  @Option(help: "A kernel of vm/kernels.yaml.", completion: Completions.kernel)
  var kernel: String?

  @Option(help: "A profile of vm/profiles.yaml.", completion: Completions.profiles)
  var profile: String?

  @Option(help: "kvm or tcg (default: detect). One that doesn't work is an error.")
  var accelerator: Accelerator?

  @Flag(name: [.short, .long], help: "Print more detail.")
  var verbose = false

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    let session = ShellSession(
      laboratory: laboratory,
      request: ShellRequest(
        kernel: kernel, profile: profile, scenario: scenario, accelerator: accelerator),
      colour: isatty(0) == 1 && Terminal.outputTakesColour)
    let status = try await Interruption.cancelling { try await session.run() }
    if status != 0 { throw ExitCode(status) }
  }
}
