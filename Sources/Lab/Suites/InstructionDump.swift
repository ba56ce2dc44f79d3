// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// bpftool's dump of a program's instructions, written as the kernel's self-tests write theirs
/// (tools/testing/selftests/bpf/disasm_helpers.c, `disasm_insn`): without operation codes, and
/// without what follows the `#` of a call.
package enum InstructionDump {
  /// - Parameter dump: of `bpftool prog dump xlated id N opcodes`, in which each instruction's
  ///   bytes follow on a separate line.
  package static func text(_ dump: [UInt8]) -> String {
    var lines: [(number: Substring, text: String)] = []
    for line in String(decoding: dump, as: UTF8.self).split(separator: "\n") {
      let words = line.drop { $0 == " " }
      let number = words.prefix { $0.isNumber }
      let rest = words.dropFirst(number.count)
      // `12: (85) call bpf_map_lookup_elem#189504`
      if !number.isEmpty, rest.hasPrefix(": ("), rest.dropFirst(5).hasPrefix(") ") {
        var text = rest.dropFirst(7)
        if text.hasPrefix("call "), let mark = text.lastIndex(of: "#") { text = text[..<mark] }
        lines.append((number, String(text)))
      } else if let newer = newer(words), !lines.isEmpty {
        lines[lines.count - 1].text = newer
      }
    }
    return lines.map { "\($0.number): \($0.text)\n" }.joined()
  }

  /// Helpers' numbers are some hundreds; the placeholders for their addresses are far above.
  private static let lastHelper: UInt32 = 1000

  /// Arithmetic instructions that only their offset distinguishes from older ones, in the notation
  /// of kernel/bpf/disasm.c: an older bpftool ignores the offset. And calls of helpers.
  private static func newer(_ line: Substring) -> String? {
    let bytes = line.split(separator: " ").compactMap { UInt8($0, radix: 16) }
    guard bytes.count >= 8, bytes.count == line.split(separator: " ").count else { return nil }
    let code = bytes[0]
    let (isWide, isArithmetic) = (code & 7 == 7, code & 7 == 7 || code & 7 == 4)
    let usesRegister = code & 8 != 0
    let offset = Int16(bitPattern: UInt16(bytes[2]) | UInt16(bytes[3]) << 8)
    let number = bytes[4..<8].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    // A helper's number that the verifier has replaced by its address: bpftool knows whose that is.
    if code == 0x85, bytes[1] >> 4 == 0, number > lastHelper { return "call unknown" }
    guard isArithmetic, offset != 0 else { return nil }
    let letter = isWide ? "r" : "w"
    let target = "\(letter)\(bytes[1] & 15)"
    let source = "\(letter)\(bytes[1] >> 4)"
    let operand = usesRegister ? source : "\(Int32(bitPattern: number))"
    switch (code >> 4, offset) {
    case (0xb, -1) where isWide && usesRegister: return "\(target) = &(void __percpu *)(\(source))"
    case (0xb, 1) where isWide && usesRegister:
      return "\(target) = addr_space_cast(\(source), \(number >> 16), \(number & 0xffff))"
    case (0xb, 8), (0xb, 16), (0xb, 32): return "\(target) = (s\(offset))\(source)"
    case (0x3, 1): return "\(target) s/= \(operand)"
    case (0x9, 1): return "\(target) s%= \(operand)"
    default: return nil
    }
  }
}
