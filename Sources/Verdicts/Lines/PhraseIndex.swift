// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Finds which of many phrases a line contains without trying each: four bytes of every phrase are
/// looked for in one pass over the line, and only the phrases that have them are compared.
struct PhraseIndex: Sendable {
  /// The phrases of each entry; `*` stands for anything.
  private let entries: [[StaticString]]
  /// Entries by four bytes of a phrase of theirs, and those with shorter phrases only.
  private var byBytes: [UInt32: [Int]] = [:]
  private var short: [Int] = []
  /// One bit for each hash of the keys in ``byBytes``.
  private var filter = [UInt64](repeating: 0, count: 1 << 10)

  init(_ entries: [[StaticString]]) {
    self.entries = entries
    for (index, phrases) in entries.enumerated() {
      for phrase in phrases {
        guard let key = PhraseIndex.key(of: phrase) else {
          short.append(index)
          continue
        }
        byBytes[key, default: []].append(index)
        let hash = PhraseIndex.hash(key)
        filter[hash >> 6] |= 1 << UInt64(hash & 63)
      }
    }
  }

  /// The first entry, in their order, that `line` contains a phrase of and that `counts`.
  func first(in line: Text, where counts: (Int) -> Bool = { _ in true }) -> Int? {
    var best: Int?
    func consider(_ candidates: [Int]) {
      for index in candidates where best.map({ index < $0 }) ?? true {
        guard counts(index) else { continue }
        if entries[index].contains(where: { VerifierMessage.matches($0, line) }) { best = index }
      }
    }
    consider(short)
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

  /// The last four bytes of the phrase's longest part: beginnings are often the same.
  private static func key(of phrase: StaticString) -> UInt32? {
    let bytes = UnsafeBufferPointer(start: phrase.utf8Start, count: phrase.utf8CodeUnitCount)
    let parts = bytes.split(separator: UInt8(ascii: "*"))
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
