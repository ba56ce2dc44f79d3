// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a complaint is about: the registers and stack slots that it names, or else those that the
/// refused instruction uses, and what was acquired or entered before.
struct VerifierSubjects {
  private(set) var registers: [Int] = []
  /// Bytes below the frame pointer.
  private(set) var slots: [Int] = []
  /// The instruction that acquired what is not given back.
  private(set) var acquiredAt: Int?
  /// Names of the calls that entered, or left, the region that the complaint is about.
  private(set) var calls: [String] = []
  /// The register that the message calls a number though the instruction needs a pointer.
  private(set) var lost: Int?
  /// A comparison with NULL or a bound could have prevented the complaint.
  private(set) var mayBeTested = false

  init(messages: [String], instruction: InstructionText, frame: Int) {
    for message in messages { read(message) }
    let first = messages.first ?? ""
    if ["access 'scalar'", "access 'inv'", "type=scalar ", "type=inv "].contains(where: {
      first.contains($0)
    }) {
      lost = registers.first
    }
    mayBeTested = messages.contains { message in
      ["NULL", "or_null", "min value", "max value", "unbounded", "to packet", "is negative"]
        .contains { message.contains($0) }
    }
    if let found = messages.first.flatMap(VerifierSubjects.region) { calls = found }
    if registers.isEmpty, slots.isEmpty, acquiredAt == nil, calls.isEmpty,
      instruction.action != .exit, !VerifierSubjects.isAboutAmount(messages.first ?? "")
    {
      registers = instruction.operands.filter { $0 < 10 }
    }
    registers = registers.filter { $0 <= 10 }
    // The frame pointer never changes: the slot is meant.
    if !slots.isEmpty || registers.count > 1 { registers.removeAll { $0 == 10 } }
    registers = Array(registers.prefix(3))
  }

  private mutating func read(_ message: String) {
    // `func 'f' arg3 has…`: an argument of the traced function, which is in no register.
    if message.hasPrefix("func '") { return }
    let words = message.split { " ,:'()".contains($0) }
    for (index, word) in words.enumerated() {
      let following = index + 1 < words.count ? words[index + 1] : ""
      if word.first == "R", let number = Int(word.dropFirst()) {
        append(number)
      } else if let number = VerifierSubjects.argument(word, following) {
        append(number + 1)
      } else if word.hasPrefix("alloc_insn=") {
        acquiredAt = Int(word.dropFirst(11))
      } else if word == "stack", message.contains("read from stack") {
        readSlot(message)
      }
    }
  }

  /// Limits of the verifier don't depend on what a register holds.
  private static func isAboutAmount(_ message: String) -> Bool {
    ["too large", "too complex", "too deep", "Too large", "exceeds"].contains {
      message.contains($0)
    }
  }

  private mutating func append(_ register: Int) {
    if !registers.contains(register), register >= 0 { registers.append(register) }
  }

  /// `arg#0`, `args#0`, `arg0`, `arg 0`: the first argument is in R1.
  private static func argument(_ word: Substring, _ following: Substring) -> Int? {
    guard word.hasPrefix("arg") else { return nil }
    let rest = word.drop { $0.isLetter || $0 == "#" }
    if !rest.isEmpty { return Int(rest).flatMap { $0 < 5 ? $0 : nil } }
    let next = following.drop { $0 == "#" }
    return Int(next).flatMap { $0 < 5 ? $0 : nil }
  }

  /// `off -8+0 size 8`: the first byte that was never written.
  private mutating func readSlot(_ message: String) {
    guard let place = message.firstRange(of: " off ") else { return }
    let rest = message[place.upperBound...]
    guard let base = Int(rest.prefix { $0 == "-" || $0.isNumber }) else { return }
    let plus = rest.drop { $0 == "-" || $0.isNumber }
    let offset = base + (plus.first == "+" ? Int(plus.dropFirst().prefix { $0.isNumber }) ?? 0 : 0)
    if offset < 0, offset >= -512 { slots = [-offset] }
  }

  /// Which calls open the region of a complaint about one.
  private static func region(_ message: String) -> [String]? {
    let kinds: [([String], [String])] = [
      (["irq", "IRQ"], ["bpf_local_irq_save", "bpf_local_irq_restore"]),
      (["preempt"], ["bpf_preempt_disable", "bpf_preempt_enable"]),
      (["rcu_read", "RCU", "rcu read"], ["bpf_rcu_read_lock", "bpf_rcu_read_unlock"]),
      (
        ["lock-ed region", "holding a lock", "spin_unlock", "of different lock", "bpf_spin_locks"],
        ["spin_lock#", "spin_lock_irqsave#", "spin_unlock"]
      ),
    ]
    return kinds.first { kind in kind.0.contains { message.contains($0) } }?.1
  }
}
