// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel

/// The crash points of the kernel's module LKDTM (Documentation/fault-injection/provoke-crashes.rst).
enum CrashPoints {
  /// What is written here happens at once, in the process that writes it; reading gives the names
  /// of all points, a line each, after a title line (drivers/misc/lkdtm/core.c).
  private static let trigger = "/sys/kernel/debug/provoke-crash/DIRECT"

  /// - Throws: ``LoadRefusal`` if the kernel has no such point.
  static func setOff(_ name: String, times: Int) throws {
    let known = try contents(of: trigger).split(separator: UInt8(ascii: "\n"))
    guard known.contains(where: { $0.elementsEqual(name.utf8) }) else {
      throw LoadRefusal(
        gate: .moduleLoader, errno: EINVAL,
        message: "this kernel's LKDTM has no crash point \(name)")
    }
    for _ in 0..<times { try put(Array(name.utf8), into: trigger) }
  }
}
