// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import TestSupport
import Testing

/// A kernel's log, written as printk writes it (kernel/printk/printk_ringbuffer.c).
private struct RingWriter {
  static let layout = PrintkRing.Layout(
    ring: 0xffff_ffff_8200_0000, ringSize: 16, headOffset: 0, tailOffset: 8,
    descriptors: 0xffff_ffff_8210_0000, infos: 0xffff_ffff_825_0000,
    text: 0xffff_ffff_8230_0000, recordCount: 8, textSize: 256,
    record: PrintkRing.Layout.Record(
      descriptorSize: 24, state: 0, textBegin: 8, textNext: 16, infoSize: 88, sequence: 0,
      nanoseconds: 8, textLength: 16))

  var image = PrintkRing.Image(
    ring: [UInt8](repeating: 0, count: 16), descriptors: [UInt8](repeating: 0, count: 8 * 24),
    infos: [UInt8](repeating: 0, count: 8 * 88), text: [UInt8](repeating: 0, count: 256))
  /// As in the kernel, the first id is just below a multiple of the count, so that it wraps early.
  private(set) var head: UInt64 = (1 << 62) - 4
  private var position: UInt64 = 0
  private var written: UInt64 = 0

  /// The last id before the first record.
  static let before: UInt64 = (1 << 62) - 4

  private static func put(_ number: UInt64, _ bytes: inout [UInt8], at offset: Int, size: Int = 8) {
    for index in 0..<size {
      bytes[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
    }
  }

  mutating func write(_ text: String, level: UInt8 = 6, facility: UInt8 = 0, state: UInt64 = 2) {
    head = (head &+ 1) & (1 << 62 - 1)
    let index = Int(head % 8)
    let bytes = Array(text.utf8)
    let size = UInt64((8 + bytes.count + 7) / 8 * 8)
    var begin = position
    var next = begin + size
    var place = Int(begin % 256)
    if begin / 256 != (next - 1) / 256 {
      // The text goes to the ring's beginning; what is left at its end stays unused.
      next = next / 256 * 256 + size
      place = 0
    }
    position = next
    if bytes.isEmpty { (begin, next) = (3, 3) }
    Self.put(state << 62 | head, &image.descriptors, at: index * 24)
    Self.put(begin, &image.descriptors, at: index * 24 + 8)
    Self.put(next, &image.descriptors, at: index * 24 + 16)
    Self.put(written, &image.infos, at: index * 88)
    Self.put(written * 1_000_000, &image.infos, at: index * 88 + 8)
    Self.put(UInt64(bytes.count), &image.infos, at: index * 88 + 16, size: 2)
    image.infos[index * 88 + 18] = facility
    image.infos[index * 88 + 19] = level << 5
    if !bytes.isEmpty {
      Self.put(head, &image.text, at: place)
      image.text.replaceSubrange(place + 8..<place + 8 + bytes.count, with: bytes)
    }
    written += 1
    let oldest = written >= 8 ? (head &- 7) & (1 << 62 - 1) : Self.before &+ 1
    Self.put(head, &image.ring, at: 0)
    Self.put(oldest, &image.ring, at: 8)
  }

  func log(after last: UInt64? = nil) -> PrintkRing.Log? {
    PrintkRing.log(in: image, Self.layout, after: last)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct PrintkRingTests {
  @Test func recordsComeInTheirOrderWithTimeLevelAndFacility() throws {
    var ring = RingWriter()
    ring.write("Linux version 6.1")
    ring.write("BUG: kernel NULL pointer dereference", level: 1)
    ring.write("a program's", level: 4, facility: 1)
    let log = try #require(ring.log())
    #expect(log.lines.map(\.text).first == "Linux version 6.1")
    #expect(log.lines.map(\.level) == [6, 1, 4])
    #expect(log.lines.map(\.facility) == [0, 0, 1])
    #expect(log.lines[2].printed == "[    0.002000] a program's")
    #expect(log.unreadable == 0)
  }

  @Test func idsAndTextsThatWrapAroundAreRead() throws {
    var ring = RingWriter()
    let texts = (0..<40).map { "line \($0) " + String(repeating: "x", count: $0 % 13) }
    for text in texts { ring.write(text) }
    #expect(try #require(ring.log()).lines.map(\.text) == Array(texts.suffix(8)))
  }

  @Test func onlyWhatCameBehindARecordIsRead() throws {
    var ring = RingWriter()
    ring.write("boot")
    let boot = ring.head
    let nothing = try #require(ring.log(after: boot))
    #expect(nothing.lines.isEmpty && nothing.unreadable == 0)
    ring.write("trial")
    #expect(try #require(ring.log(after: boot)).lines.map(\.text) == ["trial"])
  }

  @Test func whatWasOverwrittenSinceIsCounted() throws {
    var ring = RingWriter()
    ring.write("boot")
    let boot = ring.head
    for number in 0..<20 { ring.write("\(number)") }
    let log = try #require(ring.log(after: boot))
    #expect(log.lines.map(\.text) == (12..<20).map { "\($0)" })
    #expect(log.unreadable == 12)
  }

  @Test func aRecordWithoutTextIsAnEmptyLine() throws {
    var ring = RingWriter()
    ring.write("")
    #expect(try #require(ring.log()).lines.map(\.text) == [""])
  }

  @Test func aRecordThatIsNotWrittenYetIsCountedAndNotBelieved() throws {
    var ring = RingWriter()
    ring.write("half", state: 0)
    let log = try #require(ring.log())
    #expect(log.lines.isEmpty)
    #expect(log.unreadable == 1)
  }

  @Test func figuresThatCanNotBeAreNoLog() {
    var ring = RingWriter()
    ring.write("one")
    ring.image.ring[8...15] = [9, 9, 9, 9, 9, 9, 9, 9]
    #expect(ring.log() == nil)
    #expect(ring.log(after: 7) == nil)
  }

  @Test func damagedRingsNeverTrapAndNeverGiveMoreThanTheyHold() {
    var ring = RingWriter()
    for number in 0..<12 { ring.write("line \(number)") }
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20_000 {
      var image = ring.image
      for _ in 0..<4 {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: image.ring[.random(in: 0..<16)] = .random(in: 0...255)
        case 1: image.descriptors[.random(in: 0..<192)] = .random(in: 0...255)
        case 2: image.infos[.random(in: 0..<704)] = .random(in: 0...255)
        default: image.text[.random(in: 0..<256)] = .random(in: 0...255)
        }
      }
      let log = PrintkRing.log(in: image, RingWriter.layout, after: Bool.random() ? nil : 3)
      #expect((log?.lines.count ?? 0) <= 8)
    }
  }
}
