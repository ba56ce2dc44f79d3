// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Host
import Lab
import Scenarios

struct PrepareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Fetch, compile and boot everything that a later run or try needs, and run nothing.",
    discussion: """
      Afterwards run, try and bench start immediately, and need no network for these kernels.

      --offline-bundle also packs everything for a machine without a network: this checkout, the \
      built programs, kernels with their compilers, objects, and Debian's packages if this was \
      started by the entry script. There: tar -xf FILE, then panicroom-bundle/install [FOLDER]. A \
      machine that already has Panic Room takes the kernels and objects with --from-bundle.

      Examples:
        panicroom prepare                    everything, for the default kernel
        panicroom prepare --kernel all       the day before a workshop
        panicroom prepare '*-loop'           a few scenarios
        panicroom prepare --kernel all --offline-bundle panicroom.tar
        panicroom prepare --from-bundle panicroom.tar
        panicroom prepare --offline-bundle panicroom.tar --sign minisign.key
        panicroom prepare --from-bundle panicroom.tar --key minisign.pub
      """)

  @Argument(
    help: "Names of scenarios, or patterns with * and ? (default: all).",
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @Option(
    help: "A kernel (see kernel list), or all. Repeatable.",
    completion: Completions.kernels)
  var kernel: [String] = []

  @Option(
    help: "A profile of vm/profiles.yaml. Repeatable.",
    completion: Completions.profiles)
  var profile: [String] = []

  @Option(
    help: ArgumentHelp(
      "Pack everything into this file, for a machine without a network.", valueName: "file"),
    completion: .file())
  var offlineBundle: String?

  @Option(
    help: ArgumentHelp(
      "Take kernels and objects from this bundle, or from the folder that it was unpacked into.",
      valueName: "file"),
    completion: .file())
  var fromBundle: String?

  @Option(
    help: ArgumentHelp(
      "Sign the bundle with this secret key of minisign's, which must have no password.",
      valueName: "file"),
    completion: .file())
  var sign: String?

  @Option(
    help: ArgumentHelp(
      "Take the bundle only if this public key of minisign's has signed it.", valueName: "file"),
    completion: .file())
  var key: String?

  @Flag(name: .customLong("without-packages"), help: "Leave Debian's packages out of the bundle.")
  var withoutPackages = false

  @Flag(name: [.short, .long], help: "Print more detail.")
  var verbose = false

  func validate() throws {
    if offlineBundle != nil && fromBundle != nil {
      throw ValidationError(
        "--offline-bundle makes a bundle, --from-bundle reads one: use only one.")
    }
    if fromBundle != nil && !kernel.isEmpty {
      throw ValidationError("--from-bundle takes the bundle's kernels: omit --kernel.")
    }
    if key != nil && fromBundle == nil { throw ValidationError("--key needs --from-bundle.") }
    if sign != nil && offlineBundle == nil {
      throw ValidationError("--sign needs --offline-bundle.")
    }
    if withoutPackages && offlineBundle == nil {
      throw ValidationError("--without-packages needs --offline-bundle.")
    }
  }

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    var request = Request(
      scenarios: try Catalogue.load(repository: laboratory.repository.root).select(scenarios))
    request.kernels = kernel
    request.profiles = profile
    let reasons = try await prepare(request, laboratory)
    Terminal.standard.show(status: "")
    for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) {
      Terminal.standard.say("panicroom: kernel \(name) could not be made ready: \(reason)")
    }
    if !reasons.isEmpty { throw ExitStatus.badRequest }
  }

  private func prepare(
    _ request: Request, _ laboratory: Laboratory
  ) async throws -> [String: String] {
    let version = Version.number
    if let fromBundle {
      return try await Interruption.cancelling {
        var request = request
        request.kernels = try await laboratory.bundles.install(
          fromBundle, version: version, key: key)
        return try await laboratory.prepare(request)
      }
    }
    guard let offlineBundle else {
      return try await Interruption.cancelling { try await laboratory.prepare(request) }
    }
    var wanted = BundleRequest(request, file: offlineBundle, version: version)
    wanted.signingKey = sign
    if !withoutPackages { wanted.packages = Setup.packages }
    if wanted.packages.isEmpty && !withoutPackages {
      Terminal.standard.say(
        "note: the bundle gets no Debian packages; ./panicroom prepare names those that it needs")
    }
    let order = wanted
    let reasons = try await Interruption.cancelling { try await laboratory.bundles.pack(order) }
    Terminal.standard.show(status: "")
    Terminal.standard.say(
      "packed \(offlineBundle), \((Files.size(offlineBundle) ?? 0) >> 20) MiB. On the other machine: "
        + "tar -xf FILE && panicroom-bundle/install")
    return reasons
  }
}
