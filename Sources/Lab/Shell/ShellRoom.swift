// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Logging
public import Machine
import Record
import Scenarios
import Trials
import Verdicts
import Wire

/// What `panicroom shell` is asked for.
public struct ShellRequest: Sendable {
  /// Of `vm/kernels.yaml` and `vm/profiles.yaml`; nil for the default ones.
  public var kernel: String?
  public var profile: String?
  /// The scenario whose twins are available.
  public var scenario: String?
  public var accelerator: Accelerator?

  public init(
    kernel: String? = nil, profile: String? = nil, scenario: String? = nil,
    accelerator: Accelerator? = nil
  ) {
    self.kernel = kernel
    self.profile = profile
    self.scenario = scenario
    self.accelerator = accelerator
  }
}

/// A kernel with its template and a scenario's files, ready for guests with shells, one after the
/// other.
public struct ShellRoom: Sendable {
  public let kernelRelease: String
  public let profile: String
  /// The scenario's name and title.
  public let scenario: (name: String, title: String)?
  let repository: Repository
  let logger: Logger
  let machine: PreparedMachine
  /// What decides how much time its guests need.
  let traits: KernelTraits
  let forge: Forge
  /// Made while the first guest starts.
  let material: Task<ShellMaterial, any Error>
  let folder: String
}

/// What the forge makes for a shell.
struct ShellMaterial: Sendable {
  var files: [ShellFile]
  /// The scenario's modules with debug information: the armed variant first.
  var modules: [(name: String, full: String)]
}

/// Makes rooms for shells, and clears them away.
public struct Shells: Sendable {
  let preparation: Preparation
  let repository: Repository

  /// Makes ready what shells need, and passes it to `body`; afterwards everything that guests left
  /// is removed.
  ///
  /// - Throws: ``LabError``, `CatalogueError` or `InvalidScenario` if the request is wrong; what
  ///   keeps a guest from being prepared; what `body` throws.
  public func withRoom<Result>(
    _ request: ShellRequest, _ body: (ShellRoom) async throws -> Result
  ) async throws -> Result {
    let scenario = try request.scenario.map(readScenario)
    guard Tool("busybox").locate() != nil else {
      throw ToolError.missing(program: "busybox", package: "busybox-static")
    }
    let (prepared, profile) = try await preparation.kernel(
      named: request.kernel, profile: request.profile, request.accelerator)
    let machine = try await preparation.machine(of: prepared, profile, cpus: scenario?.cpus ?? 1)
    let forge = prepared.forge
    let material = Task<ShellMaterial, any Error> { [repository] in
      let twins = try await forge.forge(scenario.map { [$0] } ?? [])
      let files = try scenario.map {
        try ShellFiles.of($0, twins: twins, repository: repository.root)
      }
      return ShellMaterial(
        files: [ShellFiles.profile] + (files ?? []), modules: Self.modules(twins))
    }
    defer { material.cancel() }
    return try await preparation.cache.temporarily(beside: "shells/shell") { folder in
      try await body(
        ShellRoom(
          kernelRelease: prepared.kernel.release, profile: profile.name,
          scenario: scenario.map { ($0.name, $0.title) }, repository: repository,
          logger: preparation.logger, machine: machine, traits: prepared.traits, forge: forge,
          material: material, folder: folder))
    }
  }

  /// Only that one; the others only if it doesn't exist, to suggest which was meant.
  private func readScenario(_ name: String) throws -> Scenario {
    let path = "scenarios/\(name).yaml"
    guard try Catalogue.names(repository: repository.root).contains(name) else {
      return try Catalogue.load(repository: repository.root).scenario(named: name)
    }
    return try ScenarioFile.read("\(repository.root)/\(path)", shownAs: path)
  }

  private static func modules(_ twins: [ForgedTwin]) -> [(name: String, full: String)] {
    twins.filter { $0.mechanism == .lkm }.sorted { $0.armed == true && $1.armed != true }
      .compactMap { twin in
        guard case .success(let object) = twin.result else { return nil }
        return (String(twin.scenario.map { $0 == "-" ? "_" : $0 }), object.full)
      }
  }
}

extension ShellRoom {
  /// Starts a guest with a shell in it.
  ///
  /// - Parameters:
  ///   - terminal: the user's `TERM`.
  ///   - size: of the user's terminal; nil if commands come from a file or a pipe.
  ///   - emit: called for everything that happens, from any thread; must not block.
  /// - Throws: what keeps the guest from starting; nothing of it is left then.
  public func enter(
    terminal: String, size: (rows: Int, columns: Int)?,
    emit: @escaping @Sendable (ShellGuest.Event) -> Void
  ) async throws -> ShellGuest {
    let flow = ConsoleFlow(emit: emit)
    var guestFiles = Guest.LogFiles(
      console: "\(folder)/\(Evidence.consoleName)", qemuLog: "\(folder)/qemu.log")
    guestFiles.consoleTap = { flow.add($0) }
    let (guest, _) = try await machine.start(
      guestFiles, bootSeconds: 90, for: "shell", logger: logger)
    try await guest.endingOnError {
      for file in try await material.value.files {
        try await guest.send(
          .file(path: file.path, size: file.bytes.count, executable: file.executable))
        try await guest.send(blob: file.bytes)
      }
      // The user doesn't want to see the messages of a boot.
      flow.open()
      try await guest.send(
        .shell(
          ShellPlan(
            terminal: terminal,
            size: size.map { TerminalSize(rows: $0.rows, columns: $0.columns) })))
    }
    return ShellGuest(guest, room: self, flow: flow, emit: emit)
  }

  /// The seconds from nothing to the shell's first prompt.
  ///
  /// - Throws: ``LabError`` if the guest ends before it.
  public func secondsToPrompt() async throws -> Double {
    let (events, sink) = AsyncStream.makeStream(of: ShellGuest.Event.self)
    let began = ContinuousClock.now
    let guest = try await enter(terminal: "dumb", size: (24, 80)) { sink.yield($0) }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        await guest.watch()
        sink.finish()
      }
      var seconds: Double?
      var shown: [UInt8] = []
      for await event in events {
        guard case .output(let bytes) = event else { continue }
        shown += bytes
        if String(decoding: shown, as: UTF8.self).contains("# ") {
          seconds = (ContinuousClock.now - began).seconds
          break
        }
      }
      await guest.end()
      guard let seconds else { throw LabError("The guest ended before its shell had a prompt.") }
      return seconds
    }
  }
}
