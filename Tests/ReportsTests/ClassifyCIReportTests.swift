// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct ClassifyCIReportTests {
  private func log(_ file: String, _ text: String, _ expected: String) throws -> ClassifiedLog {
    let reading = KernelLog.reading(of: Array(text.utf8))
    return ClassifiedLog(
      file: file, reading: reading,
      outcomes: try LogExpectation(parsing: expected).outcomes(of: reading))
  }

  private var all: [ClassifiedLog] {
    get throws {
      [
        try log("a.log", ClassifyReportTests.oops, "null-dereference exactly 1\nwarning"),
        try log("#b.log", "nothing of a kernel's", ""),
      ]
    }
  }

  @Test func junitHasASuiteForEachLogAndACaseForEachDemand() throws {
    #expect(
      ClassifyCIReport.junit(try all) == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="panicroom classify" tests="4" failures="2" errors="1">
          <testsuite name="a.log" tests="3" failures="2" errors="0" skipped="0">
            <testcase classname="a.log" name="null-dereference exactly 1"/>
            <testcase classname="a.log" name="warning">
              <failure type="unmet" message="not reported">line 1: null-dereference in twin_write: BUG: kernel NULL pointer dereference, address: 0000000000000018\nline 6: panic: Kernel panic - not syncing: Fatal exception in interrupt</failure>
            </testcase>
            <testcase classname="a.log" name="none else">
              <failure type="unmet" message="line 6: panic">line 1: null-dereference in twin_write: BUG: kernel NULL pointer dereference, address: 0000000000000018\nline 6: panic: Kernel panic - not syncing: Fatal exception in interrupt</failure>
            </testcase>
          </testsuite>
          <testsuite name="#b.log" tests="1" failures="0" errors="1" skipped="0">
            <testcase classname="#b.log" name="a kernel&apos;s log">
              <error type="inconclusive" message="no line of it was written by a kernel, so it proves nothing"/>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func ktapHasATestForEachLogAndASubtestForEachDemand() throws {
    #expect(
      ClassifyCIReport.ktap(try all) == """
        KTAP version 1
        1..2
          KTAP version 1
          # Subtest: a.log
          1..3
          ok 1 null-dereference exactly 1
          # unmet: not reported
          not ok 2 warning
          # unmet: line 6: panic
          not ok 3 none else
        not ok 1 a.log
          KTAP version 1
          # Subtest: \\#b.log
          1..1
          # inconclusive: no line of it was written by a kernel, so it proves nothing
          not ok 1 a kernel's log
        not ok 2 \\#b.log

        """)
  }

  @Test func demandsAreOnTheTerminalAndInTheJSON() throws {
    let text = ClassifyReport.render(try all[0], width: 100)
    #expect(text.contains("    as expected: null-dereference exactly 1\n"))
    #expect(text.contains("    not as expected: warning: not reported\n"))
    let json = try ClassifyReport.json(try all)
    #expect(json.contains("\"expectations\""))
    #expect(json.contains("\"outcome\" : \"inconclusive\""))
  }
}
