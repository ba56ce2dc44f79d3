// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The registers and stack slots of the frames on the call chain, as the log last printed them
/// (kernel/bpf/log.c print_verifier_state). Takes the same memory whatever the log holds.
struct VerifierState: Sendable {
  /// R0 to R10, then the slots fp-8 to fp-512.
  private static let slots = 11 + 64
  /// MAX_CALL_FRAMES of include/linux/bpf_verifier.h.
  static let frames = 8
  /// Bytes that are kept of a value.
  private static let width = 192

  private var bytes = [UInt8](repeating: 0, count: frames * slots * width)
  private var lengths = [UInt8](repeating: 0, count: frames * slots)

  /// Takes what a line says of `frame`; with `replacing`, what it doesn't name is unknown.
  ///
  /// - Returns: a bit for each register that it names.
  mutating func take(_ line: Text, frame: Int, replacing: Bool) -> UInt16 {
    if replacing { clear(frame: frame) }
    var shown: UInt16 = 0
    var place = 0
    while place < line.count {
      while place < line.count, line[place].isBlank { place += 1 }
      let word = VerifierState.word(in: line.dropFirst(place))
      place += max(word.count, 1)
      guard let slot = VerifierState.slot(named: word) else { continue }
      if slot.index < 11 { shown |= 1 << UInt16(slot.index) }
      let value = word.dropFirst(slot.end).prefix(VerifierState.width)
      let index = frame * VerifierState.slots + slot.index
      lengths[index] = UInt8(value.count)
      for offset in 0..<value.count { bytes[index * VerifierState.width + offset] = value[offset] }
    }
    return shown
  }

  /// Forgets all of a frame, when it is entered or left.
  mutating func clear(frame: Int) {
    for slot in 0..<VerifierState.slots { lengths[frame * VerifierState.slots + slot] = 0 }
  }

  /// The slot for `fp-offset`, counted after the registers.
  static func slot(below offset: Int) -> Int? {
    offset > 0 && offset <= 512 ? 11 + (offset + 7) / 8 - 1 : nil
  }

  mutating func clear(_ register: Int, frame: Int) {
    lengths[frame * VerifierState.slots + register] = 0
  }

  /// A call destroys R1 to R5 and sets R0.
  mutating func clearCallerSaved(frame: Int) {
    for register in 0...5 { lengths[frame * VerifierState.slots + register] = 0 }
  }

  func register(_ number: Int, frame: Int) -> String? { value(number, frame) }

  /// The slot `offset` bytes below the frame's top: 8 for fp-8.
  func stack(_ offset: Int, frame: Int) -> String? {
    guard offset > 0, offset <= 512 else { return nil }
    return value(11 + (offset + 7) / 8 - 1, frame)
  }

  /// All that is known of a frame, by the verifier's names.
  func all(frame: Int) -> [Rejection.Register] {
    (0..<VerifierState.slots).compactMap { slot in
      value(slot, frame).map {
        Rejection.Register(name: slot < 11 ? "R\(slot)" : "fp-\((slot - 10) * 8)", state: $0)
      }
    }
  }

  private func value(_ slot: Int, _ frame: Int) -> String? {
    let index = frame * VerifierState.slots + slot
    let length = Int(lengths[index])
    guard length > 0 else { return nil }
    let first = index * VerifierState.width
    return bytes[first..<first + length].withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { Text(start: $0, count: length).string }
    }
  }

  /// Up to the next blank outside of parentheses: `scalar(umax=255,var_off=(0x0; 0xff))` is one.
  static func word(in line: Text) -> Text {
    var depth = 0
    return line.upTo { byte in
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      return depth <= 0 && byte.isBlank
    }
  }

  /// `R1_w=` and `fp-16=`: which slot it is, and where its value begins. The letters after the
  /// underscore (liveness marks, up to 7.0) don't matter.
  private static func slot(named word: Text) -> (index: Int, end: Int)? {
    let start: Int
    switch true {
    case word.hasPrefix("R"): start = 1
    case word.hasPrefix("fp-"): start = 3
    default: return nil
    }
    guard let number = word.dropFirst(start).leadingNumber() else { return nil }
    let head = word.upTo { $0 == UInt8(ascii: "=") }
    guard head.count < word.count, head.count < start + 10 else { return nil }
    if start == 1 { return number <= 10 ? (number, head.count + 1) : nil }
    guard number > 0, number <= 512 else { return nil }
    return (11 + (number + 7) / 8 - 1, head.count + 1)
  }
}
