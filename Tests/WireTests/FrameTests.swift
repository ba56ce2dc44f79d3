// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct FrameTests {
  @Test func framesArriveWholeHoweverTheChannelCutsThem() throws {
    let frames = [WireFrame.message([1, 2, 3]), .blob([]), .blob(Array(repeating: 7, count: 300))]
    let bytes = frames.flatMap { $0.encoded() }
    for piece in [1, 3, 5, 64, bytes.count] {
      var decoder = FrameDecoder()
      var received: [WireFrame] = []
      for start in stride(from: 0, to: bytes.count, by: piece) {
        decoder.append(bytes[start..<min(start + piece, bytes.count)])
        while let frame = try decoder.next() { received.append(frame) }
      }
      #expect(received == frames)
    }
  }

  @Test func anOversizedLengthIsRefusedBeforeItsBytesArrive() {
    var decoder = FrameDecoder()
    decoder.append([0xff, 0xff, 0xff, 0xff, 0])
    #expect(throws: WireError.oversizedFrame(length: 0xffff_ffff)) { try decoder.next() }
  }

  @Test func anUnknownTypeIsRefused() {
    var decoder = FrameDecoder()
    decoder.append([0, 0, 0, 0, 9])
    #expect(throws: WireError.unknownFrameType(9)) { try decoder.next() }
  }

  @Test func messagesSurviveTheJourney() throws {
    let message = AgentMessage.refused(
      Refusal(gate: .moduleLoader, errno: 8, message: "Exec format error"))
    #expect(try AgentMessage(message.frame) == message)
  }

  @Test func aBlobIsNoMessage() {
    #expect(throws: WireError.self) { try AgentMessage(WireFrame.blob([1])) }
  }

  @Test func rubbishIsNoMessage() {
    #expect(throws: WireError.self) { try HostMessage(WireFrame.message([0x7b])) }
  }
}
