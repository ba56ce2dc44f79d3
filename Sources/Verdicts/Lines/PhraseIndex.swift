// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Finds which of many phrases a line contains without trying each: four bytes of every phrase are
/// looked for in one pass over the line, and only the phrases that have them are compared.
struct PhraseIndex: Sendable {
  /// A phrase of an entry's, cut at each `*`, which stands for anything.
  private struct Phrase: Sendable {
    var entry: Int
    var parts: [[UInt8]]
    /// The part that ends with the four bytes that are looked for.
    var keyPart: Int
  }

  private var phrases: [Phrase] = []
  /// Phrases by four bytes of theirs, in the order of their entries, and the shorter ones.
  private var byBytes: [UInt32: [Int]] = [:]
  private var short: [Int] = []
  /// One bit for each hash of the keys in ``byBytes``.
  private var filter = [UInt64](repeating: 0, count: 1 << 10)

  /// - Parameter entries: the phrases of each.
  init(_ entries: [[StaticString]]) {
    for (entry, words) in entries.enumerated() {
      for phrase in words {
        let bytes = UnsafeBufferPointer(start: phrase.utf8Start, count: phrase.utf8CodeUnitCount)
        let parts = bytes.split(separator: UInt8(ascii: "*")).map { Array($0) }
        let longest = parts.indices.max { parts[$0].count < parts[$1].count } ?? 0
        phrases.append(Phrase(entry: entry, parts: parts, keyPart: longest))
        guard let key = PhraseIndex.key(of: parts, longest) else {
          short.append(phrases.count - 1)
          continue
        }
        byBytes[key, default: []].append(phrases.count - 1)
        let hash = PhraseIndex.hash(key)
        filter[hash >> 6] |= 1 << UInt64(hash & 63)
      }
    }
  }

  /// The first entry, in their order, that `line` contains a phrase of and that `counts`.
  func first(in line: Text, where counts: (Int) -> Bool = { _ in true }) -> Int? {
    var best: Int?
    func consider(_ candidates: [Int], endingAt end: Int?) {
      for index in candidates {
        let entry = phrases[index].entry
        guard best.map({ entry < $0 }) ?? true else { continue }
        if let end, !ends(line, end, phrases[index].parts[phrases[index].keyPart]) { continue }
        if counts(entry), PhraseIndex.contains(line, phrases[index].parts) { best = entry }
      }
    }
    if !short.isEmpty { consider(short, endingAt: nil) }
    var window: UInt32 = 0
    var place = 0
    while place < line.count {
      window = window << 8 | UInt32(line[place])
      place += 1
      guard place >= 4 else { continue }
      let hash = PhraseIndex.hash(window)
      if filter[hash >> 6] >> UInt64(hash & 63) & 1 != 0, let candidates = byBytes[window] {
        consider(candidates, endingAt: place)
      }
    }
    return best
  }

  /// Whether `part` stands before `end`; its last four bytes are known to.
  private func ends(_ line: Text, _ end: Int, _ part: [UInt8]) -> Bool {
    let start = end - part.count
    guard start >= 0 else { return false }
    var index = 0
    while index < part.count - 4 {
      if line[start + index] != part[index] { return false }
      index += 1
    }
    return true
  }

  /// Whether the parts stand in the line, one after the other.
  private static func contains(_ line: Text, _ parts: [[UInt8]]) -> Bool {
    var place = 0
    for part in parts {
      guard let found = find(part, in: line, from: place) else { return false }
      place = found + part.count
    }
    return true
  }

  private static func find(_ part: [UInt8], in line: Text, from first: Int) -> Int? {
    let last = line.count - part.count
    guard first <= last, let head = part.first else { return nil }
    return part.withUnsafeBufferPointer { part in
      var start = first
      while start <= last {
        if line[start] == head {
          var matched = 1
          while matched < part.count, line[start + matched] == part[matched] { matched += 1 }
          if matched == part.count { return start }
        }
        start += 1
      }
      return nil
    }
  }

  /// The last four bytes of the phrase's longest part: beginnings are often the same.
  private static func key(of parts: [[UInt8]], _ longest: Int) -> UInt32? {
    guard longest < parts.count, parts[longest].count >= 4 else { return nil }
    return parts[longest].suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func hash(_ key: UInt32) -> Int { Int((key &* 2_654_435_761) >> 16) }
}

/// The first two bytes of many phrases: most lines begin with none of them.
struct PairSet: Sendable {
  private var bits = [UInt64](repeating: 0, count: 1 << 10)

  init(_ phrases: [StaticString]) {
    for phrase in phrases {
      let pair = Int(phrase.utf8Start[0]) << 8 | Int(phrase.utf8Start[1])
      bits[pair >> 6] |= 1 << UInt64(pair & 63)
    }
  }

  func contains(_ text: Text) -> Bool {
    guard text.count > 1 else { return false }
    let pair = Int(text[0]) << 8 | Int(text[1])
    return bits[pair >> 6] >> UInt64(pair & 63) & 1 != 0
  }
}
