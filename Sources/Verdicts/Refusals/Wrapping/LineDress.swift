// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What may stand before a message: blanks, marks of quotation, stamps, levels, names of speakers,
/// in any order. None of it may hide an instruction, a C line or a register's state.
struct LineDress: Sendable {
  /// What stood before the last instruction, if no rule knows it.
  private var learned: [UInt8] = []

  mutating func learn(_ prefix: Text) {
    learned = (0..<min(prefix.count, 64)).map { prefix[$0] }
  }

  func stripped(_ line: Text) -> Text {
    let text = LineDress.bare(line)
    guard !learned.isEmpty, text.count > learned.count,
      (0..<learned.count).allSatisfy({ text[$0] == learned[$0] })
    else { return text }
    return LineDress.bare(text.dropFirst(learned.count))
  }

  /// Each round takes off one layer; a hostile line must not keep us here.
  static func bare(_ line: Text) -> Text {
    var rest = line
    for _ in 0..<12 {
      while !rest.isEmpty, rest[0].isBlank { rest = rest.dropFirst(1) }
      guard !rest.isEmpty, !isVerifiers(rest), let length = layer(rest), length > 0 else { break }
      rest = rest.dropFirst(length)
    }
    return rest.trimmedRight()
  }

  /// Whether it begins as only a line of the verifier's log does.
  static func isVerifiers(_ text: Text) -> Bool {
    let first = text[0]
    if first == UInt8(ascii: ";") { return true }
    if first == UInt8(ascii: "R") { return text.count > 1 && text[1].isDigit }
    guard first.isDigit, let place = text.prefix(9).find(": ") else { return false }
    guard text.upTo({ !$0.isDigit }).count == place, place + 2 < text.count else { return false }
    switch text[place + 2] {
    case UInt8(ascii: "("), UInt8(ascii: "<"): return true
    case UInt8(ascii: "R"): return text.count > place + 3 && text[place + 3].isDigit
    default: return text.hasPrefix("frame", at: place + 2) || text.hasPrefix("safe", at: place + 2)
    }
  }

  private static func layer(_ text: Text) -> Int? {
    switch text[0] {
    case 0x1b: return escapeLength(text)
    case UInt8(ascii: "["): return LinePrefix.stampLength(text) ?? bracketLength(text)
    case UInt8(ascii: "<"): return kernelLevelLength(text)
    case UInt8(ascii: ">"): return isMarkOfReport(text) ? nil : 1
    case UInt8(ascii: ":"), UInt8(ascii: "|"), UInt8(ascii: "-"), UInt8(ascii: "*"),
      UInt8(ascii: "#"), UInt8(ascii: "`"):
      return markLength(text)
    case let digit where digit.isDigit: return stampLength(text) ?? numberLength(text)
    case let letter where letter.isLetter: return nameLength(text)
    default: return nil
    }
  }

  // MARK: Marks

  /// `>>> 0 | (95) exit` and `>>>  33 | n = p->len;` are lines of Linux 7.3's report.
  private static func isMarkOfReport(_ text: Text) -> Bool {
    guard text.hasPrefix(">>>") else { return false }
    let rest = text.dropFirst(3).trimmed()
    let digits = rest.upTo { !$0.isDigit }.count
    return digits > 0 && rest.dropFirst(digits).trimmed().hasPrefix("|")
  }

  /// A mark before a blank, or several: `: `, `| `, `- `, `## `, `` ``` ``.
  private static func markLength(_ text: Text) -> Int? {
    let mark = text[0]
    let length = text.upTo { $0 != mark }.count
    if length == text.count { return length }
    // `| ^-- error: …` belongs to the report of 7.3.
    if mark == UInt8(ascii: "|"), text.dropFirst(length).trimmed().hasPrefix("^") { return nil }
    // Bold and italics are glued to their text.
    let isGlued = mark == UInt8(ascii: "`") || mark == UInt8(ascii: "*")
    guard text[length].isBlank || isGlued else { return nil }
    return mark == UInt8(ascii: "-") && length > 1 ? nil : length
  }

  private static func escapeLength(_ text: Text) -> Int {
    guard text.count > 1, text[1] == UInt8(ascii: "[") else { return min(2, text.count) }
    let inside = text.dropFirst(2).upTo { $0.isLetter }.count
    return min(inside + 3, text.count)
  }

  private static func kernelLevelLength(_ text: Text) -> Int? {
    let digits = text.dropFirst(1).prefix(4).upTo { !$0.isDigit }.count
    return digits > 0 && text.hasPrefix(">", at: digits + 1) ? digits + 2 : nil
  }

  /// `[error]`, `[2025-01-02T03:04:05Z ERROR agent]`, `[ T123]`.
  private static func bracketLength(_ text: Text) -> Int? {
    let inside = text.dropFirst(1).prefix(64).upTo { $0 == UInt8(ascii: "]") }
    guard inside.count < 64, inside.count + 1 < text.count else { return nil }
    let words = inside.trimmed()
    guard !words.isEmpty else { return nil }
    if stampLength(words) != nil || isLevel(words) { return inside.count + 2 }
    let number = words.dropFirst(1)
    let isCaller = words.hasPrefix("T") || words.hasPrefix("C")
    if isCaller, !number.isEmpty, number.upTo({ !$0.isDigit }).count == number.count {
      return inside.count + 2
    }
    return WallClock.stampLength(text)
  }

  // MARK: Stamps

  /// `2025-01-02T03:04:05.123Z`, `2025/01/02`, `03:04:05,123`, `6,339,5140900,-;`: a word of digits
  /// with two separators of a kind.
  static func stampLength(_ text: Text) -> Int? {
    guard text[0].isDigit else { return nil }
    let word = text.prefix(40).upTo { !isOfStamp($0) }
    guard word.count >= 8, word.count < 40 else { return WallClock.recordLength(text) }
    var counts = (colons: 0, dashes: 0, slashes: 0, digits: 0)
    for index in 0..<word.count {
      switch word[index] {
      case UInt8(ascii: ":"): counts.colons += 1
      case UInt8(ascii: "-"): counts.dashes += 1
      case UInt8(ascii: "/"): counts.slashes += 1
      default: counts.digits += word[index].isDigit ? 1 : 0
      }
    }
    guard max(counts.colons, counts.dashes, counts.slashes) >= 2, counts.digits >= 6 else {
      return WallClock.recordLength(text)
    }
    return word.count
  }

  private static func isOfStamp(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."),
      UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "T"), UInt8(ascii: "Z"):
      true
    default: false
    }
  }

  /// The causes that Rust's anyhow counts: `1: Permission denied (os error 13)`.
  private static func numberLength(_ text: Text) -> Int? {
    let digits = text.prefix(3).upTo { !$0.isDigit }.count
    guard digits < 3, text.hasPrefix(": ", at: digits), digits + 2 < text.count,
      text[digits + 2].isLetter || text[digits + 2] == UInt8(ascii: "`")
    else { return nil }
    return digits + 2
  }

  // MARK: Names

  private static func nameLength(_ text: Text) -> Int? {
    let word = text.prefix(64).upTo { $0 == 0x20 }
    guard word.count < 64 else { return nil }
    // Nothing follows: an empty line of the log.
    guard word.count < text.count else {
      return isLevel(word) || isSpeaker(word) || isPath(word) ? word.count : nil
    }
    let rest = text.dropFirst(word.count)
    if isLevel(word) { return levelLength(word, rest) }
    if word.hasPrefix("libbpf:") { return libbpfLength(text) }
    if isSpeaker(word) || word.hasPrefix("kernel:") { return word.count }
    // compose: `agent-1  | `
    let mark = rest.trimmed()
    if mark.hasPrefix("| ") || mark.hasPrefix("|\t") || mark.count == 1 && mark.hasPrefix("|"),
      rest.count - mark.count < 24
    {
      return text.find("|").map { $0 + 1 }
    }
    if word.hasPrefix("stderr") || word.hasPrefix("stdout") {
      return rest.hasPrefix(" F") || rest.hasPrefix(" P") ? word.count + 2 : nil
    }
    if isPath(word) { return word.count }
    return syslogLength(text, word) ?? hostLength(text, word) ?? klogLength(text, word)
  }

  private static let levels: [StaticString] = [
    "ERROR", "ERRO", "ERR", "WARNING", "WARN", "WRN", "INFO", "INF", "DEBUG", "DEBU", "DBG",
    "FATAL", "FATA", "TRACE", "error", "warning", "warn", "info", "debug", "fatal", "err",
  ]

  /// `ERROR`, `ERRO[0012]`, `error:`
  private static func isLevel(_ word: Text) -> Bool {
    guard word.count < 16, isLevelsLetter(word[0].lowerCased) else { return false }
    if word.hasPrefix("Error:") { return word.count == 6 }
    return levels.contains { level in
      guard word.hasPrefix(level) else { return false }
      let rest = word.dropFirst(level.utf8CodeUnitCount)
      return rest.isEmpty || rest.hasPrefix("[") || rest.count == 1 && rest.hasPrefix(":")
    }
  }

  /// Most words are none.
  private static func isLevelsLetter(_ letter: UInt8) -> Bool {
    switch letter {
    case UInt8(ascii: "e"), UInt8(ascii: "w"), UInt8(ascii: "i"), UInt8(ascii: "d"),
      UInt8(ascii: "f"), UInt8(ascii: "t"):
      true
    default: false
    }
  }

  /// `INFO: task …` and `WARNING: CPU: 0` are the kernel's.
  private static func levelLength(_ word: Text, _ rest: Text) -> Int? {
    if word.hasPrefix("WARNING:") || word.hasPrefix("INFO:") { return nil }
    // `error while loading …` is a sentence.
    if word.count == 5, word.hasPrefix("error"), rest.trimmed().hasPrefix("while ") { return nil }
    return word.count
  }

  /// `agent[77]:`
  private static func isSpeaker(_ word: Text) -> Bool {
    guard word.count > 4, word[word.count - 1] == UInt8(ascii: ":"),
      word[word.count - 2] == UInt8(ascii: "]"), let open = word.find("[")
    else { return false }
    let inside = word.dropFirst(open + 1).prefix(word.count - open - 3)
    return !inside.isEmpty && inside.upTo { !$0.isDigit }.count == inside.count
  }

  /// tracing's `agent::load:`
  private static func isPath(_ word: Text) -> Bool {
    word.contains("::") && word[word.count - 1] == UInt8(ascii: ":")
  }

  /// libbpf's name before every line of the verifier's log that it passes on.
  private static func libbpfLength(_ text: Text) -> Int? {
    let rest = text.dropFirst(7).trimmed()
    guard !rest.isEmpty, isVerifiers(rest) || rest.hasPrefix("processed ") else { return nil }
    return 7
  }

  /// `Jan  2 03:04:05 host agent[77]: `, `Jan 02 03:04:05 host kernel: `
  private static func syslogLength(_ text: Text, _ word: Text) -> Int? {
    guard word.count == 3, text.count > 16, text[4].isDigit || text[4] == 0x20,
      text[5].isDigit, text.hasPrefix(":", at: 9), text.hasPrefix(":", at: 12)
    else { return nil }
    let rest = text.dropFirst(16)
    let host = rest.prefix(64).upTo { $0 == 0x20 }
    let speaker = rest.dropFirst(host.count + 1).prefix(64).upTo { $0 == 0x20 }
    guard speaker.count < 64, !speaker.isEmpty,
      speaker[speaker.count - 1] == UInt8(ascii: ":")
    else { return 16 }
    return 16 + host.count + 1 + speaker.count
  }

  /// `host agent[77]: ` after a stamp of another kind.
  private static func hostLength(_ text: Text, _ word: Text) -> Int? {
    let speaker = text.dropFirst(word.count + 1).prefix(64).upTo { $0 == 0x20 }
    guard speaker.count < 64, !speaker.isEmpty, isSpeaker(speaker) || speaker.hasPrefix("kernel:")
    else { return nil }
    return word.count + 1 + speaker.count
  }

  /// `E0102 03:04:05.678901    1234 load.go:45] `
  private static func klogLength(_ text: Text, _ word: Text) -> Int? {
    guard word.count == 5, word.dropFirst(1).upTo({ !$0.isDigit }).count == 4,
      let end = text.prefix(96).find("]")
    else { return nil }
    return end + 1
  }
}
