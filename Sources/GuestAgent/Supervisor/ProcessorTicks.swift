// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel

/// How many interrupts of its own timer each CPU has taken.
package enum ProcessorTicks {
  /// From `/proc/interrupts`; nil if there is only one CPU, whose standstill is the guest's
  /// silence. An idle CPU takes few, too: the host finds out what a standstill means. (`/proc/stat`
  /// would count idle time, but in hundredths of a second: too coarse for a CPU that turns
  /// interrupts on for a moment each second.)
  static func now() -> [UInt64]? {
    // If it can't be read, there is no answer, but that is no reason to end.
    guard several, let table = try? contents(of: "/proc/interrupts") else { return nil }
    return read(table)
  }

  /// The C library reads a file for this.
  private static let several = sysconf(Int32(_SC_NPROCESSORS_CONF)) > 1

  /// The figures of the line `LOC:` (Linux: arch/x86/kernel/irq.c, `arch_show_interrupts`), if the
  /// head of the table names the CPUs from 0 without a gap; nil if one is offline.
  package static func read(_ table: [UInt8]) -> [UInt64]? {
    let lines = table.split(separator: UInt8(ascii: "\n"))
    func words(_ line: ArraySlice<UInt8>) -> [String] {
      line.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
    }
    guard let head = lines.first.map(words), head.count > 1,
      head == head.indices.map({ "CPU\($0)" }),
      let timer = lines.lazy.map(words).first(where: { $0.first == "LOC:" })
    else { return nil }
    let figures = timer.dropFirst().prefix(head.count).compactMap { UInt64($0) }
    return figures.count == head.count ? figures : nil
  }
}
