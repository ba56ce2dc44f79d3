// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Headlines as people type them off a screen, as software reads them off a photo, and as they stand
/// in somebody's sentence.
enum LooseHeadline {
  /// The headline that `message` begins with, letters confused with others that look like them, marks
  /// and blanks lost or changed.
  static func match(_ message: Text, _ table: HeadlineTable) -> HeadlineMatch? {
    guard message.count > 12, let first = fold(message[0]), seconds[Int(first)] != 0,
      fold(message[1]) == seconds[Int(first)], isStart(message)
    else { return nil }
    let words = folded(message.prefix(96))
    for pattern in patterns where begins(words, with: pattern.folded) {
      if pattern.kind == .panic { return panic(message, words) }
      return HeadlineMatch(kind: pattern.kind, role: pattern.role, text: message)
    }
    return nil
  }

  /// A headline that begins right after a backtick in the middle of a sentence.
  static func quoted(in message: Text, _ table: HeadlineTable) -> HeadlineMatch? {
    guard let open = message.find("`") else { return nil }
    let inside = message.dropFirst(open + 1).upTo { $0 == UInt8(ascii: "`") }
    guard inside.count > 20, let match = table.match(Dressing.withoutEnd(inside)), !match.isVague
    else { return nil }
    return match
  }

  private struct Pattern: Sendable {
    var folded: [UInt8]
    var kind: Kind
    var role: Headline.Role

    init(_ words: String, _ kind: Kind, _ role: Headline.Role) {
      folded = words.utf8.compactMap(fold)
      self.kind = kind
      self.role = role
    }
  }

  private static let patterns: [Pattern] = [
    Pattern("Kernel panic - not syncing", .panic, .panic),
    Pattern("BUG: unable to handle kernel NULL pointer", .nullDereference, .fault),
    Pattern("BUG: kernel NULL pointer dereference", .nullDereference, .fault),
    Pattern("Unable to handle kernel NULL pointer", .nullDereference, .fault),
    Pattern("BUG: unable to handle page fault", .pageFault, .fault),
    Pattern("BUG: unable to handle kernel", .pageFault, .fault),
    Pattern("Unable to handle kernel", .pageFault, .fault),
    Pattern("VFS: Unable to mount root fs on", .mountFailure, .panic),
    Pattern("Unable to mount root fs on unknown-block", .mountFailure, .panic),
    Pattern("Attempted to kill init!", .initDied, .panic),
    Pattern("BUG: soft lockup - CPU", .softLockup, .report),
    Pattern("watchdog: BUG: soft lockup", .softLockup, .report),
    Pattern("BUG: scheduling while atomic", .atomicSleep, .report),
  ]

  /// Whether the first four letters are those of a pattern.
  private static func isStart(_ message: Text) -> Bool {
    var letters: UInt32 = 0
    var index = 0
    while index < message.count, letters < 1 << 24 {
      if let letter = fold(message[index]) { letters = letters << 8 | UInt32(letter) }
      index += 1
    }
    return starts.contains(letters)
  }

  private static let starts = Set(
    patterns.map { $0.folded.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) } })

  /// The second letter by the first.
  private static let seconds: [UInt8] = {
    var table = [UInt8](repeating: 0, count: 256)
    for pattern in patterns { table[Int(pattern.folded[0])] = pattern.folded[1] }
    return table
  }()

  private static let messages: [(folded: [UInt8], kind: Kind)] = Headline.panicMessages.map {
    ("\($0.0)".utf8.compactMap(fold), $0.1)
  }

  private static func panic(_ message: Text, _ words: [UInt8]) -> HeadlineMatch {
    let kind = messages.first { contains(words, $0.folded) }?.kind ?? .panic
    return HeadlineMatch(kind: kind, role: .panic, text: message)
  }

  /// One form for all letters that are easily confused; nil for what carries no meaning.
  private static func fold(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0"): return UInt8(ascii: "o")
    case UInt8(ascii: "1"), UInt8(ascii: "|"), UInt8(ascii: "!"), UInt8(ascii: "i"),
      UInt8(ascii: "I"):
      return UInt8(ascii: "l")
    case UInt8(ascii: "5"): return UInt8(ascii: "s")
    case UInt8(ascii: "8"): return UInt8(ascii: "b")
    default: return byte.isLetter ? byte | 0x20 : nil
    }
  }

  private static func folded(_ text: Text) -> [UInt8] {
    var result: [UInt8] = []
    for index in 0..<text.count {
      if let letter = fold(text[index]) { result.append(letter) }
    }
    return result
  }

  /// Up to two letters may be wrong, too many, or missing; not at the start, and not in short words.
  private static func begins(_ words: [UInt8], with pattern: [UInt8]) -> Bool {
    guard words.count + 2 >= pattern.count, words.prefix(2) == pattern.prefix(2) else {
      return false
    }
    let allowed = 2
    // Levenshtein's distance between the pattern and any beginning of the words.
    var row = Array(0...pattern.count)
    var best = row[pattern.count]
    for (index, letter) in words.prefix(pattern.count + allowed).enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in 1...pattern.count {
        let changed = diagonal + (pattern[column - 1] == letter ? 0 : 1)
        diagonal = row[column]
        row[column] = min(changed, min(row[column], row[column - 1]) + 1)
      }
      best = min(best, row[pattern.count])
    }
    return best <= allowed
  }

  private static func contains(_ words: [UInt8], _ part: [UInt8]) -> Bool {
    guard !part.isEmpty, part.count <= words.count else { return false }
    return (0...words.count - part.count).contains {
      words[$0..<$0 + part.count].elementsEqual(part)
    }
  }
}
