// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What people and programs put around the kernel's lines when they pass them on. Each function
/// knows one piece; `LinePrefix` takes off one after another, so any combination is read.
enum Dressing {
  /// The length of the piece that `text` begins with, nil if it begins with none.
  static func length(_ text: Text, _ said: inout LineHead) -> Int? {
    guard !text.isEmpty else { return nil }
    switch text[0] {
    case 0x00...0x20: return text.upTo { $0 > 0x20 || $0 == 0x1b }.count
    case UInt8(ascii: "*"), UInt8(ascii: "`"), UInt8(ascii: "~"), UInt8(ascii: "|"),
      UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"):
      return text.upTo { $0 != text[0] }.count
    case UInt8(ascii: "_"): return text.hasPrefix("__") && isCapital(text, 2) ? 2 : nil
    case UInt8(ascii: "#"): return headingLength(text)
    case UInt8(ascii: "-"), UInt8(ascii: "+"): return isBlankOrBracket(text, 1) ? 1 : nil
    case UInt8(ascii: ":"): return text.hasPrefix(": ") ? 2 : nil
    case UInt8(ascii: "&"): return entityLength(text)
    case UInt8(ascii: "<"): return tagLength(text)
    case UInt8(ascii: "^"): return text.hasPrefix("^[[") ? colourLength(text, from: 3) : nil
    case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "$"):
      return bracketLength(text, said) ?? promptLength(text, &said)
    case UInt8(ascii: "@"), UInt8(ascii: "."), UInt8(ascii: "c"), UInt8(ascii: "C"):
      if said.isStamped, let length = processorLength(text) { return length }
      return wordLength(text, &said)
    case 0xc2, 0xe2, 0xef: return symbolLength(text)
    default:
      return text[0].isLetter || text[0].isDigit || text[0] == UInt8(ascii: "/")
        ? wordLength(text, &said) : nil
    }
  }

  /// Without the marks that close what ``length(_:_:)`` opened.
  static func withoutEnd(_ text: Text) -> Text {
    var text = text.trimmedRight()
    while let last = text.isEmpty ? nil : text[text.count - 1] {
      if last == UInt8(ascii: "*") || last == UInt8(ascii: "`") {
        text = text.prefix(text.count - 1)
      } else if text.count > 4, last == UInt8(ascii: "]"), isMark(text[text.count - 2]) {
        text = text.prefix(text.count - 2)
      } else if last == UInt8(ascii: ">"), let tag = endTagLength(text) {
        text = text.prefix(text.count - tag)
      } else {
        break
      }
      text = text.trimmedRight()
    }
    return text
  }

  /// Web pages turn the `x` of `0x10` into a multiplication sign; nil for a line without one.
  static func withoutCrosses(_ text: Text) -> [UInt8]? {
    guard text.contains("0\u{d7}") else { return nil }
    var bytes: [UInt8] = []
    for index in 0..<text.count {
      let isCross = text[index] == 0x97 && index > 0 && text[index - 1] == 0xc3
      if isCross { bytes.removeLast() }
      bytes.append(isCross ? UInt8(ascii: "x") : text[index])
    }
    return bytes
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "`")
  }

  private static func isCapital(_ text: Text, _ index: Int) -> Bool {
    index < text.count && text[index] &- 0x41 < 26
  }

  private static func isBlankOrBracket(_ text: Text, _ index: Int) -> Bool {
    index < text.count
      && (text[index] == 0x20 || text[index] == UInt8(ascii: "[")
        || text[index] == UInt8(ascii: "{") || isMark(text[index]))
  }

  /// Markdown's headings; `#033[31m`, as rsyslog writes an escape.
  private static func headingLength(_ text: Text) -> Int? {
    if text.hasPrefix("#033[") { return colourLength(text, from: 5) }
    let marks = text.upTo { $0 != UInt8(ascii: "#") }.count
    return marks < 7 && isBlankOrBracket(text, marks) ? marks : nil
  }

  private static func colourLength(_ text: Text, from first: Int) -> Int? {
    let code = text.dropFirst(first).prefix(12).upTo { !$0.isDigit && $0 != UInt8(ascii: ";") }
    let end = first + code.count
    return end < text.count && text[end].isLetter ? end + 1 : nil
  }

  /// HTML's names for what can't stand in a page as it is.
  private static func entityLength(_ text: Text) -> Int? {
    if text.hasPrefix("&gt;") { return 4 }
    if text.hasPrefix("&nbsp;") || text.hasPrefix("&quot;") { return 6 }
    return nil
  }

  private static let tags: [StaticString] = [
    "<pre>", "<code>", "<b>", "<strong>", "<em>", "<i>", "<p>", "<br>", "<br/>", "<li>", "<td>",
    "<tt>", "<samp>", "<blockquote>",
  ]
  private static let endTags: [StaticString] = [
    "</pre>", "</code>", "</b>", "</strong>", "</em>", "</i>", "</p>", "<br>", "<br/>", "<br />",
    "</li>", "</td>", "</tt>", "</samp>", "</blockquote>",
  ]

  private static func tagLength(_ text: Text) -> Int? {
    tags.first { text.hasPrefix($0) }?.utf8CodeUnitCount
  }

  private static func endTagLength(_ text: Text) -> Int? {
    endTags.first { text.hasSuffix($0) }?.utf8CodeUnitCount
  }

  /// A byte order mark, a hard space, a bullet, an opening quotation mark.
  private static func symbolLength(_ text: Text) -> Int? {
    guard text.count > 2 else { return nil }
    if text[0] == 0xc2, text[1] == 0xa0 { return 2 }
    if text[0] == 0xef, text[1] == 0xbb, text[2] == 0xbf { return 3 }
    guard text[0] == 0xe2 else { return nil }
    // U+2018, U+201C, U+2022, U+2502, U+25CF
    switch (text[1], text[2]) {
    case (0x80, 0x98), (0x80, 0x9c), (0x80, 0xa2), (0x94, 0x82), (0x97, 0x8f): return 3
    default: return nil
    }
  }

  /// `[**bold` and `` [`code ``; `[12:34:56]`; a level or a speaker in brackets; after a stamp a
  /// processor: `[c1]`, `[CPU1]`, `[1]`.
  private static func bracketLength(_ text: Text, _ said: LineHead) -> Int? {
    guard text[0] == UInt8(ascii: "[") else { return nil }
    if text.count > 2, isMark(text[1]) { return 1 }
    if said.isStamped, let length = WallClock.stampLength(text) ?? taskLength(text) {
      return length
    }
    let inside = text.dropFirst(1).prefix(16).upTo { $0 == UInt8(ascii: "]") }
    guard inside.count < 16, !inside.isEmpty, inside.count + 1 < text.count else { return nil }
    let isKnown =
      ClockWords.timeLength(inside) == inside.count || speakers.contains { inside.isWord($0) }
      || said.isStamped && isProcessor(inside.trimmed())
    return isKnown ? inside.count + 2 : nil
  }

  /// `[pid:0,cpu0,swapper/0]`, as vendors' kernels name the task before each message.
  private static func taskLength(_ text: Text) -> Int? {
    guard text.hasPrefix("[pid:") else { return nil }
    let inside = text.prefix(64).upTo { $0 == UInt8(ascii: "]") || $0 == 0x20 }
    return inside.count < 64 && text.hasPrefix("]", at: inside.count) ? inside.count + 1 : nil
  }

  private static let speakers: [StaticString] = [
    "kernel", "kern", "dmesg", "console", "serial", "guest", "stdout", "emerg", "alert", "crit",
    "err", "error", "warn", "warning", "notice", "info", "debug",
  ]

  /// `c1`, `cpu1`, `1`.
  private static func isProcessor(_ text: Text) -> Bool {
    var rest = text
    if rest.isWordStart("cpu") {
      rest = rest.dropFirst(3)
    } else if !rest.isEmpty, rest[0] | 0x20 == UInt8(ascii: "c") {
      rest = rest.dropFirst(1)
    }
    return !rest.isEmpty && rest.count < 4 && rest.upTo { !$0.isDigit }.count == rest.count
  }

  /// After a stamp, as vendors' kernels print the processor: `c1 `, `@2 `, `.(1)[…]`, `CPU1: `.
  private static func processorLength(_ text: Text) -> Int? {
    switch text[0] {
    case UInt8(ascii: "@"):
      let digits = text.dropFirst(1).upTo { !$0.isDigit }.count
      return digits > 0 && digits < 4 ? 1 + digits : nil
    case UInt8(ascii: "."): return text.hasPrefix(".(") ? 1 : nil
    default:
      let word = text.prefix(8).upTo { $0 == 0x20 || $0 == UInt8(ascii: ":") }
      guard word.count < 8, word.count < text.count, isProcessor(word) else { return nil }
      let isColon = text[word.count] == UInt8(ascii: ":")
      return word.count + (isColon ? 1 : 0)
    }
  }

  /// What begins with a word: a time, who speaks, a prompt.
  private static func wordLength(_ text: Text, _ said: inout LineHead) -> Int? {
    if !said.isStamped, let length = ClockWords.length(text) {
      said.isStamped = true
      return length
    }
    // Samsung's `I[0:      swapper/0:    0]`.
    if said.isStamped, text.count > 4, text[1] == UInt8(ascii: "["), text[2].isDigit { return 1 }
    if let length = SpeakerWords.length(text, isDated: said.isStamped) { return length }
    if let length = WallClock.recordLength(text) {
      said.isStamped = true
      return length
    }
    return promptLength(text, &said)
  }

  private static func promptLength(_ text: Text, _ said: inout LineHead) -> Int? {
    guard !said.isStamped, let length = SpeakerWords.promptLength(text) else { return nil }
    said.isAtPrompt = true
    return length
  }
}

extension Text {
  /// Whether it is that word, whatever the case of its letters.
  func isWord(_ word: StaticString) -> Bool {
    count == word.utf8CodeUnitCount && isWordStart(word)
  }

  /// - Parameter word: in small letters.
  func isWordStart(_ word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard length <= count else { return false }
    for index in 0..<length where self[index] | 0x20 != word.utf8Start[index] { return false }
    return true
  }
}
