// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The numbers in a register's state (kernel/bpf/log.c print_scalar_ranges; before 6.8 each name had
/// `_value` after it and its own number).
enum RegisterBounds {
  /// `smin`, `smax`, `umin` or `umax`: `scalar(smin=smin32=-4,umax=255)`, `inv(id=0,smin_value=-4)`.
  static func value(_ name: String, in state: String) -> Int? {
    for item in state.split(whereSeparator: { "(,) ".contains($0) }) {
      let parts = item.split(separator: "=")
      guard parts.count > 1, let number = parts.last.flatMap({ Int($0) }) else { continue }
      if parts.dropLast().contains(where: { $0 == name || $0 == name + "_value" }) { return number }
    }
    return nil
  }

  /// The only value that a register can have: `7`, `inv7`, `P7`, `scalar(…)` never.
  static func constant(_ state: String) -> Int? {
    var rest = Substring(state)
    for mark in ["inv", "imm", "P"] where rest.hasPrefix(mark) { rest = rest.dropFirst(mark.count) }
    if rest.hasPrefix("P") { rest = rest.dropFirst() }
    return Int(rest) ?? (rest.hasPrefix("0x") ? Int(rest.dropFirst(2), radix: 16) : nil)
  }
}

/// How far an access misses, from the numbers of the verifier's message.
enum ByteArithmetic {
  static func sentence(_ message: String) -> String? {
    if message.hasPrefix("combined stack size") { return tooMuchStack(message) }
    guard let offset = number("off=", message), let size = number("size=", message),
      size >= 0, abs(offset) < 1 << 32, size < 1 << 32
    else { return nil }
    let end = offset + size
    if message.contains("access to packet") {
      return number("r=", message).flatMap { checked(offset, end, $0) }
    }
    let sizes = [
      ("value_size=", "the value"), ("key_size=", "the key"), ("mem_size=", "the memory"),
    ]
    for (key, name) in sizes {
      if let whole = number(key, message) { return outside(offset, end, whole, name) }
    }
    return message.contains("stack R") ? outsideFrame(offset, end) : nil
  }

  private static func checked(_ offset: Int, _ end: Int, _ range: Int) -> String? {
    if offset < 0 { return "The access begins \(bytes(-offset)) before the packet's pointer." }
    guard end > range, range >= 0 else { return nil }
    return
      "The access ends \(bytes(end)) behind the packet's pointer, and the checks on this path cover "
      + "\(range): \(bytes(end - range)) too few."
  }

  private static func outside(_ offset: Int, _ end: Int, _ whole: Int, _ name: String) -> String? {
    if offset < 0 { return "The access begins \(bytes(-offset)) before the start of \(name)." }
    if end == offset {
      return
        "Its size is 0: the length that goes with the pointer is 0 here, and the helper needs at "
        + "least 1 byte."
    }
    guard end > whole else { return nil }
    return
      "The access ends at byte \(end), and \(name) has \(whole): \(bytes(end - whole)) too far."
  }

  /// Offsets count from the frame pointer, where the frame ends.
  private static func outsideFrame(_ offset: Int, _ end: Int) -> String? {
    if end > 0 {
      return "The access ends \(bytes(end)) above the top of the frame: it begins at "
        + "\(offset < 0 ? "fp\(offset)" : "fp+\(offset)")."
    }
    return offset < -512 ? "The access begins \(bytes(-512 - offset)) below the frame's 512." : nil
  }

  /// `combined stack size of 2 calls is 544. Too large`
  private static func tooMuchStack(_ message: String) -> String? {
    guard let size = number(" is ", message), size > 512 else { return nil }
    return "That is \(bytes(size - 512)) more than 512."
  }

  private static func bytes(_ count: Int) -> String { count == 1 ? "1 byte" : "\(count) bytes" }

  /// The number after `key`, which begins a word.
  private static func number(_ key: String, _ message: String) -> Int? {
    var rest = message[...]
    while let found = rest.firstRange(of: key) {
      let before =
        found.lowerBound > message.startIndex
        ? message[message.index(before: found.lowerBound)] : " "
      let digits = rest[found.upperBound...].prefix { $0 == "-" || $0.isNumber }
      if key.hasPrefix(" ") || !before.isLetter && before != "_", let value = Int(digits) {
        return value
      }
      rest = rest[found.upperBound...]
    }
    return nil
  }
}
