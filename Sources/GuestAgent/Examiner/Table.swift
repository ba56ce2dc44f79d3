// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The words of one line in one of the kernel's tables. Read as bytes, since of most lines only a
/// number or two are needed.
struct TableLine {
  private let bytes: ArraySlice<UInt8>

  /// The lines of a text.
  static func lines(of text: [UInt8]) -> [TableLine] {
    text.split(separator: UInt8(ascii: "\n")).map(TableLine.init)
  }

  private init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  var words: [ArraySlice<UInt8>] { words(Int.max - 1) }

  /// The first words, up to this number.
  func words(_ count: Int) -> [ArraySlice<UInt8>] {
    var words: [ArraySlice<UInt8>] = []
    var rest = bytes
    while words.count < count {
      rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if rest.isEmpty { break }
      let word = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
      words.append(word)
      rest = rest[word.endIndex...]
    }
    return words
  }

  /// The decimal number that a word begins with; nil if it begins with something else.
  static func number(_ word: ArraySlice<UInt8>) -> Int64? {
    let digits = word.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, digits.count < 19 else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }

  static func text(_ word: ArraySlice<UInt8>) -> String { String(decoding: word, as: UTF8.self) }
}
