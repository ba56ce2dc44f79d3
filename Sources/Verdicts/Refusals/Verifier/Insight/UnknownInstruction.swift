// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What an instruction is that a kernel does not know: its code in words, and since when kernels and
/// compilers have it (Documentation/bpf/standardization/instruction-set.rst).
enum UnknownInstruction {
  static func change(_ message: String) -> VerifierInsight.Change? {
    if message.contains("unknown opcode ") || message.contains("invalid opcode ") {
      return code(in: message).map(of)
    }
    return reserved.first { message.contains($0.message) }.map { change($0.kind) }
  }

  private struct Kind {
    var name: String
    var detail: String
    var suggestion: String
  }

  /// `unknown opcode 8d`
  private static func code(in message: String) -> UInt8? {
    guard let place = message.firstRange(of: "opcode ") else { return nil }
    let digits = message[place.upperBound...].prefix { $0.isHexDigit }
    return digits.count == 2 ? UInt8(digits, radix: 16) : nil
  }

  private static func of(_ code: UInt8) -> VerifierInsight.Change {
    switch code {
    case 0x8d: return change(indirectCall)
    case 0x0d: return change(indirectJump)
    case 0xe5: return change(mayGoto)
    case 0x06: return change(version4("a jump over more than 32767 instructions (gotol)"))
    case 0xd7: return change(version4("a byte swap (bswap)"))
    case 0xc3, 0xdb, 0xcb, 0xd3: return change(atomic)
    default: break
    }
    // The class is in the three low bits, the mode of a load in the three high ones.
    switch (code & 0x07, code & 0xe0) {
    case (0x06, _): return change(comparison)
    case (0x01, 0x80): return change(version4("a load that extends the sign"))
    default:
      return VerifierInsight.Change(
        id: "unknown-instruction", headline: "an instruction that does not exist",
        explanation: "The code 0x\(hex(code)) (class \(className(code))) is no instruction of this "
          + "kernel's: the object is newer than the kernel, damaged, or not compiled for eBPF.",
        suggestion:
          "Compile with clang -target bpf and an older instruction set (-mcpu=v1 or v2), and "
          + "check the object with llvm-objdump -d.")
    }
  }

  private static func change(_ kind: Kind) -> VerifierInsight.Change {
    VerifierInsight.Change(
      id: "unknown-instruction", headline: "an instruction that this kernel does not know",
      explanation: "The instruction is \(kind.name). \(kind.detail)", suggestion: kind.suggestion)
  }

  private static func hex(_ code: UInt8) -> String {
    let digits = String(code, radix: 16)
    return digits.count == 1 ? "0" + digits : digits
  }

  private static func className(_ code: UInt8) -> String {
    ["LD", "LDX", "ST", "STX", "ALU", "JMP", "JMP32", "ALU64"][Int(code & 0x07)]
  }

  private static let indirectCall = Kind(
    name: "an indirect call, through a function pointer (callx)",
    detail:
      "Kernels do not take it: every call must name its target. clang writes it if a function "
      + "pointer is called that it could not resolve, often because the code was compiled without "
      + "optimisation.",
    suggestion:
      "Compile with -O2, inline the function that takes the pointer (static __always_inline), or "
      + "select with a switch, a tail call or a callback of bpf_loop().")

  private static let indirectJump = Kind(
    name: "an indirect jump, through a table (gotox)",
    detail: "clang writes it for a switch; kernels know it from 6.19.",
    suggestion: "Compile with -fno-jump-tables, or for an older instruction set (-mcpu=v3).")

  private static let mayGoto = Kind(
    name: "may_goto, a loop that the kernel bounds",
    detail: "Kernels know it from 6.9.",
    suggestion: "Use bpf_loop() or a bounded loop on older kernels.")

  private static let comparison = Kind(
    name: "a comparison of 32 bits (JMP32)",
    detail: "It belongs to instruction set v3; kernels know it from 5.1, and some compilers and "
      + "languages choose v3 by themselves.",
    suggestion: "Compile with -mcpu=v2 (clang: -mcpu=v2 or -Xclang -target-cpu v2; Rust: "
      + "-C target-cpu=v2).")

  private static let atomic = Kind(
    name: "an atomic operation",
    detail:
      "Beyond a plain atomic add they belong to instruction set v3; kernels know them from 5.12.",
    suggestion:
      "Don't use the result of __sync_fetch_and_add() and no other __sync operations on older "
      + "kernels, or compile with -mcpu=v2; use a lock or a per-CPU map.")

  private static func version4(_ name: String) -> Kind {
    Kind(
      name: name, detail: "It belongs to instruction set v4; kernels know it from 6.6.",
      suggestion: "Compile with -mcpu=v3 or older.")
  }

  /// Fields that newer instructions use and older kernels want to be 0.
  private static let reserved: [(message: String, kind: Kind)] = [
    ("BPF_MOV uses reserved fields", version4("a move that extends the sign")),
    ("BPF_ALU uses reserved fields", version4("a signed division or modulo")),
    ("BPF_END uses reserved fields", version4("a byte swap (bswap)")),
    ("BPF_LDX uses reserved fields", version4("a load that extends the sign")),
    ("BPF_STX uses reserved fields", atomic), ("BPF_XADD uses reserved fields", atomic),
    ("BPF_ATOMIC uses invalid atomic opcode", atomic), ("invalid atomic opcode", atomic),
    (
      "BPF_CALL uses reserved fields",
      Kind(
        name: "a call to a function of the program's own, or to a kernel function",
        detail: "Kernels know the first from 4.16, the second (kfuncs) from 5.13.",
        suggestion: "Make the functions static __always_inline, or use a newer kernel.")
    ),
  ]
}
