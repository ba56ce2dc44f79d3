// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What `info registers -a` of QEMU's monitor says of one CPU (QEMU: target/i386/cpu-dump.c,
/// `x86_cpu_dump_state`).
public struct ProcessorRegisters: Sendable, Equatable {
  /// QEMU's number of the CPU, which is also Linux's in a guest that never takes a CPU offline.
  public var processor: Int
  /// The address of the next instruction.
  public var instruction: UInt64
  /// RFLAGS.
  public var flags: UInt64
  /// 0 in the kernel, 3 in user space.
  public var level: Int
  /// Waits for an interrupt after a HLT.
  public var halted: Bool
  /// The line that says all this, counted from 1, and its text.
  public var line: Int
  public var text: String

  /// RFLAGS.IF is clear: nothing but an NMI gets through to this CPU.
  public var interruptsOff: Bool { flags & (1 << 9) == 0 }

  public init(
    processor: Int, instruction: UInt64, flags: UInt64, level: Int, halted: Bool, line: Int,
    text: String
  ) {
    self.processor = processor
    self.instruction = instruction
    self.flags = flags
    self.level = level
    self.halted = halted
    self.line = line
    self.text = text
  }

  /// The CPUs of a dump, in its order. A CPU whose line of flags is missing or damaged
  /// is left out: what is unknown is not evidence.
  public static func read(_ dump: String) -> [ProcessorRegisters] {
    var found: [ProcessorRegisters] = []
    var processor: Int?
    for (index, line) in dump.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      // The monitor ends its lines with CR LF, which Swift takes for one character.
      let text = line.last == "\r" ? line.dropLast() : line
      if text.hasPrefix("CPU#") {
        processor = Int(text.dropFirst(4))
      } else if let number = processor, let registers = read(text, of: number, line: index + 1) {
        found.append(registers)
        processor = nil
      }
    }
    return found
  }

  /// `RIP=ffffffff81a3f0cb RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1`; in 32-bit code the
  /// names are EIP and EFL.
  private static func read(_ line: Substring, of processor: Int, line number: Int)
    -> ProcessorRegisters?
  {
    func value(_ names: String...) -> Substring? {
      for word in line.split(separator: " ") {
        for name in names where word.hasPrefix(name + "=") { return word.dropFirst(name.count + 1) }
      }
      return nil
    }
    guard let instruction = value("RIP", "EIP").flatMap({ UInt64($0, radix: 16) }),
      let flags = value("RFL", "EFL").flatMap({ UInt64($0, radix: 16) }),
      let level = value("CPL").flatMap({ Int($0) }), let halted = value("HLT")
    else { return nil }
    return ProcessorRegisters(
      processor: processor, instruction: instruction, flags: flags, level: level,
      halted: halted == "1", line: number, text: String(line))
  }
}

/// A CPU that no interrupt reaches any more, according to its registers.
public struct Lockup: Sendable, Equatable {
  public var processor: Int
  /// It waits after a HLT with interrupts off, for an interrupt that can't come; otherwise it runs.
  public var halted: Bool
  /// Its tick count stood still as well; false if it could not be read.
  public var countsNoTicks: Bool
  /// How often its registers were sampled, in how many seconds; 0 if its own backtrace shows it.
  public var samples: Int
  public var seconds: Double
  /// Lines of `registers.log`, or of the console, that show it.
  public var lines: [EvidenceLine]
  /// The CPU's own backtrace, if the kernel printed one.
  public var frames: [Frame]

  public init(
    processor: Int, halted: Bool, countsNoTicks: Bool = false, samples: Int, seconds: Double,
    lines: [EvidenceLine] = [],
    frames: [Frame] = []
  ) {
    self.processor = processor
    self.halted = halted
    self.countsNoTicks = countsNoTicks
    self.samples = samples
    self.seconds = seconds
    self.lines = lines
    self.frames = frames
  }
}
