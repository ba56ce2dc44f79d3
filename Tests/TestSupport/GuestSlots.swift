// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc
internal import Host

/// Permission to start guests, held as locks on files: as many tests have it at a time as there are
/// cores, in this process and others. More guests than that starve each other, and then that is what
/// their tests measure.
public struct GuestSlots: Sendable {
  /// In the folder for temporary files, each user's own. Their number is that of the cores, or what
  /// `PANICROOM_GUEST_SLOTS` says.
  public static let standard = GuestSlots(
    folder: "\(NSTemporaryDirectory())/panicroom-guest-slots-\(getuid())",
    count: ProcessInfo.processInfo.environment["PANICROOM_GUEST_SLOTS"].flatMap { Int($0) }
      ?? ProcessInfo.processInfo.activeProcessorCount)

  let folder: String
  let count: Int

  /// - Parameters:
  ///   - folder: where the files are; made if it is missing.
  ///   - count: 1 at least; less is taken for 1.
  public init(folder: String, count: Int) {
    self.folder = folder
    self.count = max(count, 1)
  }

  /// A slot that is held, until nobody refers to it any more.
  public final class Slot: Sendable {
    private let file: Int32
    fileprivate init(file: Int32) { self.file = file }
    deinit { close(file) }
  }

  /// Waits for any slot, an hour at most.
  public func takeOne() async throws -> Slot {
    try await wait {
      for number in 0..<count {
        if let slot = try take(number) { return slot }
      }
      return nil
    }
  }

  /// Waits until all of them are free, an hour at most. Holds none meanwhile: tests that need one
  /// only go first.
  public func takeAll() async throws -> [Slot] {
    try await wait {
      var slots: [Slot] = []
      for number in 0..<count {
        guard let slot = try take(number) else { return nil }
        slots.append(slot)
      }
      return slots
    }
  }

  /// Asked again instead of waited for: a blocked flock would hold a thread of the cooperative pool.
  private func wait<Taken>(_ take: () throws -> Taken?) async throws -> Taken {
    let deadline = ContinuousClock.now + .seconds(3600)
    while ContinuousClock.now < deadline {
      if let taken = try take() { return taken }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw NeverHappened(description: "no slot for a guest within an hour, in \(folder)")
  }

  private func take(_ number: Int) throws -> Slot? {
    try Files.makeFolder(folder)
    let path = "\(folder)/\(number)"
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw HostError(errno: errno, doing: "open", path: path) }
    if flock(file, LOCK_EX | LOCK_NB) == 0 { return Slot(file: file) }
    let code = errno
    close(file)
    guard code == EWOULDBLOCK || code == EINTR else {
      throw HostError(errno: code, doing: "lock", path: path)
    }
    return nil
  }
}
