// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The kernel's log in memory: descriptors, facts about each record, and text, in three rings
/// (Linux 5.10 and later: kernel/printk/printk_ringbuffer.c and .h, which also describe how to read
/// a record that may be overwritten concurrently; here nothing runs concurrently).
///
/// Pure: it gets the rings' bytes, and trusts none of them. Whatever they contain, the result is
/// bounded by their size.
public enum PrintkRing {
  /// Where the rings of one booted kernel are, and the layout of their elements.
  public struct Layout: Codable, Sendable, Equatable {
    /// Virtual address of the `struct printk_ringbuffer`, and its size.
    public var ring: UInt64
    public var ringSize: Int
    /// In it: the ids of the newest and the oldest record.
    public var headOffset: Int
    public var tailOffset: Int
    /// Virtual addresses of the three rings.
    public var descriptors: UInt64
    public var infos: UInt64
    public var text: UInt64
    /// How many records there are room for, and how many bytes of text: powers of two.
    public var recordCount: Int
    public var textSize: Int
    public var record: Record

    package init(
      ring: UInt64, ringSize: Int, headOffset: Int, tailOffset: Int, descriptors: UInt64,
      infos: UInt64, text: UInt64, recordCount: Int, textSize: Int, record: Record
    ) {
      self.ring = ring
      self.ringSize = ringSize
      self.headOffset = headOffset
      self.tailOffset = tailOffset
      self.descriptors = descriptors
      self.infos = infos
      self.text = text
      self.recordCount = recordCount
      self.textSize = textSize
      self.record = record
    }

    public struct Record: Codable, Sendable, Equatable {
      public var descriptorSize: Int
      public var state: Int
      public var textBegin: Int
      public var textNext: Int
      public var infoSize: Int
      public var sequence: Int
      public var nanoseconds: Int
      public var textLength: Int

      package init(
        descriptorSize: Int, state: Int, textBegin: Int, textNext: Int, infoSize: Int,
        sequence: Int, nanoseconds: Int, textLength: Int
      ) {
        self.descriptorSize = descriptorSize
        self.state = state
        self.textBegin = textBegin
        self.textNext = textNext
        self.infoSize = infoSize
        self.sequence = sequence
        self.nanoseconds = nanoseconds
        self.textLength = textLength
      }
    }
  }

  /// One record of the log.
  public struct Line: Codable, Sendable, Equatable {
    public var sequence: UInt64
    /// Since boot, in nanoseconds.
    public var nanoseconds: UInt64
    /// syslog's: 0 for the kernel itself, 1 and more for what programs wrote to /dev/kmsg.
    public var facility: UInt8
    /// syslog's: 0 (emergency) to 7 (debugging).
    public var level: UInt8
    public var text: String

    public init(
      sequence: UInt64, nanoseconds: UInt64, facility: UInt8 = 0, level: UInt8 = 6, text: String
    ) {
      self.sequence = sequence
      self.nanoseconds = nanoseconds
      self.facility = facility
      self.level = level
      self.text = text
    }
  }

  /// The rings' bytes, as they were read.
  public struct Image: Sendable {
    public var ring: [UInt8]
    public var descriptors: [UInt8]
    public var infos: [UInt8]
    public var text: [UInt8]

    public init(ring: [UInt8], descriptors: [UInt8], infos: [UInt8], text: [UInt8]) {
      self.ring = ring
      self.descriptors = descriptors
      self.infos = infos
      self.text = text
    }
  }

  /// The log, oldest record first.
  public struct Log: Sendable, Equatable {
    public var lines: [Line] = []
    /// Records that the rings should hold, and that can't be read: overwritten, reserved and not yet
    /// written, or damaged.
    public var unreadable = 0
  }

  /// The two highest bits of a descriptor's word are its state, the others its id.
  private static let idMask: UInt64 = 1 << 62 - 1
  /// Committed and finalized; 0 is reserved, 3 may be used again.
  private static let readable: ClosedRange<UInt64> = 1...2
  /// Each text is preceded by the id of its descriptor.
  private static let textHeader = 8

  /// The ids of the records after `last` (of all records, if that is nil).
  ///
  /// - Returns: the first one that the rings still hold, how many there are from there, and how
  ///   many were overwritten before; nil if the ring's own figures are impossible.
  static func records(
    after last: UInt64?, in ring: [UInt8], _ layout: Layout
  ) -> (first: UInt64, count: Int, lost: Int)? {
    guard let head = ring.integer(at: layout.headOffset, as: UInt64.self),
      let tail = ring.integer(at: layout.tailOffset, as: UInt64.self)
    else { return nil }
    // Ids wrap around at 62 bits.
    let held = ((head &- tail) & idMask) + 1
    guard held <= UInt64(layout.recordCount) else { return nil }
    guard let last else { return (tail & idMask, Int(held), 0) }
    let new = (head &- last) & idMask
    if new <= held { return ((last &+ 1) & idMask, Int(new), 0) }
    // More records than a ring can hold in a lifetime: the head was set back.
    guard new < 1 << 40 else { return nil }
    return (tail & idMask, Int(held), Int(new - held))
  }

  /// - Parameter last: the id of the newest record that doesn't matter; nil for the whole log.
  /// - Returns: nil if the ring's own figures are impossible.
  public static func log(in image: Image, _ layout: Layout, after last: UInt64? = nil) -> Log? {
    guard layout.recordCount > 0, let records = records(after: last, in: image.ring, layout) else {
      return nil
    }
    var log = Log(unreadable: records.lost)
    for step in 0..<UInt64(records.count) {
      if let line = line((records.first &+ step) & idMask, in: image, layout) {
        log.lines.append(line)
      } else {
        log.unreadable += 1
      }
    }
    return log
  }

  private static func line(_ id: UInt64, in image: Image, _ layout: Layout) -> Line? {
    let index = Int(id % UInt64(layout.recordCount))
    let record = layout.record
    let descriptor = index * record.descriptorSize
    let info = index * record.infoSize
    guard
      let state = image.descriptors.integer(at: descriptor + record.state, as: UInt64.self),
      state & idMask == id, readable.contains(state >> 62),
      let begin = image.descriptors.integer(at: descriptor + record.textBegin, as: UInt64.self),
      let next = image.descriptors.integer(at: descriptor + record.textNext, as: UInt64.self),
      let sequence = image.infos.integer(at: info + record.sequence, as: UInt64.self),
      let time = image.infos.integer(at: info + record.nanoseconds, as: UInt64.self),
      let length = image.infos.integer(at: info + record.textLength, as: UInt16.self),
      // After the length: u8 facility; u8 flags:5, level:3.
      let facility = image.infos.integer(at: info + record.textLength + 2, as: UInt8.self),
      let flags = image.infos.integer(at: info + record.textLength + 3, as: UInt8.self),
      let text = text(from: begin, to: next, of: id, length: Int(length), in: image.text)
    else { return nil }
    return Line(
      sequence: sequence, nanoseconds: time, facility: facility, level: flags >> 5,
      text: String(decoding: text, as: UTF8.self))
  }

  /// Positions only grow; the remainder is a place in the ring. A text that would cross the ring's
  /// end is at its beginning (`get_data()`).
  private static func text(
    from begin: UInt64, to next: UInt64, of id: UInt64, length: Int, in ring: [UInt8]
  ) -> ArraySlice<UInt8>? {
    // Odd positions mean a record without text: empty, or too large to keep.
    if begin & 1 == 1, next & 1 == 1 { return [] }
    let size = UInt64(ring.count)
    guard size > 0, next > begin, next - begin <= size else { return nil }
    // 6.18 lets a text end with the ring, earlier kernels move it to the beginning.
    let isWrapped = begin / size != (next - 1) / size
    let start = isWrapped ? 0 : Int(begin % size)
    let end = isWrapped ? Int(next % size) : start + Int(next - begin)
    guard end - start >= textHeader, end <= ring.count,
      ring.integer(at: start, as: UInt64.self).map({ $0 & idMask }) == id
    else { return nil }
    return ring[start + textHeader..<end].prefix(length)
  }
}

extension PrintkRing.Line {
  /// As the console prints it: `[    2.345678] text`, a record of several lines as several.
  public var printed: String {
    let microseconds = String(nanoseconds / 1000 % 1_000_000)
    let seconds = String(nanoseconds / 1_000_000_000)
    let stamp =
      "[" + String(repeating: " ", count: max(0, 5 - seconds.count)) + seconds + "."
      + String(repeating: "0", count: 6 - microseconds.count) + microseconds + "] "
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { stamp + $0 }.joined(separator: "\n")
  }
}
