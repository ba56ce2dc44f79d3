// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Several lines of the verifier's in one, as a form or a shell leaves them that joins lines:
/// cut before each instruction, and at the end of an instruction's text.
enum JoinedLine {
  /// Calls `body` with each part. What stands before an instruction and is nothing of the
  /// verifier's is reported to `dress`: the next lines may begin with it, too.
  static func parts(of text: Text, dress: inout LineDress, _ body: (Text) -> Void) {
    var rest = text
    if rest.hasPrefix("libbpf: ") {
      for _ in 0..<64 {
        guard let next = rest.find(" libbpf: ", from: 8) else { break }
        body(rest.prefix(next).trimmedRight())
        rest = rest.dropFirst(next + 1)
      }
    }
    var isJoined = false
    // No more lines than a piece can hold.
    for _ in 0..<512 {
      if rest[0].isDigit, let (end, next) = endOfInstruction(rest, isJoined: isJoined) {
        body(rest.prefix(end).trimmedRight())
        rest = rest.dropFirst(next).trimmed()
      } else if let start = nextPart(in: rest, isJoined: isJoined) {
        let head = rest.prefix(start).trimmedRight()
        if !isJoined, head.count < 64, !isVerifiers(head) { dress.learn(rest.prefix(start)) }
        body(head)
        rest = rest.dropFirst(start).trimmed()
      } else {
        break
      }
      isJoined = true
      if rest.isEmpty { return }
    }
    body(rest)
  }

  private static func isVerifiers(_ text: Text) -> Bool {
    text.isEmpty || LineDress.isVerifiers(text) || text.hasPrefix("func#")
      || text.hasPrefix("from ") || text.contains(":")
  }

  /// Where the next line begins: an instruction, or, in what is joined, a C line or the statistics.
  private static func nextPart(in text: Text, isJoined: Bool) -> Int? {
    if isJoined, let end = endOfState(text) { return end }
    var search = 0
    while let colon = text.find(": (", from: search) {
      search = colon + 1
      var start = colon
      while start > 0, text[start - 1].isDigit { start -= 1 }
      guard start < colon, start > 0, text[start - 1].isBlank,
        isInstruction(text.dropFirst(start)),
        // `mark_precise: frame0: regs=r2 stack= before 8: (bf) r2 = r10`
        start < 7 || !text.hasPrefix("before ", at: start - 7)
      else { continue }
      if let comment = text.prefix(start).find(" ; ", from: 1) { return comment + 1 }
      return start
    }
    guard isJoined else { return nil }
    return text.find(" processed ").map { $0 + 1 }
  }

  /// `12: (b7) `
  private static func isInstruction(_ text: Text) -> Bool {
    let digits = text.upTo { !$0.isDigit }.count
    guard digits > 0, digits < 8, text.count > digits + 6 else { return false }
    return text.hasPrefix(": (", at: digits) && text[digits + 3].isHexDigit
      && text[digits + 4].isHexDigit && text[digits + 5] == UInt8(ascii: ")")
  }

  /// The end of an instruction and the start of the words after it; nil if nothing foreign follows.
  private static func endOfInstruction(_ text: Text, isJoined: Bool) -> (end: Int, next: Int)? {
    guard isInstruction(text) else { return nil }
    let start = text.upTo { !$0.isDigit }.count + 7
    guard let length = InstructionWords.length(of: text.dropFirst(start)) else { return nil }
    let end = start + length
    // ebpf-go's summary: `17: (79) r3 = *(u64 *)(r7 +40): R7 invalid mem access`
    var place = text.hasPrefix(": ", at: end) ? end + 1 : end
    while place < text.count, text[place].isBlank { place += 1 }
    guard place < text.count else { return nil }
    let tail = text.dropFirst(place)
    if tail[0] == UInt8(ascii: ";") {
      return commentEnd(text, from: place, isJoined: isJoined).map { ($0, $0) }
    }
    // After a jump the verifier may print where it continues: `goto pc-8 2: R0=…`.
    guard tail[0].isLetter || tail[0].isDigit && isInstruction(tail) else { return nil }
    return (end, place)
  }

  /// The registers' state after an instruction, and what follows it on the same line.
  private static func commentEnd(_ text: Text, from first: Int, isJoined: Bool) -> Int? {
    guard isJoined || text.find(": (", from: first) != nil else { return nil }
    let comment = text.dropFirst(first + 1).trimmed()
    guard InstructionLine.isState(comment) else {
      // A C line stands there: it ends where the next instruction begins.
      return nextPart(in: text.dropFirst(first), isJoined: true).map { first + $0 }
    }
    return endOfState(comment).map { text.count - comment.count + $0 }
  }

  /// Where the registers end that `text` begins with; nil if it has none, or nothing else.
  private static func endOfState(_ text: Text) -> Int? {
    guard InstructionLine.isState(text) else { return nil }
    var place = 0
    while place < text.count {
      let word = VerifierState.word(in: text.dropFirst(place))
      guard InstructionLine.isState(word) || word.hasPrefix("refs=") || word.hasPrefix("cb") else {
        break
      }
      place += word.count
      while place < text.count, text[place].isBlank { place += 1 }
    }
    return place < text.count ? place : nil
  }
}

/// The grammar of the verifier's instructions (kernel/bpf/disasm.c), as far as it takes to find
/// the end.
enum InstructionWords {
  /// - Parameter text: without the number and the code: `r3 = *(u64 *)(r7 +40) R7 invalid`.
  static func length(of text: Text) -> Int? {
    let wanted: Int
    switch true {
    case text.hasPrefix("exit"): wanted = 1
    case text.hasPrefix("call"), text.hasPrefix("goto"), text.hasPrefix("may_goto"): wanted = 2
    case text.hasPrefix("if "): wanted = 6
    case text.hasPrefix("lock "): wanted = 4
    default: wanted = 3
    }
    var place = 0
    for number in 0..<wanted {
      while place < text.count, text[place].isBlank { place += 1 }
      let word = VerifierState.word(in: text.dropFirst(place))
      guard !word.isEmpty else { return nil }
      // `store_release((u64 *)(r1 +0), r2)`
      if wanted == 3, number == 1, word[word.count - 1] != UInt8(ascii: "=") {
        return text.prefix(place).trimmedRight().count
      }
      place += word.count
      // `r1 = be16 r1`
      if wanted == 3, number == 2, isByteSwap(word) {
        let operand = text.dropFirst(place + 1).upTo { $0.isBlank }
        return place + 1 + operand.count
      }
    }
    return text.hasPrefix(":", at: place - 1) ? place - 1 : place
  }

  private static func isByteSwap(_ word: Text) -> Bool {
    (word.hasPrefix("be") || word.hasPrefix("le") || word.hasPrefix("bswap"))
      && word[word.count - 1].isDigit
  }
}
