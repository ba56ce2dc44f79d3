// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

/// How many eBPF objects the kernel holds.
public struct ObjectCounts: Sendable, Equatable {
  public var programs: Int
  public var maps: Int
  public var links: Int

  /// Counts by walking the kernel's ids.
  public init() throws(SystemError) {
    programs = try ObjectCounts.walk("programs", bpf_prog_get_next_id)
    maps = try ObjectCounts.walk("maps", bpf_map_get_next_id)
    links = try ObjectCounts.walk("links", bpf_link_get_next_id)
  }

  private static func walk(
    _ what: String, _ next: (UInt32, UnsafeMutablePointer<UInt32>?) -> Int32
  ) throws(SystemError) -> Int {
    var id: UInt32 = 0
    var count = 0
    while true {
      let result = next(id, &id)
      // ENOSYS: a kernel without eBPF has none.
      if result == -ENOENT || result == -ENOSYS { return count }
      if result < 0 { throw SystemError("walk the kernel's eBPF \(what)", errno: -result) }
      count += 1
    }
  }
}
