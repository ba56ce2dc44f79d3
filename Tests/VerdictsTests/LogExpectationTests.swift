// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct LogExpectationTests {
  private static let boot = "[    0.000000] Linux version 6.8.0 (a@b) #1 SMP\n"
  private static let warning = """
    [    5.000000] WARNING: CPU: 0 PID: 7 at a.c:12 widget_probe+0x10/0x20
    [    5.000001] ---[ end trace 0000000000000000 ]---

    """
  private static let lockup = """
    [    9.000000] watchdog: BUG: soft lockup - CPU#2 stuck for 23s! [demo:811]
    [    9.000001] RIP: 0010:widget_spin+0xf/0x20

    """

  private func outcomes(_ text: String, _ log: String) throws -> [LogExpectation.Outcome] {
    try LogExpectation(parsing: text).outcomes(of: KernelLog.reading(of: Array(log.utf8)))
  }

  private func isMet(_ text: String, _ log: String) throws -> Bool {
    try outcomes(text, log).allSatisfy { $0.state == .met }
  }

  @Test func whatIsDeclaredIsMet() throws {
    let log = Self.boot + Self.warning + Self.warning + Self.lockup
    #expect(try isMet("warning in widget_probe exactly 2\nsoft-lockup at least 1", log))
    #expect(try isMet("# all of it\nwarning in widget_*\nsoft-lockup any\nnone else\n", log))
    #expect(try isMet("* at most 3", log))
    #expect(try isMet("hung-task none\nany else", log))
    #expect(try isMet("", Self.boot))
    #expect(try isMet("warning any", Self.boot))
  }

  @Test func whatIsMissingOrTooMuchIsUnmet() throws {
    let log = Self.boot + Self.warning + Self.lockup
    #expect(try !isMet("warning in widget_probe exactly 2\nany else", log))
    #expect(try !isMet("warning in widget_open\nany else", log))
    #expect(try !isMet("warning none\nany else", log))
    #expect(try !isMet("kernel-bug", log))
    let other = try outcomes("warning", log)
    #expect(other.map(\.state) == [.met, .unmet])
    #expect(other.last?.name == "none else")
    #expect(other.last?.reason == "line 4: soft-lockup in widget_spin")
  }

  @Test func aLogWithoutAKernelsLinesProvesNothing() throws {
    #expect(try outcomes("", "").map(\.state) == [.inconclusive])
    #expect(try outcomes("", "ok 1 test\nok 2 test\n").map(\.state) == [.inconclusive])
  }

  @Test(arguments: [
    ("warming", "line 1: \"warming\" is no kind of report: warming"),
    ("\nwarning in", "line 2: the function is missing: warning in"),
    (
      "warning twice",
      "line 1: the number must be exactly N, at least N, at most N, any or none: warning twice"
    ),
    (
      "warning exactly -1",
      "line 1: the number must be exactly N, at least N, at most N, any or none: warning exactly -1"
    ),
  ]) func aLineThatIsNotUnderstoodIsNamed(_ text: String, _ words: String) {
    let error = #expect(throws: LogExpectation.Mistake.self) { try LogExpectation(parsing: text) }
    #expect(error?.description == words)
  }

  /// A report is told once it is whole: when the next one begins, at its end, or after a silence.
  @Test func newsComeOnce() {
    var log = KernelLog(from: .anywhere)
    log.feed(Array((Self.boot + Self.warning).utf8))
    #expect(log.news(isQuiet: false).map(\.title) == ["warning in widget_probe"])
    log.feed(Array(Self.lockup.utf8))
    #expect(log.news(isQuiet: false).isEmpty)
    #expect(log.news(isQuiet: true).map(\.title) == ["soft-lockup in widget_spin"])
    #expect(log.news(isQuiet: true).isEmpty)
    var told = 0
    for _ in 0..<500 {
      log.feed(Array(Self.warning.utf8))
      told += log.news(isQuiet: false).count
    }
    #expect(told == 500)
  }
}
