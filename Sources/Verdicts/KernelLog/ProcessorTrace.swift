// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The back trace that a kernel printed of one processor because it was asked to (Linux:
/// lib/nmi_backtrace.c, `nmi_cpu_backtrace`): `NMI backtrace for cpu 1` and what follows.
public enum ProcessorTrace {
  private static let headline: StaticString = "NMI backtrace for cpu "

  /// The frames, innermost first; none where the console has no such trace.
  public static func frames(of processor: Int, in console: some Collection<UInt8>) -> [Frame] {
    var frames: [Frame] = []
    var isOpen = false
    var splitter = LineSplitter()
    func take(_ line: Text, _ number: Int) {
      LinePrefix.messages(of: line) { message, _ in
        if message.hasPrefix(headline) {
          let digits = message.string.dropFirst(headline.utf8CodeUnitCount).prefix { $0.isNumber }
          isOpen = frames.isEmpty && Int(digits) == processor
        } else if message.hasPrefix("Kernel panic") || message.hasPrefix("Shutting down") {
          isOpen = false
        } else if isOpen, frames.count < OpenReport.mostFrames,
          let frame = FrameReader.frame(in: message, line: number)
        {
          frames.append(frame)
        }
      }
    }
    splitter.feed(console, take)
    splitter.finish(take)
    return frames
  }

  /// Whether the processor that took the harness's NMI had interrupts off: what it was interrupted
  /// in is the first to be printed with its flags behind the panic's headline. Nil where the console
  /// doesn't say.
  static func interruptsOff(in console: some Collection<UInt8>) -> Bool? {
    var panicked = false
    var flags: UInt64?
    var splitter = LineSplitter()
    func take(_ line: Text, _ number: Int) {
      LinePrefix.messages(of: line) { message, _ in
        if message.contains("NMI: Not continuing") {
          panicked = true
        } else if panicked, flags == nil {
          flags = message.after("EFLAGS: ")?.leadingHex()?.value
        }
      }
    }
    splitter.feed(console, take)
    splitter.finish(take)
    return flags.map { $0 & interruptFlag == 0 }
  }

  /// X86_EFLAGS_IF (Linux: arch/x86/include/uapi/asm/processor-flags.h).
  private static let interruptFlag: UInt64 = 1 << 9
}

extension Ending {
  /// With what the back traces on the console tell of it.
  public func completed(by console: some Collection<UInt8>) -> Ending {
    switch self {
    case .lockedUp(var lockup):
      lockup.frames = ProcessorTrace.frames(of: lockup.processor, in: console)
      return .lockedUp(lockup)
    case .silent(let seconds, _, let countsTicks):
      return .silent(
        seconds: seconds, interruptsOff: ProcessorTrace.interruptsOff(in: console) ?? false,
        countsTicks: countsTicks)
    default: return self
    }
  }

  /// What speaks against a lockup that only registers showed: the first processor's own flags, in the
  /// back trace that the harness asked for. Such evidence contradicts itself, and proves nothing.
  ///
  /// - Returns: nil where nothing does.
  public func contradiction(in console: some Collection<UInt8>) -> String? {
    guard case .lockedUp(let lockup) = self, lockup.processor == 0, !lockup.countsNoTicks,
      ProcessorTrace.interruptsOff(in: console) == false
    else { return nil }
    return "CPU 0 had interrupts off in \(lockup.samples) looks at its registers, "
      + "and on in its own back trace"
  }
}
