// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Takes off what the lines of a refusal are wrapped in, and takes apart what was joined: hands on
/// the kernel's and the loaders' own lines, whatever passed them on.
///
/// A wrapping is made of layers that go together in any order, so each is one rule:
/// a string with escapes (JSON, logfmt, Go's %q, Rust's {:?}), what stands before a message
/// (`LineDress`), several lines in one (`JoinedLine`).
struct RefusalLines: Sendable {
  /// The line whose strings are being taken out of their quotes; it may come in pieces.
  private var quoted = 0
  private var decoded: [UInt8] = []
  private var escape = Escape()
  private var dress = LineDress()
  /// Strings within strings: a container's JSON around an application's logfmt.
  private var depth = 0

  /// Where the decoding stands in a run of backslashes.
  private struct Escape: Sendable {
    var backslashes = 0
    /// Of JSON and logfmt only the values between quotes count.
    var isStructured = false
    var isInside = false
    /// The last byte before the quotes that is no blank.
    var before: UInt8 = 0

    var isWanted: Bool {
      !isStructured || isInside && (before == UInt8(ascii: ":") || before == UInt8(ascii: "="))
    }
    /// Hexadecimal digits of `\u001b` and `\x1b` that are still to come.
    var digits = 0
    var value: UInt8 = 0
  }

  /// Shorter pieces are what separates strings.
  private static let shortest = 3

  /// Calls `body` with each line that stands in `line` and its number.
  mutating func take(_ line: Text, number: Int, _ body: (Text, Int) -> Void) {
    if quoted != number {
      end(body)
      let text = dress.stripped(line)
      guard isQuoted(text) else { return pass(text, number, body) }
      escape = Escape()
      escape.isStructured = RefusalLines.isStructured(text)
      quoted = number
    }
    decode(line, body)
    if line.count < LineSplitter.longest { end(body) }
  }

  /// Hands on what is left.
  mutating func finish(_ body: (Text, Int) -> Void) { end(body) }

  /// - Parameter text: without what stood before it.
  private mutating func pass(_ text: Text, _ number: Int, _ body: (Text, Int) -> Void) {
    guard !text.isEmpty else { return }
    JoinedLine.parts(of: text, dress: &dress) { body($0, number) }
  }

  // MARK: Strings with escapes

  /// A line of JSON or logfmt, or one with line ends written as `\n`. C lines have those, too.
  private func isQuoted(_ text: Text) -> Bool {
    guard !text.isEmpty, depth < 3, !LineDress.isVerifiers(text), text.contains("\"") || depth > 0
    else { return false }
    return RefusalLines.isStructured(text) || text.contains("\\n")
  }

  private static func isStructured(_ text: Text) -> Bool {
    text.hasPrefix("{") || text.hasPrefix("level=") || text.hasPrefix("time=")
      || text.hasPrefix("ts=") || text.containsAny([" msg=\"", "error=\"", "err=\""])
  }

  private mutating func decode(_ line: Text, _ body: (Text, Int) -> Void) {
    for index in 0..<line.count {
      let byte = line[index]
      if escape.digits > 0 {
        takeDigit(byte)
      } else if byte == UInt8(ascii: "\\") {
        escape.backslashes += 1
      } else {
        // Two are one; what a single one leaves over is for what follows.
        for _ in 0..<escape.backslashes / 2 { append(UInt8(ascii: "\\"), body) }
        let isEscaped = escape.backslashes % 2 == 1
        escape.backslashes = 0
        if isEscaped { takeEscaped(byte, body) } else { takePlain(byte, body) }
      }
    }
  }

  private mutating func takePlain(_ byte: UInt8, _ body: (Text, Int) -> Void) {
    if byte == UInt8(ascii: "\"") {
      end(body)
      escape.isInside.toggle()
    } else {
      if !escape.isInside, !byte.isBlank { escape.before = byte }
      append(byte, body)
    }
  }

  private mutating func takeEscaped(_ byte: UInt8, _ body: (Text, Int) -> Void) {
    switch byte {
    case UInt8(ascii: "n"): end(body)
    case UInt8(ascii: "t"): append(0x09, body)
    case UInt8(ascii: "r"): break
    case UInt8(ascii: "u"): (escape.digits, escape.value) = (4, 0)
    case UInt8(ascii: "x"): (escape.digits, escape.value) = (2, 0)
    case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "/"): append(byte, body)
    default:
      append(UInt8(ascii: "\\"), body)
      append(byte, body)
    }
  }

  private mutating func takeDigit(_ byte: UInt8) {
    escape.digits = byte.isHexDigit ? escape.digits - 1 : 0
    if byte.isHexDigit { escape.value = escape.value << 4 | UInt8(byte.hexValue) }
    if escape.digits == 0 { decoded.append(escape.value) }
  }

  private mutating func append(_ byte: UInt8, _ body: (Text, Int) -> Void) {
    decoded.append(byte)
    if decoded.count >= LineSplitter.longest { end(body) }
  }

  private mutating func end(_ body: (Text, Int) -> Void) {
    guard decoded.count >= RefusalLines.shortest, escape.isWanted else {
      decoded.removeAll(keepingCapacity: true)
      return
    }
    let line = decoded
    decoded.removeAll(keepingCapacity: true)
    // Of values single words are levels, names and the like.
    guard !escape.isStructured || line.contains(where: { $0.isBlank || $0 == UInt8(ascii: ":") })
    else { return }
    line.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let text = dress.stripped(Text(start: base, count: buffer.count))
      guard isQuoted(text) else { return pass(text, quoted, body) }
      var inner = RefusalLines()
      (inner.dress, inner.depth) = (dress, depth + 1)
      inner.take(text, number: quoted, body)
      inner.finish(body)
      dress = inner.dress
    }
  }
}
