// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ProcessorTimeTests {
  @Test func theThreadThatWaitedLongestCountsHoweverBusyTheOthersWere() {
    let before = ProcessorTime(threads: [1: .init(ran: 1, waited: 5), 2: .init(ran: 1, waited: 0)])
    let after = ProcessorTime(threads: [
      1: .init(ran: 5, waited: 5.5), 2: .init(ran: 1.25, waited: 4), 3: .init(ran: 0.5, waited: 0),
    ])
    #expect(after.since(before).longestWait == .init(ran: 0.25, waited: 4))
    #expect(after.since(before).threads[3] == .init(ran: 0.5, waited: 0))
    #expect(ProcessorTime(threads: [:]).longestWait == .init())
  }
}
