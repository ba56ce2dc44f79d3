// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Ends of a guest that only QEMU's emulation can have caused, recognised on the console. They lead
/// to no verdict: the trial is the laboratory's failure, and is repeated.
///
/// Applies only under TCG; a CPU under KVM does neither. A report with a frame of a module or a
/// program is never attributed to QEMU.
public enum EmulatorFault {
  /// What QEMU got wrong, in words; nil if the first report may be the kernel's or the twin's own.
  ///
  /// - Parameters:
  ///   - findings: of the console, as ``KernelLog/findings(in:)`` gives them.
  ///   - console: the log itself.
  public static func reason(
    for findings: [Finding], in console: some Collection<UInt8>
  ) -> String? {
    guard let first = findings.first, !first.frames.contains(where: isTwins) else { return nil }
    let registers = Registers(after: first.line, in: console)
    if isBreakpoint(first), registers.hasBreakpoint == false {
      return "it executed a breakpoint that text patching had removed "
        + "(QEMU before 8.1, with several processors): \(first.title)"
    }
    if let flags = registers.flags, !isPossible(flags) {
      return "the processor's flags read \(String(flags, radix: 16)), which no processor can have: "
        + first.title
    }
    return nil
  }

  private static func isTwins(_ frame: Frame) -> Bool {
    frame.module != nil || frame.symbol.hasPrefix("bpf_prog_")
  }

  /// `int3: 0000 [#1]`, from 6.10 with `Oops: ` before it (Linux: arch/x86/kernel/traps.c,
  /// `exc_int3`).
  private static func isBreakpoint(_ finding: Finding) -> Bool {
    finding.text.hasPrefix("int3: ") || finding.text.hasPrefix("Oops: int3: ")
  }

  /// Bit 1 is always set; 3, 5, 15 and all from 22 never are (Intel's manual, volume 1, 3.4.3).
  private static func isPossible(_ flags: UInt64) -> Bool {
    let never: UInt64 = ~((1 << 22) - 1) | 1 << 3 | 1 << 5 | 1 << 15
    return flags & 1 << 1 != 0 && flags & never == 0
  }

  /// What a report prints about the CPU (Linux: arch/x86/kernel/dumpstack.c, `show_opcodes`;
  /// process_64.c, `__show_regs`).
  private struct Registers {
    var flags: UInt64?
    /// Whether the byte before the program counter is a breakpoint in memory: a trap leaves the
    /// counter after it, so if there is none, the CPU executed one that was no longer there. Nil if
    /// the bytes aren't printed.
    var hasBreakpoint: Bool?

    init(after headline: Int, in console: some Collection<UInt8>) {
      var flags: UInt64?
      var hasBreakpoint: Bool?
      var splitter = LineSplitter()
      func take(_ line: Text, _ number: Int) {
        guard number > headline else { return }
        LinePrefix.messages(of: line) { message, _ in
          if hasBreakpoint == nil, message.hasPrefix("Code: ") {
            let bytes = message.string.split(separator: " ")
            hasBreakpoint = bytes.firstIndex { $0.hasPrefix("<") }.map { bytes[$0 - 1] == "cc" }
          }
          flags = flags ?? message.after("EFLAGS: ")?.leadingHex()?.value
        }
      }
      splitter.feed(console, take)
      splitter.finish(take)
      self.flags = flags
      self.hasBreakpoint = hasBreakpoint
    }
  }
}
