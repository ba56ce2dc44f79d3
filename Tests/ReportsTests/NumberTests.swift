// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Reports
import TestSupport
import Testing

/// Numbers for people, of whatever size.
@Suite(.lane, .timeLimit(.minutes(5))) struct NumberTests {
  @Test(arguments: [
    (0.084, "0.08 s"), (12.34, "12.3 s"), (185, "3 min 5 s"), (0, "0.00 s"), (-0.25, "-0.25 s"),
    (1e308, "1e+308 s"), (-1e308, "-1e+308 s"), (.infinity, "inf s"), (.nan, "nan s"),
  ])
  func aDurationIsShown(seconds: Double, words: String) {
    #expect(duration(seconds) == words)
  }

  @Test(arguments: [
    (1.005, 1, "1.0"), (-1.25, 1, "-1.3"), (-0.001, 2, "0.00"), (7, 0, "7"), (-7, 0, "-7"),
    (9e18, 2, "9e+18"), (0.999, 2, "1.00"),
  ])
  func aDecimalHasItsDigits(number: Double, digits: Int, words: String) {
    #expect(decimal(number, digits) == words)
  }
}
