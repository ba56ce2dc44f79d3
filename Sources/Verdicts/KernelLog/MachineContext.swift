// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a report's lines say of the machine and the task that it came from. Nil: they don't say.
public struct MachineContext: Sendable, Equatable {
  /// The kernel's release, `6.8.0-45-generic`.
  public var release: String?
  /// According to the form of the registers: `x86-64`, `arm64`, `powerpc`…
  public var architecture: String?
  public var processor: Int?
  public var process: Int?
  public var command: String?
  public var hardware: String?
  public var workqueue: String?
  /// The letters after `Tainted:`, in their order; empty for `Not tainted`.
  public var taint: String?
  /// The number in `[#3]`: oopses since boot, this one included.
  public var oops: Int?

  public init() {}

  /// What each letter means (Linux: Documentation/admin-guide/tainted-kernels.rst).
  public static let taintWords: [Character: String] = [
    "P": "a proprietary module was loaded",
    "F": "a module was loaded by force",
    "S": "the processor or system is out of its specification",
    "R": "a module was unloaded by force",
    "M": "a processor reported a machine check",
    "B": "a page was found in a bad state",
    "U": "a user asked for the taint",
    "D": "the kernel oopsed before",
    "A": "an ACPI table was overridden",
    "W": "the kernel warned before",
    "C": "a staging driver was loaded",
    "I": "a workaround for a bug in the firmware is in use",
    "O": "a module from outside the kernel's tree was loaded",
    "E": "an unsigned module was loaded",
    "L": "a soft lockup happened before",
    "K": "the kernel was live-patched",
    "X": "the distribution set its own taint",
    "T": "the kernel was built with a randomised layout",
    "N": "an in-kernel test ran",
    "J": "a program used a mutating debug operation of fwctl",
  ]

  /// Takes in a line of a report.
  mutating func take(_ message: Text) {
    switch message[0] {
    case UInt8(ascii: "C"):
      guard message.hasPrefix("CPU: ") else { return }
      if processor == nil { processor = message.dropFirst(5).leadingNumber() }
      takeTask(message, process: message.after(" PID: "), command: message.after(" Comm: "))
    case UInt8(ascii: "P"):
      // Until 3.16.
      if message.hasPrefix("Pid: ") {
        takeTask(message, process: message.dropFirst(5), command: message.after(", comm: "))
      }
    case UInt8(ascii: "H"):
      // lib/dump_stack.c; old kernels have no version after the machine's name.
      if hardware == nil, let name = message.after("Hardware name: ") {
        hardware = name.prefix(120).trimmed().string
      }
    case UInt8(ascii: "W"):
      if workqueue == nil, message.hasPrefix("Workqueue: ") {
        workqueue = message.dropFirst(11).prefix(80).trimmed().string
      }
    case 0x30...0x39: takeIdentity(message)
    default: takeRegister(message)
    }
  }

  /// lockdep's second line: `6.8.0 #1 Tainted: G        W` (kernel/locking/lockdep.c
  /// print_kernel_ident()).
  private mutating func takeIdentity(_ message: Text) {
    guard taint == nil, message.prefix(80).contains(" #") else { return }
    if message.contains(" Not tainted") {
      taint = ""
    } else if let letters = message.after(" Tainted: ") {
      readTaint(letters)
    } else {
      return
    }
    if release == nil { release = message.upTo { $0 == 0x20 }.string }
  }

  /// `INFO: task demo:811 blocked`, `soft lockup - CPU#2 stuck for 23s! [demo:811]`
  mutating func noteHeadline(_ text: Text) {
    if processor == nil { processor = text.after(" CPU#")?.leadingNumber() }
    let named = text.hasPrefix("INFO: task ") ? text.after("task ") : text.after("! [")
    guard let task = named?.prefix(40).upTo({ $0 == 0x20 || $0 == UInt8(ascii: "]") }),
      let colon = (0..<task.count).last(where: { task[$0] == UInt8(ascii: ":") }), colon > 0
    else { return }
    command = task.prefix(colon).string
    process = task.dropFirst(colon + 1).leadingNumber()
  }

  /// `PID: 811 Comm: demo Tainted: P           OE      6.8.0 #1`
  mutating func takeTask(_ message: Text, process: Text?, command: Text?) {
    if self.process == nil { self.process = process?.leadingNumber() }
    guard taint == nil, var command else { return }
    if let end = command.find(" Not tainted") {
      taint = ""
      readRelease(command.dropFirst(end + 12))
      command = command.prefix(end)
    } else if let end = command.find(" Tainted: ") {
      readTaint(command.dropFirst(end + 10))
      command = command.prefix(end)
    }
    // TASK_COMM_LEN is 16 with the zero at its end.
    let name = command.prefix(command.find(" Kdump: ") ?? 16)
    self.command = name.trimmed().string
  }

  /// `P           OE      6.8.0 #1`
  private mutating func readTaint(_ text: Text) {
    let letters = text.upTo { $0 &- 0x41 >= 26 && $0 != 0x20 }
    taint = letters.string.filter { $0 != " " }
    readRelease(text.dropFirst(letters.count))
  }

  private mutating func readRelease(_ rest: Text) {
    var rest = rest.trimmed()
    // 2.6 put it in parentheses.
    if rest.hasPrefix("(") { rest = rest.dropFirst(1) }
    let word = rest.prefix(80).upTo { $0 == 0x20 || $0 == UInt8(ascii: ")") }
    guard !word.isEmpty, word[0].isDigit else { return }
    release = word.string
  }

  private mutating func takeRegister(_ message: Text) {
    if architecture != nil, taint != nil { return }
    let marks: [(StaticString, String)] = [
      ("RIP: ", "x86-64"), ("RIP  [", "x86-64"), ("EIP: ", "i386"), ("EIP is at ", "i386"),
      ("pstate: ", "arm64"), ("NIP: ", "powerpc"), ("NIP [", "powerpc"),
      ("Krnl PSW : ", "s390x"), ("IAOQ[0]: ", "parisc"), ("TPC: <", "sparc64"),
      ("ERA: ", "loongarch"), ("badaddr: ", "riscv"), ("epc : ", "riscv"), ("epc   : ", "mips"),
    ]
    let text = message.trimmed()
    if text.hasPrefix("pc : [<"), let address = text.dropFirst(7).leadingHex() {
      architecture = address.length > 8 ? "arm64" : "arm"
      return
    }
    // kernel/hung_task.c
    if taint == nil, text.hasPrefix("Tainted: ") {
      readTaint(text.dropFirst(9))
      return
    }
    if taint == nil, text.hasPrefix("Not tainted ") {
      taint = ""
      readRelease(text.dropFirst(12))
      return
    }
    if architecture == nil { architecture = marks.first { text.hasPrefix($0.0) }?.1 }
  }
}
