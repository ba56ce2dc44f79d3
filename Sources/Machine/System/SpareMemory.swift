// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host

/// Memory that can be taken without harm to what else runs.
public enum SpareMemory {
  /// Left to guests and to everything else, in MiB.
  private static let reserve = 768

  /// In MiB, never negative: what the kernel calls available (proc(5), `MemAvailable`), or what this
  /// process's memory cgroup still has, if that is less, without a reserve.
  public static var mebibytes: Int {
    max(0, min(available, left(of: "/sys/fs/cgroup") ?? .max) - reserve)
  }

  private static var available: Int {
    // If /proc can't be read, nothing is known to be spare.
    let lines = ((try? Files.text("/proc/meminfo")) ?? "").split(separator: "\n")
    let line = lines.first { $0.hasPrefix("MemAvailable:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (kibibytes ?? 0) / 1024
  }

  /// Of a cgroup v2 memory controller (Linux: Documentation/admin-guide/cgroup-v2.rst); nil if this
  /// process has no such limit.
  private static func left(of root: String) -> Int? {
    func number(_ path: String) -> Int? {
      // No such file, or "max".
      (try? Files.text(path)).flatMap { Int($0.filter { !$0.isWhitespace }) }
    }
    let own = ((try? Files.text("/proc/self/cgroup")) ?? "").split(separator: "\n")
      .first { $0.hasPrefix("0::") }
    guard let own else { return nil }
    let folder = "\(root)\(own.dropFirst(3))"
    guard let most = number("\(folder)/memory.max"), let now = number("\(folder)/memory.current")
    else { return nil }
    return max(0, most - now) >> 20
  }
}
