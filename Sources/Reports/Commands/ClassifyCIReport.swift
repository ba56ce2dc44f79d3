// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// Whether logs report what was expected of them, for CI systems: a suite for each log, a case for
/// each demand.
public enum ClassifyCIReport {
  public static func junit(_ logs: [ClassifiedLog]) -> String {
    let all = logs.flatMap(\.outcomes)
    var lines = [
      #"<?xml version="1.0" encoding="UTF-8"?>"#,
      "<testsuites name=\"panicroom classify\" \(counts(all))>",
    ]
    for log in logs {
      let name = JUnitReport.escape(log.file)
      lines.append("  <testsuite name=\"\(name)\" \(counts(log.outcomes)) skipped=\"0\">")
      for outcome in log.outcomes {
        let start =
          "    <testcase classname=\"\(name)\" name=\"\(JUnitReport.escape(outcome.name))\""
        let reason = JUnitReport.escape(outcome.reason)
        switch outcome.state {
        case .met: lines.append(start + "/>")
        case .unmet:
          lines += [
            start + ">",
            "      <failure type=\"unmet\" message=\"\(reason)\">\(details(log))</failure>",
            "    </testcase>",
          ]
        case .inconclusive:
          lines += [
            start + ">", "      <error type=\"inconclusive\" message=\"\(reason)\"/>",
            "    </testcase>",
          ]
        }
      }
      lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  public static func ktap(_ logs: [ClassifiedLog]) -> String {
    var lines = ["KTAP version 1", "1..\(logs.count)"]
    for (index, log) in logs.enumerated() {
      lines += [
        "  KTAP version 1", "  # Subtest: \(KTAPReport.line(log.file))",
        "  1..\(log.outcomes.count)",
      ]
      for (number, outcome) in log.outcomes.enumerated() {
        let isMet = outcome.state == .met
        if !isMet { lines.append("  # \(word(outcome.state)): \(KTAPReport.line(outcome.reason))") }
        lines.append("  \(isMet ? "ok" : "not ok") \(number + 1) \(KTAPReport.line(outcome.name))")
      }
      let isMet = log.outcomes.allSatisfy { $0.state == .met }
      lines.append("\(isMet ? "ok" : "not ok") \(index + 1) \(KTAPReport.line(log.file))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func word(_ state: LogExpectation.Outcome.State) -> String {
    switch state {
    case .met: "met"
    case .unmet: "unmet"
    case .inconclusive: "inconclusive"
    }
  }

  private static func counts(_ outcomes: [LogExpectation.Outcome]) -> String {
    func count(_ state: LogExpectation.Outcome.State) -> Int {
      outcomes.count { $0.state == state }
    }
    return "tests=\"\(outcomes.count)\" failures=\"\(count(.unmet))\""
      + " errors=\"\(count(.inconclusive))\""
  }

  private static func details(_ log: ClassifiedLog) -> String {
    log.reading.findings.prefix(20).map { "line \($0.line): \($0.title): \($0.text)" }
      .map(JUnitReport.escape).joined(separator: "\n")
  }
}
