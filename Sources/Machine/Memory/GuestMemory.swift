// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import Glibc
import Synchronization
import Wire

/// Reads a guest's memory from outside, through QEMU: a witness that doesn't depend on anything in
/// the guest.
///
/// The guest may run at the same time, since an aligned word is never torn; if anything larger has
/// to be consistent, call ``Guest/hold()`` first. A read takes about 0.8 ms, mostly per command,
/// not per byte. Reads wait for each other.
///
/// Addresses of the kernel's image and its direct map are translated by a ``KernelMap``, never by
/// the guest's page tables: these are under the guest's control, and with page-table isolation a
/// CPU in user mode has none of the kernel's.
///
/// For example, whether a guest's clock moves, if `guest` has a map:
///
///     if let jiffies = guest.kernel?.physical(of: "jiffies_64") {
///       let ticks: UInt64 = try await guest.memory.integer(at: jiffies)
///     }
///
/// A symbol can only be looked up if it is in the agent's list (`KernelPlaces.names` in `Wire`).
public final class GuestMemory: Sendable {
  /// The most bytes in one read. The largest log ring that is read takes 6 MB.
  public static let most = 8 << 20

  private let qmp: QMPClient
  /// QEMU writes what it is asked for into this file, which has no name.
  private let file: Int32
  /// The guest's memory, in bytes.
  private let size: UInt64
  private let last = Mutex<Task<Void, Never>?>(nil)

  /// - Parameter file: the descriptor that QEMU inherited as ``InheritedDescriptor/saved``.
  init(_ qmp: QMPClient, file: consuming Descriptor, megabytes: Int) {
    self.qmp = qmp
    self.file = file.release()
    size = UInt64(megabytes) << 20
  }

  deinit { close(file) }

  /// An empty file in memory.
  static func makeFile() throws(SystemCallError) -> Descriptor {
    Descriptor(
      owning: try systemCall("memfd_create", on: "a guest's memory") {
        chost_memory_file("panicroom-memory")
      })
  }

  /// Reads from a physical address.
  ///
  /// - Throws: ``MachineError``: `memoryUnreadable` if the guest has no such memory or QEMU wrote
  ///   something other than the requested bytes, `noAnswer` if QEMU doesn't answer within
  ///   `seconds`.
  public func read(physical address: UInt64, count: Int, seconds: Double = 2) async throws
    -> [UInt8]
  {
    guard (1...Self.most).contains(count), address < size, size - address >= UInt64(count) else {
      throw MachineError(
        .memoryUnreadable,
        "\(count) bytes at 0x\(String(address, radix: 16)) are not in the guest's memory.")
    }
    let task = last.withLock { last in
      let task = Task { [last] in
        await last?.value
        return try await self.save(address, count: count, seconds: seconds)
      }
      last = Task { _ = await task.result }
      return task
    }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Reads several ranges. Those close to each other are read by one command, because a command
  /// costs as much as some hundred KiB.
  ///
  /// - Returns: their bytes, in the order of the request.
  /// - Throws: as ``read(physical:count:seconds:)``.
  func read(_ stretches: [(physical: UInt64, count: Int)]) async throws -> [[UInt8]] {
    var bytes = [[UInt8]](repeating: [], count: stretches.count)
    for group in MemoryGroup.groups(of: stretches) {
      let read = try await read(physical: group.physical, count: group.count)
      for index in group.members {
        let start = Int(stretches[index].physical - group.physical)
        bytes[index] = Array(read[start..<start + stretches[index].count])
      }
    }
    return bytes
  }

  /// An integer of the guest's, which is little-endian.
  ///
  /// - Throws: as ``read(physical:count:seconds:)``.
  public func integer<Number: FixedWidthInteger & Sendable>(
    at physical: UInt64, as type: Number.Type = Number.self, seconds: Double = 2
  ) async throws -> Number {
    let bytes = try await read(
      physical: physical, count: MemoryLayout<Number>.size, seconds: seconds)
    guard let number = bytes.integer(at: 0, as: type) else {
      throw MachineError(.memoryUnreadable, "QEMU wrote \(bytes.count) bytes of memory.")
    }
    return number
  }

  /// QMP's `pmemsave` (QEMU: qapi/machine.json) writes physical memory into a file that it opens by
  /// name, and empties first.
  private func save(_ address: UInt64, count: Int, seconds: Double) async throws -> [UInt8] {
    try await qmp.execute(
      "pmemsave",
      [
        "val": .integer(Int(address)), "size": .integer(count),
        "filename": .string("/proc/self/fd/\(InheritedDescriptor.saved)"),
      ], seconds: seconds)
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let more = try systemCall("pread", on: "a guest's memory") {
        bytes.withUnsafeMutableBytes {
          pread(file, $0.baseAddress! + got, count - got, off_t(got))
        }
      }
      guard more > 0 else {
        throw MachineError(.memoryUnreadable, "QEMU wrote \(got) bytes of memory, not \(count).")
      }
      got += more
    }
    return bytes
  }
}
