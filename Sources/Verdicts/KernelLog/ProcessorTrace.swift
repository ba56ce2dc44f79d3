// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The requested backtrace of one CPU (Linux: lib/nmi_backtrace.c, `nmi_cpu_backtrace`): `NMI
/// backtrace for cpu 1` and what follows.
public struct ProcessorTrace: Sendable, Equatable {
  public var processor: Int
  /// Innermost first.
  public var frames: [Frame] = []
  /// The line with the flags of the code that the NMI interrupted, counted from 1, and its text;
  /// nil if the console has none, for example for an idle CPU.
  public var flags: EvidenceLine?
  /// According to those flags; false if there are none.
  public var interruptsOff = false
  /// Whether RCU waited in vain for it to take an interrupt; nil if no stall's report says so.
  public var interruptIsDue: Bool?

  private static let headline: StaticString = "NMI backtrace for cpu "

  /// All that the console has, in its order.
  public static func read(_ console: some Collection<UInt8>) -> [ProcessorTrace] {
    var traces: [ProcessorTrace] = []
    var isOpen = false
    var stall = StallReport()
    var splitter = LineSplitter()
    func take(_ line: Text, _ number: Int) {
      LinePrefix.messages(of: line) { message, _ in
        if message.hasPrefix(headline) {
          let digits = message.string.dropFirst(headline.utf8CodeUnitCount).prefix { $0.isNumber }
          isOpen = Int(digits) != nil
          if let processor = Int(digits) {
            traces.append(
              ProcessorTrace(
                processor: processor, interruptIsDue: stall.interruptIsDue[processor]))
          }
        } else if message.hasPrefix("Kernel panic") || message.hasPrefix("Shutting down")
          || message.contains("INFO: rcu")
        {
          isOpen = false
        } else if isOpen {
          traces[traces.count - 1].take(message, line: number)
        } else {
          stall.take(message)
        }
      }
    }
    splitter.feed(console, take)
    splitter.finish(take)
    return traces
  }

  /// How many of the frames are of what the NMI interrupted itself; those after them are what an
  /// interrupt on top, which has interrupts off anyway, came upon.
  private var framesOnTop: Int?

  /// Whether it ran in the twin, or in what the twin called, with interrupts off.
  func isLockedUp(in isOfTwin: (Frame) -> Bool) -> Bool {
    interruptsOff && interruptIsDue != false
      && frames.prefix(framesOnTop ?? frames.count).contains { !$0.uncertain && isOfTwin($0) }
  }

  private mutating func take(_ message: Text, line: Int) {
    if let value = message.after("EFLAGS: ")?.leadingHex()?.value {
      if flags == nil {
        flags = EvidenceLine(file: TrialFacts.consoleFile, line: line, text: message.string)
        interruptsOff = value & Self.interruptFlag == 0
      } else if framesOnTop == nil {
        // Its own instruction was printed before its flags.
        framesOnTop = max(0, frames.count - 1)
      }
    }
    if frames.count < OpenReport.mostFrames,
      let frame = FrameReader.frame(in: message, line: line)
    {
      frames.append(frame)
    }
  }

  /// Whether the CPU that took the harness's NMI had interrupts off: the code that it interrupted
  /// is the first to be printed with its flags after the panic's headline. Nil if the console
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

/// What a stall's report says about its CPUs (Linux: kernel/rcu/tree_stall.h,
/// `print_cpu_stall_info`):
///
///     rcu: \t1-...0: (4 ticks this GP) idle=9a4c/1/0x4000000000000000 softirq=98/98 fqs=500
///
/// The last mark is a digit while work waits that RCU queued for the CPU's next interrupt.
private struct StallReport {
  private(set) var interruptIsDue: [Int: Bool] = [:]

  mutating func take(_ message: Text) {
    let text = (message.hasPrefix("rcu: ") ? message.dropFirst(5) : message).trimmed()
    guard let processor = text.leadingNumber(), let marks = text.after("-"), marks.count > 6,
      marks.dropFirst(4).hasPrefix(": (")
    else { return }
    interruptIsDue[processor] = marks[3].isDigit
  }
}

extension Ending {
  /// With what the backtraces on the console say about it.
  ///
  /// If the kernel panics over a CPU that waits for another one, which runs in the twin with
  /// interrupts off, this is the lockup of that other CPU. If both have to answer each other (a TLB
  /// flush, a patched instruction), the watchdog reports the one that waits; RCU reports that it
  /// waits for the other one. On a busy host both may come before the registers were sampled often
  /// enough.
  ///
  /// - Parameters:
  ///   - reports: what the reader of kernel logs found on the console.
  ///   - isOfTwin: whether a frame is the twin's.
  public func completed(
    by console: some Collection<UInt8>, reports: [Finding], isOfTwin: (Frame) -> Bool
  ) -> Ending {
    switch self {
    case .lockedUp(var lockup):
      let trace = ProcessorTrace.read(console).first { $0.processor == lockup.processor }
      lockup.frames = trace?.frames ?? []
      return .lockedUp(lockup)
    case .panicked:
      guard reports.contains(where: { $0.kind == .softLockup || $0.kind == .rcuStall }),
        reports.allSatisfy({ $0.mayBeOfWaiting(isOfTwin) }),
        let culprit = ProcessorTrace.read(console).first(where: { $0.isLockedUp(in: isOfTwin) })
      else { return self }
      return .lockedUp(Lockup(culprit))
    case .silent(let seconds, _, let countsTicks):
      return .silent(
        seconds: seconds, interruptsOff: ProcessorTrace.interruptsOff(in: console) ?? false,
        countsTicks: countsTicks)
    default: return self
    }
  }

  /// What contradicts a lockup that only registers showed: the first CPU's own flags, in the
  /// backtrace that the harness requested. Such evidence contradicts itself, and proves nothing.
  ///
  /// - Returns: nil if nothing does.
  public func contradiction(in console: some Collection<UInt8>) -> String? {
    guard case .lockedUp(let lockup) = self, lockup.processor == 0, !lockup.countsNoTicks,
      ProcessorTrace.interruptsOff(in: console) == false
    else { return nil }
    return "CPU 0 had interrupts off in \(lockup.samples) looks at its registers, "
      + "and on in its own backtrace"
  }
}

extension Lockup {
  /// As the CPU's own backtrace shows it.
  fileprivate init(_ trace: ProcessorTrace) {
    self.init(
      processor: trace.processor, halted: false, samples: 0, seconds: 0,
      lines: trace.flags.map { [$0] } ?? [], frames: trace.frames)
  }
}

extension Finding {
  /// Whether it may be only a consequence of the locked-up CPU, or the panic over that.
  func mayBeOfWaiting(_ isOfTwin: (Frame) -> Bool) -> Bool {
    if kind == .hungTask || isByBootParameter { return true }
    // Found by its own timer's interrupt.
    if kind == .rcuStall { return !text.contains(part: "self-detected") }
    // Linux: kernel/smp.c
    let isCalling = frames.filter { !$0.uncertain }.prefix(3).contains {
      $0.symbol.hasPrefix("smp_call_function")
    }
    return kind == .softLockup && (isCalling || !frames.contains(where: isOfTwin))
  }
}
