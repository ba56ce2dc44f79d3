// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct FirmwareTests {
  @Test func whatADriverAskedForIsNamedOnce() {
    let log = """
      [    4.100000] e100 0000:00:03.0: Direct firmware load for e100/d101m_ucode.bin failed with error -2
      [    4.200000] e100 0000:00:03.0: Direct firmware load for e100/d101m_ucode.bin failed with error -2
      [    4.300000] card: loading firmware card.bin
      [    4.400000] card 1-1: Direct firmware load for card v2.bin failed with error -2
      """
    #expect(Firmware.missing(in: Array(log.utf8)) == ["e100/d101m_ucode.bin", "card v2.bin"])
    #expect(Firmware.missing(in: []) == [])
  }
}
