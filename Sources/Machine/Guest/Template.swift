// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Wire

/// A booted guest, frozen when its agent was ready: a memory file and QEMU's small state file.
///
/// Kata Containers' VM templating works the same way: the memory lies in a file that clones map
/// copy-on-write, and QEMU's migration leaves it out (`x-ignore-shared`).
public struct Template: Sendable {
  /// What a template was made from, and what its files looked like when they were complete.
  struct Record: Codable, Equatable {
    var description: MachineDescription
    var kernelRelease: String
    var bootSeconds: Double
    var kernel: KernelAccess
    var memory: FileStamp
    var state: FileStamp
    /// ``SealedFile/digest``.
    var memoryDigest: String
    var stateDigest: String
  }

  /// Changes with every write to the file.
  struct FileStamp: Codable, Equatable {
    var bytes: Int64
    var modifiedSeconds: Int
    var modifiedNanoseconds: Int

    init(path: String) throws(SystemCallError) {
      var status = stat()
      _ = try systemCall("stat", on: path) { stat(path, &status) }
      bytes = Int64(status.st_size)
      modifiedSeconds = status.st_mtim.tv_sec
      modifiedNanoseconds = status.st_mtim.tv_nsec
    }
  }

  public let folder: String
  public let description: MachineDescription
  /// What guests start from. The memory's is nil if this machine has no room for it: then it is the
  /// file, which was intact when it was opened.
  private let sealedMemory: SealedFile?
  private let sealedState: SealedFile
  private let kernel: KernelAccess

  private static func memory(in folder: String) -> String { folder + "/memory" }
  private static func state(in folder: String) -> String { folder + "/state" }
  private static func record(in folder: String) -> String { folder + "/template.json" }

  /// Opens a template that was made before, and copies its content into sealed memory for all
  /// guests that are restored from it: some 160 MiB for a guest of 256 MiB, in 0.3 s.
  ///
  /// - Parameter availableMiB: the upper limit for that; by default what the machine can spare.
  /// - Throws: ``MachineError`` with code `templateDamaged` if a file is missing or has changed, or
  ///   if it was made from something other than `description`; ``SystemCallError``.
  public init(
    opening folder: String, for description: MachineDescription,
    availableMiB: Int = SpareMemory.mebibytes
  ) throws {
    guard access(Self.record(in: folder), F_OK) == 0 else {
      throw MachineError(.templateDamaged, "The template in \(folder) did not restore last time.")
    }
    let record: Record
    let memory: FileStamp
    let state: FileStamp
    do {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: Self.record(in: folder)))
      record = try JSONDecoder().decode(Record.self, from: bytes)
      memory = try FileStamp(path: Self.memory(in: folder))
      state = try FileStamp(path: Self.state(in: folder))
    } catch {
      throw MachineError(
        .templateDamaged, "The template in \(folder) is not whole: a file is missing or unreadable."
      )
    }
    guard record.memory == memory, record.state == state else {
      throw MachineError(
        .templateDamaged, "The template in \(folder) was changed since it was made.")
    }
    guard record.description == description else {
      throw MachineError(.templateDamaged, "The template in \(folder) is of another machine.")
    }
    self.folder = folder
    self.description = description
    kernel = record.kernel
    sealedState = try SealedFile(copying: Self.state(in: folder))
    let file = Self.memory(in: folder)
    sealedMemory = availableMiB >= description.memoryMiB ? try SealedFile(copying: file) : nil
    let digest = try sealedMemory?.digest ?? SealedFile.digest(of: file)
    guard digest == record.memoryDigest, sealedState.digest == record.stateDigest else {
      throw MachineError(
        .templateDamaged, "The template in \(folder) is not what it was when it was made.")
    }
  }

  /// Whether its guests start from a copy that can't be changed.
  public var isSealed: Bool { sealedMemory != nil }

  /// Boot a guest in `folder` (which must exist, and may be moved afterwards) and freeze it.
  ///
  /// - Parameter seconds: how long the boot may take.
  /// - Throws: ``MachineError`` or ``SystemCallError``; nothing of the guest is left running.
  public static func make(_ description: MachineDescription, in folder: String, seconds: Double)
    async throws
  {
    let began = ContinuousClock.now
    let guest = try await Guest(
      description, .bootInto(memoryFile: memory(in: folder)),
      files: Guest.LogFiles(console: folder + "/console.log", qemuLog: folder + "/qemu.log"))
    var record: Record?
    do {
      _ = try await guest.endingOnError {
        try await guest.qmp.execute("qmp_capabilities")
        let greeting = try await guest.awaitHello(seconds: seconds)
        let boot = (ContinuousClock.now - began).seconds
        try await guest.learn(greeting.places)
        try await guest.freeze(into: state(in: folder))
        await guest.end()
        for file in [memory(in: folder), state(in: folder)] { try Self.roundTime(of: file) }
        record = Record(
          description: description, kernelRelease: greeting.release, bootSeconds: boot,
          kernel: guest.kernelAccess,
          memory: try FileStamp(path: memory(in: folder)),
          state: try FileStamp(path: state(in: folder)),
          memoryDigest: try SealedFile.digest(of: memory(in: folder)),
          stateDigest: try SealedFile.digest(of: state(in: folder)))
      }
    } catch {
      throw Self.wantOfSpace(in: folder) ?? error
    }
    // The memory stays writable: QEMU before 8.2 opens it O_RDWR even for a private mapping
    // (softmmu/physmem.c file_ram_open), which only root may do to a read-only file.
    for (file, mode) in [(memory(in: folder), mode_t(0o600)), (state(in: folder), 0o400)] {
      var status = stat()
      _ = try systemCall("stat", on: file) { stat(file, &status) }
      // In a jail its memory was another user's.
      if status.st_uid != geteuid() {
        _ = try systemCall("chown", on: file) { chown(file, geteuid(), getegid()) }
      }
      _ = try systemCall("chmod", on: file) { chmod(file, mode) }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try encoder.encode(record).write(to: URL(fileURLWithPath: Self.record(in: folder)))
  }

  /// Cuts the time of modification to a whole second, as the layers of container images do: a template is
  /// the same in there.
  private static func roundTime(of file: String) throws(SystemCallError) {
    var status = stat()
    _ = try systemCall("stat", on: file) { stat(file, &status) }
    let times = [status.st_atim, timespec(tv_sec: status.st_mtim.tv_sec, tv_nsec: 0)]
    _ = try systemCall("utimensat", on: file) { utimensat(AT_FDCWD, file, times, 0) }
  }

  /// QEMU dies silently of SIGBUS if there is no room for a page of its memory's file.
  private static func wantOfSpace(in folder: String) -> SystemCallError? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0, status.f_bavail < 1 << 20 / status.f_frsize else {
      return nil
    }
    return SystemCallError(call: "write", subject: memory(in: folder), errno: ENOSPC)
  }

  /// Make ``init(opening:for:)`` refuse it from now on. Clones that run are not disturbed.
  public func discard() throws(SystemCallError) {
    let record = Self.record(in: folder)
    do {
      _ = try systemCall("unlink", on: record) { unlink(record) }
    } catch {
      // Another trial side by side may have met the same damage first; in a cache that can't be
      // written the next command will meet it again.
      guard [ENOENT, EROFS, EACCES].contains(error.errno) else { throw error }
    }
  }

  /// Starts a guest that continues where the template was frozen, and greets its agent.
  ///
  /// - Throws: ``MachineError`` if QEMU refuses the state or the agent doesn't answer in time.
  public func restore(files: Guest.LogFiles, seconds: Double) async throws -> Guest {
    // Each clone needs its own file offset, so its own descriptor.
    let state = try sealedState.open()
    let guest = try await Guest(
      description,
      .restore(
        memoryFile: Self.memory(in: folder), stateDescriptor: state.number,
        memoryDescriptor: sealedMemory?.descriptor), files: files)
    guest.assume(kernel)
    return try await guest.endingOnError {
      try await guest.thaw()
      try await guest.sayHello()
      _ = try await guest.awaitHello(seconds: seconds)
    }
  }
}

extension Guest {
  private static let ignoreShared: [String: JSONValue] = [
    "capabilities": .array([
      .object(["capability": .string("x-ignore-shared"), "state": .bool(true)])
    ])
  ]

  /// Write the machine's state, without its memory, to a file.
  fileprivate func freeze(into path: String) async throws {
    let state = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC)
    try await qmp.execute("migrate-set-capabilities", Self.ignoreShared)
    try await qmp.execute(
      "getfd", ["fdname": .string("state")], descriptor: state.number)
    try await qmp.execute("migrate", ["uri": .string("fd:state")])
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      let status = try await qmp.execute("query-migrate")["status"]?.string
      switch status {
      case "completed": return
      case "failed", "cancelled":
        throw MachineError(
          .qemuFailed, "QEMU could not freeze the guest: migration \(status ?? "").")
      default: try await Task.sleep(for: .milliseconds(5))
      }
    }
    throw MachineError(.qemuFailed, "QEMU did not freeze the guest within 60 s.")
  }

  /// Loads a template's state. The guest starts running as soon as it is read.
  fileprivate func thaw() async throws {
    try await qmp.execute("qmp_capabilities")
    try await qmp.execute("migrate-set-capabilities", Self.ignoreShared)
    try await qmp.execute(
      "migrate-incoming", ["uri": .string("fd:\(InheritedDescriptor.state)")])
  }
}

extension Duration {
  /// As a number of seconds.
  public var seconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) + Double(attoseconds) / 1e18
  }
}
