// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct VisibleTextTests {
  @Test func linesAndTabsStayAndNothingElseThatSteers() {
    let text = "one\ttwo\n\u{1b}[2Jthree\u{202e}\r\nfour\u{9b}1m\u{7f}\u{85}"
    #expect(
      VisibleText.escapeLines(text)
        == "one\ttwo\n\\x1b[2Jthree\\u{202e}\\r\nfour\\x9b1m\\x7f\\x85")
    #expect(VisibleText.escape("a\tb\nc") == "a\\tb\\nc")
  }
}
