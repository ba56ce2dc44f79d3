// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Finds `symbol+0xoffset/0xsize [module]` in a line (lib/vsprintf.c symbol_string, `%pS`/`%pB`).
enum FrameReader {
  /// No C symbol of the kernel's is longer (KSYM_NAME_LEN is 512 since 6.1, 128 before).
  private static let longestSymbol = 512

  static func frame(in whole: Text, line: Int) -> Frame? {
    // arch/arm dump_backtrace_entry: `(callee) from [<…>] (caller+0x…)`; kernels before 3.16 print
    // an offset for the callee, too: its start.
    let text = whole.after(") from [<") ?? whole
    guard let plus = text.find("+0x"), plus > 0 else { return nil }
    var first = plus
    while first > 0, plus - first < longestSymbol, text[first - 1].isSymbol { first -= 1 }
    guard first < plus, !text[first].isDigit else { return nil }
    let behind = text.dropFirst(plus + 1)
    guard let offset = behind.leadingHex() else { return nil }
    let size = behind.dropFirst(offset.length)
    guard size.hasPrefix("/0x"), let length = size.dropFirst(1).leadingHex() else { return nil }
    let symbol = text.dropFirst(first).prefix(plus - first)
    return Frame(
      symbol: symbol.string, offset: offset.value,
      module: module(behind: size.dropFirst(1 + length.length)),
      uncertain: isUncertain(before: first, in: text), line: line)
  }

  /// `symbol (path/file.c:12)`, as scripts/decode_stacktrace.sh rewrites frames.
  ///
  /// - Parameter isHeadline: whether words may precede the symbol.
  static func decodedFrame(in text: Text, isHeadline: Bool, line: Int) -> Frame? {
    guard let open = text.find(" ("), open > 0 else { return nil }
    let place = text.dropFirst(open + 2).prefix(160).upTo { $0 == 0x20 || $0 == UInt8(ascii: ")") }
    guard place.containsAny([".c:", ".h:", ".S:", ".rs:"]), place[place.count - 1].isDigit else {
      return nil
    }
    var first = open
    while first > 0, open - first < longestSymbol, text[first - 1].isSymbol { first -= 1 }
    let isUncertain = isUncertain(before: first, in: text)
    guard first < open, !text[first].isDigit,
      isHeadline || first == 0 || isUncertain && first == 2 || isProgramCounter(text)
    else { return nil }
    return Frame(
      symbol: text.dropFirst(first).prefix(open - first).string, offset: 0, module: nil,
      uncertain: isUncertain, line: line)
  }

  /// ` [faulty]`, with a build ID after the name if the kernel prints one.
  private static func module(behind text: Text) -> String? {
    guard text.hasPrefix(" ["), text.count > 3, text[2].isLetter || text[2] == 0x5f else {
      return nil
    }
    let name = text.dropFirst(2).upTo { !$0.isSymbol && $0 != UInt8(ascii: "-") }
    guard name.count + 2 < text.count else { return nil }
    let inlined = name.hasPrefix("inline") && name.count == 6
    return inlined ? nil : name.string
  }

  private static func isUncertain(before first: Int, in text: Text) -> Bool {
    first >= 2 && text[first - 1] == 0x20 && text[first - 2] == UInt8(ascii: "?")
  }

  /// Whether the line gives the place of the instruction itself, not of a caller.
  static func isProgramCounter(_ text: Text) -> Bool {
    guard let first = text.isEmpty ? nil : text[0] else { return false }
    switch first {
    case UInt8(ascii: "R"): return text.hasPrefix("RIP: ") || text.hasPrefix("RIP  [")
    // loongarch's exception return address.
    case UInt8(ascii: "E"):
      return text.hasPrefix("EIP: ") || text.hasPrefix("EIP is at ") || text.hasPrefix("ERA: ")
    // parisc's instruction queue.
    case UInt8(ascii: "I"): return text.hasPrefix("IP: ") || text.hasPrefix("IAOQ[0]: ")
    case UInt8(ascii: "K"): return text.hasPrefix("Krnl PSW : ")
    case UInt8(ascii: "T"): return text.hasPrefix("TPC: <")
    // `pc: ` is powerpc's xmon.
    case UInt8(ascii: "p"): return text.hasPrefix("pc : ") || text.hasPrefix("pc: ")
    // m68k's has an address in brackets.
    case UInt8(ascii: "P"): return text.hasPrefix("PC is at ") || text.hasPrefix("PC: [<")
    // riscv's, and MIPS's with more blanks.
    case UInt8(ascii: "e"): return isRegister("epc", text)
    case UInt8(ascii: "N"): return text.hasPrefix("NIP [")
    default: return false
    }
  }

  /// The kernel's program counter without a symbol: `RIP: 0010:0x0`, `pc : 0x0`, `IP: (null)`.
  static func isBlindCounter(_ text: Text) -> Bool {
    // Until 4.x i386's symbol is on a line of its own, syzkaller's inlined functions come first.
    guard isProgramCounter(text), !text.contains("[inline]"),
      !(text.hasPrefix("EIP: 006") && text.contains("[<"))
    else { return false }
    // A selector with these lowest bits is user space's (arch/x86 show_regs).
    return !text.hasPrefix("RIP: 0033:") && !text.hasPrefix("RIP: e033:")
      && !text.hasPrefix("RIP: 0023:")
      && !text.hasPrefix("EIP: 0073:")
  }

  /// `#0: ffff… (&lock){+.+.}, at: function+0x…` (kernel/locking/lockdep.c print_lock).
  static func isHeldLock(_ text: Text) -> Bool {
    text.count > 2 && text[0] == UInt8(ascii: "#") && text[1].isDigit || text.contains("}, at: ")
  }

  /// Caller's address registers: the trace says the same, better.
  static func isLinkRegister(_ text: Text) -> Bool {
    text.hasPrefix("lr : ") || text.trimmed().hasPrefix("lr: ") || text.hasPrefix("LR is at ")
      || text.hasPrefix("LR [")
      || text.hasPrefix(" ra : ") || isRegister("ra", text) || text.hasPrefix("RP(r2): ")
  }

  private static func isRegister(_ name: StaticString, _ text: Text) -> Bool {
    guard text.hasPrefix(name) else { return false }
    let rest = text.dropFirst(name.utf8CodeUnitCount)
    return rest.hasPrefix(" ") && rest.trimmed().hasPrefix(": ")
  }
}
