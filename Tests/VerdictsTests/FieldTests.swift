// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Logs as people paste them, re-typed, with the right answers in `expected.tsv`: file, kind (`a|b`:
/// either; `none`; `*`), blamed frame (`-`: none; `*`; `*not:f`; `a|b`), then `access:`, `address:`,
/// `verdict:` and `fatal:kind@frame`, the finding that ended the machine.
@Suite(.lane, .timeLimit(.minutes(1))) struct FieldTests {
  @Test(arguments: ["field-crash", "fresh-crash", "fresh-crash-2"]) func everyLogHasItsAnswer(
    _ folder: String
  )
    throws
  {
    let rows = try Fixture.lines("\(folder)/expected.tsv")
    #expect(rows.count > 30)
    for row in rows where !Self.known.contains(row.prefix { $0 != "\t" }) {
      let columns = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      let bytes = try Fixture.bytes("\(folder)/\(columns[0].dropLast(4))")
      let reading = KernelLog.reading(of: bytes)
      let wrong = Self.mistakes(reading, columns)
      #expect(wrong.isEmpty, "\(columns[0]): \(wrong.joined(separator: "; "))")
    }
  }

  /// What docs/verdicts.md says is missed: the trace has only functions that are nobody's fault.
  private static let known: Set<Substring> = ["12-behind-a-root-prompt.log"]

  /// What the answers get wrong; empty if nothing.
  static func mistakes(_ reading: LogReading, _ columns: [String]) -> [String] {
    let cause = reading.findings.first
    var wrong: [String] = []
    let kind = cause?.kind.rawValue ?? "none"
    if !matches(kind, columns[1]) { wrong.append("kind \(kind), not \(columns[1])") }
    let frame = cause?.frame ?? "-"
    if !matches(frame, columns[2]) { wrong.append("frame \(frame), not \(columns[2])") }
    for demand in columns.dropFirst(3) where !demand.isEmpty {
      let parts = demand.split(separator: ":", maxSplits: 1).map(String.init)
      let said: String? =
        switch parts[0] {
        case "access": cause?.access?.rawValue
        case "address": cause?.address
        case "verdict": reading.ruling?.rawValue
        case "fatal":
          reading.fatal.map {
            reading.findings[$0].kind.rawValue + "@" + (reading.findings[$0].frame ?? "-")
          }
        default: nil
        }
      if !matches(said ?? "-", parts[1]) {
        wrong.append("\(parts[0]) \(said ?? "-"), not \(parts[1])")
      }
    }
    return wrong
  }

  private static func matches(_ answer: String, _ pattern: String) -> Bool {
    if pattern == "*" { return true }
    if pattern.hasPrefix("*not:") { return answer != pattern.dropFirst(5) }
    return pattern.split(separator: "|").contains { $0 == answer }
  }
}
