// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines without ever holding more than one bounded line.
struct LineSplitter: Sendable {
  /// Longer lines are handed on in pieces of this size, so that memory stays bounded.
  static let longest = 4096

  private var carried: [UInt8] = []
  private var number = 1

  /// Calls `body` with each whole line in `bytes` and its number, counted from 1.
  mutating func feed(_ bytes: some Collection<UInt8>, _ body: (Text, Int) -> Void) {
    let read: Void? = bytes.withContiguousStorageIfAvailable { feed(buffer: $0, body) }
    if read == nil { Array(bytes).withUnsafeBufferPointer { feed(buffer: $0, body) } }
  }

  private mutating func feed(
    buffer bytes: UnsafeBufferPointer<UInt8>, _ body: (Text, Int) -> Void
  ) {
    guard let base = bytes.baseAddress else { return }
    var first = 0
    let count = bytes.count
    while first < count {
      // The longest piece that may still be taken in one go.
      let limit = min(count, first + LineSplitter.longest - carried.count)
      var index = first
      while index < limit, base[index] != 0x0a { index += 1 }
      if index < limit {
        emit(Text(start: base + first, count: index - first), body)
        number += 1
        first = index + 1
      } else if limit < count || index - first + carried.count == LineSplitter.longest {
        emit(Text(start: base + first, count: index - first), body)
        first = index
      } else {
        break
      }
    }
    if first < count {
      carried.append(contentsOf: UnsafeBufferPointer(start: base + first, count: count - first))
    }
  }

  /// Passes on what followed the last newline.
  mutating func finish(_ body: (Text, Int) -> Void) {
    let rest = carried
    carried.removeAll()
    rest.withUnsafeBufferPointer { rest in
      if let base = rest.baseAddress, rest.count > 0 {
        body(Text(start: base, count: rest.count), number)
      }
    }
  }

  private mutating func emit(_ piece: Text, _ body: (Text, Int) -> Void) {
    guard !carried.isEmpty else { return body(piece, number) }
    carried.append(contentsOf: UnsafeBufferPointer(start: piece.start, count: piece.count))
    carried.withUnsafeBufferPointer { whole in
      if let base = whole.baseAddress { body(Text(start: base, count: whole.count), number) }
    }
    carried.removeAll(keepingCapacity: true)
  }
}

/// Who printed a line: a task or a CPU, if the kernel says so (CONFIG_PRINTK_CALLER).
struct Caller: Sendable, Equatable {
  static let unknown = Caller(value: 0)

  private let value: Int

  private init(value: Int) { self.value = value }

  /// `[ T123]` or `[    C0]`.
  init(prefix: Text) {
    let words = prefix.dropFirst(1).trimmed()
    let number = words.dropFirst(1).leadingNumber() ?? 0
    value = (number + 1) << 1 | (words.hasPrefix("C") ? 1 : 0)
  }
}

/// What a line's prefixes say.
struct LineHead {
  var caller = Caller.unknown
  /// There was a printk timestamp.
  var isStamped = false
  /// A terminal's prompt was there: anyone may have written what follows.
  var isAtPrompt = false
}

/// What may precede the kernel's message in a line.
enum LinePrefix {
  /// Calls `body` with each message on the line, all prefixes taken off, and who printed it: several
  /// CPUs, or a program that prints without a newline, can put more than one on a line.
  ///
  /// - Parameter isDressed: whether people and programs may have put more around the line
  ///   (``Dressing``).
  static func messages(of line: Text, isDressed: Bool = false, _ body: (Text, LineHead) -> Void) {
    var rest = line
    while true {
      var said = LineHead()
      let message = stripped(rest, said: &said, isDressed: isDressed)
      guard let next = nextStamp(in: message) else {
        if isDressed { return undressed(message, said, body) }
        body(message.trimmedRight(), said)
        return
      }
      let head = message.prefix(next).trimmedRight()
      if !head.isEmpty { body(head, said) }
      rest = message.dropFirst(next)
    }
  }

  /// `line` without escape sequences, syslog's, journald's and printk's prefixes at its start.
  static func stripped(_ line: Text) -> Text {
    var said = LineHead()
    return stripped(line, said: &said)
  }

  /// The last message on a line, without what closes its dressing; or those in a JSON object.
  private static func undressed(
    _ message: Text, _ said: LineHead, _ body: (Text, LineHead) -> Void
  ) {
    guard let inner = JSONLine.message(in: message) else {
      if !said.isStamped, let plain = Dressing.withoutCrosses(message) {
        return plain.withUnsafeBufferPointer { plain in
          guard let base = plain.baseAddress else { return }
          body(Dressing.withoutEnd(Text(start: base, count: plain.count)), said)
        }
      }
      return body(Dressing.withoutEnd(message), said)
    }
    inner.withUnsafeBufferPointer { inner in
      guard let base = inner.baseAddress else { return }
      var rest = Text(start: base, count: inner.count)
      while !rest.isEmpty {
        let line = rest.upTo { $0 == 0x0a }
        var said = LineHead()
        let message = stripped(line, said: &said, isDressed: true)
        said.isStamped = true
        body(Dressing.withoutEnd(message), said)
        rest = rest.dropFirst(line.count + 1)
      }
    }
  }

  private static func stripped(
    _ line: Text, said: inout LineHead, isDressed: Bool = false
  ) -> Text {
    var rest = line
    // Each round takes off one prefix; a hostile line must not keep us here.
    for _ in 0..<(isDressed ? 14 : 8) {
      var length = escapeLength(rest) ?? levelLength(rest)
      if length == nil, let found = stampLength(rest) {
        length = found
        said.isStamped = true
      }
      if length == nil, !said.isStamped, let found = WallClock.stampLength(rest) {
        length = found
        said.isStamped = true
      }
      if length == nil, let found = callerLength(rest) {
        length = found
        said.caller = Caller(prefix: rest.prefix(found))
      }
      if length == nil, said.isStamped, let found = vendorCallerLength(rest) { length = found }
      if length == nil, rest.hasPrefix("> ") { length = 2 }
      if length == nil, !said.isStamped, let found = WallClock.recordLength(rest) {
        length = found
        said.isStamped = true
      }
      if length == nil { length = syslogLength(rest) }
      if length == nil, isDressed { length = Dressing.length(rest, &said) }
      guard let length else { return rest }
      rest = rest.dropFirst(length)
      if !rest.isEmpty, rest[0] == 0x20 { rest = rest.dropFirst(1) }
    }
    return rest
  }

  /// `ESC [ … letter` or `ESC letter`, as firmware and login prompts print.
  private static func escapeLength(_ text: Text) -> Int? {
    guard text.count > 1, text[0] == 0x1b else { return nil }
    guard text[1] == UInt8(ascii: "[") else { return 2 }
    var index = 2
    while index < text.count, !text[index].isLetter { index += 1 }
    return min(index + 1, text.count)
  }

  /// `<6>`, a level on a raw console or in /dev/kmsg.
  private static func levelLength(_ text: Text) -> Int? {
    guard text.count > 2, text[0] == UInt8(ascii: "<"), text[1].isDigit else { return nil }
    var index = 1
    while index < text.count, index < 5, text[index].isDigit { index += 1 }
    guard index < text.count, text[index] == UInt8(ascii: ">") else { return nil }
    return index + 1
  }

  /// `[   12.345678]`, also followed by the number of a CPU as vendors' kernels print it.
  static func stampLength(_ text: Text) -> Int? {
    guard text.count > 4, text[0] == UInt8(ascii: "[") else { return nil }
    var index = 1
    while index < text.count, text[index] == 0x20 { index += 1 }
    // `dmesg -d` and `-e` print the time since the line before.
    if index < text.count, text[index] == UInt8(ascii: "+") { index += 1 }
    let digits = index
    while index < text.count, index < 24, text[index].isDigit { index += 1 }
    guard index > digits, index < text.count, text[index] == UInt8(ascii: ".") else { return nil }
    index += 1
    let fraction = index
    while index < text.count, index < 40, text[index].isDigit { index += 1 }
    // A stamp may end at its point: MIPS machines without a clock print `[  240.]`.
    guard index > fraction || index < text.count && text[index] == UInt8(ascii: "]") else {
      return nil
    }
    // `dmesg -d` has the time since the line before in it: ` <    0.000031>`.
    let end = min(text.count, index + (text.hasPrefix(" <", at: index) ? 20 : 12))
    while index < end, text[index] != UInt8(ascii: "]") { index += 1 }
    return index < end ? index + 1 : nil
  }

  /// `[ T123]` or `[    C0]` (CONFIG_PRINTK_CALLER; kernel/printk/printk.c, print_caller).
  private static func callerLength(_ text: Text) -> Int? {
    guard text.count > 3, text[0] == UInt8(ascii: "[") else { return nil }
    var index = 1
    while index < text.count, index < 12, text[index] == 0x20 { index += 1 }
    guard index + 1 < text.count,
      text[index] == UInt8(ascii: "T") || text[index] == UInt8(ascii: "C"),
      text[index + 1].isDigit
    else { return nil }
    index += 1
    while index < text.count, text[index].isDigit { index += 1 }
    guard index < text.count, text[index] == UInt8(ascii: "]") else { return nil }
    return index + 1
  }

  /// The CPU and the task as Android vendors' kernels print them after the timestamp: `c3   1234 `,
  /// `(0)[848:ndroid.systemui]`, `[4:  system_server: 3344] `.
  private static func vendorCallerLength(_ text: Text) -> Int? {
    if let length = bracketedCallerLength(text) { return length }
    guard text.count > 4, text[0] == UInt8(ascii: "c"), text[1].isDigit else { return nil }
    var index = 2
    while index < text.count, index < 5, text[index].isDigit { index += 1 }
    let blanks = index
    while index < text.count, index < 12, text[index] == 0x20 { index += 1 }
    let digits = index
    guard digits > blanks else { return nil }
    while index < text.count, index < 24, text[index].isDigit { index += 1 }
    guard index > digits, index < text.count, text[index] == 0x20 else { return nil }
    return index
  }

  private static func bracketedCallerLength(_ text: Text) -> Int? {
    var index = 0
    while index < text.count, index < 4, text[index] == 0x20 { index += 1 }
    // MediaTek's `-` says that interrupts are off.
    if text.hasPrefix("-(", at: index) { index += 1 }
    if index < text.count, text[index] == UInt8(ascii: "(") {
      index += 1
      while index < text.count, index < 9, text[index].isDigit { index += 1 }
      guard text.hasPrefix(")[", at: index) else { return nil }
      index += 1
    }
    guard index + 2 < text.count, text[index] == UInt8(ascii: "["), text[index + 1].isDigit else {
      return nil
    }
    let inside = text.dropFirst(index + 1).prefix(48).upTo { $0 == UInt8(ascii: "]") }
    guard inside.count < 48, let colon = inside.find(":"), colon < 8,
      inside.prefix(colon).upTo({ !$0.isDigit }).count == colon
    else { return nil }
    let length = index + inside.count + 2
    return length <= text.count ? length : nil
  }

  /// `Jan  2 03:04:05 host kernel:` and `2024-01-02T03:04:05 host kernel:`.
  private static func syslogLength(_ text: Text) -> Int? {
    guard text.count > 8 else { return nil }
    if text.hasPrefix("kernel: ") { return 8 }
    if text.hasPrefix("kernel:[") { return 7 }
    if text.hasPrefix(" kernel:[") { return 8 }
    let isMonth =
      text[0] &- 0x41 < 26 && text[1].isLetter && text[2].isLetter && text[3] == 0x20
      && (text[4] == 0x20 || text[4].isDigit)
    let isDate =
      text[0].isDigit && text[1].isDigit && text[2].isDigit && text[3].isDigit
      && text[4] == UInt8(ascii: "-")
    guard isMonth || isDate else { return bareTimeLength(text) ?? WallClock.speakerLength(text) }
    if let place = text.prefix(160).find("kernel: ") { return place + 8 }
    return isMonth && text.hasPrefix(": ", at: 15) && text[14].isDigit ? 17 : nil
  }

  /// `2018/01/09 14:28:48 `, as fuzzers stamp a console.
  private static func bareTimeLength(_ text: Text) -> Int? {
    guard text.count > 20, text[0].isDigit, text.hasPrefix("/", at: 4), text.hasPrefix("/", at: 7),
      text.hasPrefix(":", at: 13), text.hasPrefix(" ", at: 19)
    else { return nil }
    return 20
  }

  private static func nextStamp(in text: Text) -> Int? {
    let end = text.count - 4
    var index = 1
    while index < end {
      let byte = text[index]
      if byte == UInt8(ascii: "[") {
        if stampLength(text.dropFirst(index)) != nil { return index }
      } else if byte == 0x0d, !text[index + 1].isBlank {
        // A bare carriage return restarts the line on a terminal.
        return index + 1
      }
      index += 1
    }
    return nil
  }
}

extension Text {
  func trimmedRight() -> Text {
    var end = count
    while end > 0, start[end - 1].isBlank { end -= 1 }
    return prefix(end)
  }
}
