// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Finds which of many phrases a line contains without trying each: four bytes of every phrase are
/// looked for in one pass over the line, and only the phrases that have them are compared.
struct PhraseIndex: Sendable {
  /// A phrase of an entry's, cut at each `*`, which stands for anything.
  private struct Phrase: Sendable {
    var entry: Int
    var parts: [[UInt8]]
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
        phrases.append(Phrase(entry: entry, parts: parts))
        guard let key = PhraseIndex.key(of: parts) else {
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
    func consider(_ candidates: [Int]) {
      for index in candidates {
        let entry = phrases[index].entry
        guard best.map({ entry < $0 }) ?? true, counts(entry) else { continue }
        if PhraseIndex.contains(line, phrases[index].parts) { best = entry }
      }
    }
    if !short.isEmpty { consider(short) }
    var window: UInt32 = 0
    var place = 0
    while place < line.count {
      window = window << 8 | UInt32(line[place])
      place += 1
      guard place >= 4 else { continue }
      let hash = PhraseIndex.hash(window)
      if filter[hash >> 6] >> UInt64(hash & 63) & 1 != 0, let candidates = byBytes[window] {
        consider(candidates)
      }
    }
    return best
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

  /// The last four bytes of the phrase's longest part: beginnings are often alike.
  private static func key(of parts: [[UInt8]]) -> UInt32? {
    guard let part = parts.max(by: { $0.count < $1.count }), part.count >= 4 else { return nil }
    return part.suffix(4).reduce(0) { $0 << 8 | UInt32($1) }
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
