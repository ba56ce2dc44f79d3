// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Words that say who passed a line on: a host, a logger, a terminal's prompt.
enum SpeakerWords {
  /// - Parameter isDated: a stamp or a time stood before.
  static func length(_ text: Text, isDated: Bool) -> Int? {
    if let length = facilityLength(text) ?? tagLength(text) { return length }
    if let length = releaseLength(text) ?? countLength(text) { return length }
    return isDated ? hostLength(text) ?? logcatLength(text) : namedHostLength(text)
  }

  /// `box-1 kernel: ` without a time: a name with a digit or a dash is a host's, and no word.
  private static func namedHostLength(_ text: Text) -> Int? {
    let host = text.prefix(64).upTo { $0 == 0x20 }
    guard host.count < 64, text.hasPrefix(" kernel: ", at: host.count),
      host.upTo({ $0.isDigit || $0 == UInt8(ascii: "-") }).count < host.count
    else { return nil }
    return hostLength(text)
  }

  /// `kern  :alert : ` (dmesg -x), `kern.alert `, `user.warn kernel: `.
  private static func facilityLength(_ text: Text) -> Int? {
    let facilities: [StaticString] = ["kern", "user", "daemon", "syslog"]
    guard let facility = facilities.first(where: { text.hasPrefix($0) }) else { return nil }
    var index = facility.utf8CodeUnitCount
    index += text.dropFirst(index).prefix(8).upTo { $0 != 0x20 }.count
    guard index < text.count, text[index] == UInt8(ascii: ":") || text[index] == UInt8(ascii: ".")
    else { return nil }
    let isDot = text[index] == UInt8(ascii: ".")
    index += 1
    let level = text.dropFirst(index).prefix(8).upTo { !$0.isLetter }.count
    guard level > 2 else { return nil }
    index += level
    if isDot { return text.hasPrefix(" ", at: index) ? index : nil }
    index += text.dropFirst(index).prefix(8).upTo { $0 != 0x20 }.count
    return text.hasPrefix(":", at: index) ? index + 1 : nil
  }

  /// journald's own forms, and loggers' tags.
  private static func tagLength(_ text: Text) -> Int? {
    if text.hasPrefix("MESSAGE=") { return 8 }
    // A line of an object that was printed over several, its first quotation mark taken off.
    if text.hasPrefix("MESSAGE\""), let value = text.prefix(16).find(": \"") { return value + 3 }
    guard text.hasPrefix("kernel") else { return nil }
    if text.hasPrefix(":", at: 6) { return text.hasPrefix(" ", at: 7) ? 8 : 7 }
    guard text.hasPrefix("[", at: 6) else { return nil }
    let digits = text.dropFirst(7).prefix(8).upTo { !$0.isDigit }.count
    return text.hasPrefix("]: ", at: 7 + digits) ? 10 + digits : nil
  }

  /// netconsole puts the release before a record: `6.8.0,4,1207,4711100186,-;`
  /// (Documentation/networking/netconsole.rst).
  private static func releaseLength(_ text: Text) -> Int? {
    guard text[0].isDigit else { return nil }
    let release = text.prefix(64).upTo { $0 == UInt8(ascii: ",") || $0 == 0x20 }
    guard release.contains("."), release.count + 1 < text.count,
      text[release.count] == UInt8(ascii: ","),
      WallClock.recordLength(text.dropFirst(release.count + 1)) != nil
    else { return nil }
    return release.count + 1
  }

  /// A line's number, a list's: `12: `, `12| `, `1. `, `1) `, `12:[`.
  private static func countLength(_ text: Text) -> Int? {
    let digits = text.prefix(8).upTo { !$0.isDigit }.count
    guard digits > 0, digits < 7, digits + 2 < text.count else { return nil }
    switch text[digits] {
    case UInt8(ascii: ":"), UInt8(ascii: "|"), UInt8(ascii: "."), UInt8(ascii: ")"):
      let next = text[digits + 1]
      return next == 0x20 || next == UInt8(ascii: "[") ? digits + 1 : nil
    default: return nil
    }
  }

  /// `box kernel: `, `box kernel[1]: `, `box kern.alert kernel: `, `box 0,16627,40311380557,-;`.
  private static func hostLength(_ text: Text) -> Int? {
    let host = text.prefix(64).upTo { $0 == 0x20 }
    guard host.count > 0, host.count < 64, host.count + 1 < text.count,
      host.upTo({ $0 == UInt8(ascii: ":") }).count == host.count
    else { return nil }
    let rest = text.dropFirst(host.count + 1)
    if let tag = tagLength(rest) { return host.count + 1 + tag }
    if let facility = facilityLength(rest),
      let tag = tagLength(rest.dropFirst(facility + 1))
    {
      return host.count + 2 + facility + tag
    }
    return WallClock.recordLength(rest) == nil ? nil : host.count + 1
  }

  /// Android's logcat after its time: `    0     0 E KERNEL  : `.
  private static func logcatLength(_ text: Text) -> Int? {
    var index = 0
    for _ in 0..<2 {
      let digits = text.dropFirst(index).prefix(8).upTo { !$0.isDigit }.count
      guard digits > 0 else { return nil }
      index += digits
      let blanks = text.dropFirst(index).prefix(8).upTo { $0 != 0x20 }.count
      guard blanks > 0 else { return nil }
      index += blanks
    }
    guard index + 2 < text.count, text[index] &- 0x41 < 26, text[index + 1] == 0x20 else {
      return nil
    }
    let tag = text.dropFirst(index).prefix(32)
    return tag.find(": ").map { index + $0 + 2 }
  }

  /// `box login: `, `root@box:~# `, `/ # `, `[root@box ~]# `, `~ $ `: what a terminal showed before the
  /// kernel spoke.
  static func promptLength(_ text: Text) -> Int? {
    let head = text.prefix(56)
    if text.hasPrefix("(initramfs) ") { return 12 }
    if text.hasPrefix("$ ") { return 2 }
    if let login = head.find("login: "), login > 0, login < 40 {
      return head.prefix(login).upTo { $0 == UInt8(ascii: ":") }.count == login ? login + 7 : nil
    }
    var index = 1
    while index + 1 < head.count {
      let byte = head[index]
      if byte == UInt8(ascii: "#") || byte == UInt8(ascii: "$"), head[index + 1] == 0x20 {
        return isPrompt(head.prefix(index)) ? index + 2 : nil
      }
      index += 1
    }
    return nil
  }

  /// The place of a shell, before its `#`: a path, or a user at a host.
  private static func isPrompt(_ text: Text) -> Bool {
    let words = text.trimmed()
    let blanks = words.count - words.dropFirst(0).upTo { $0 == 0x20 }.count
    // `bash-5.1`
    let isShell = words.containsAny(["sh-"]) && blanks == 0
    let hasPlace = isShell || words.containsAny(["/", "~", "@"])
    return hasPlace && blanks < 24 && !words.contains(": ")
  }
}
