// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A kernel report while its lines come in.
struct OpenReport: Sendable {
  /// A trace longer than this is a stack overflow's; its rest says nothing new.
  static let mostFrames = 48

  var kind: Kind
  var role: Headline.Role
  var line: Int
  var text: String
  /// Dead context: `[#1]` was printed.
  var fatal: Bool
  var access: Finding.Access?
  var address: String?
  /// The frame in the headline, the interrupted one, and the trace.
  var named: Frame?
  var counter: Frame?
  var trace: [Frame] = []
  /// Where the damaged object was allocated or freed: to blame if the trace leads nowhere.
  var origins: [Frame] = []
  /// What the frames that come in belong to.
  var section = Section.trace
  var inInterrupt = false
  /// The interrupt that found a stall was left; further ones are what the culprit ran in.
  var hasLeftInterrupt = false
  /// The program counter was printed and is in no function: its caller is to blame.
  var hasBlindCounter = false
  /// The line that was accepted last.
  var lastLine = 0
  /// The task that reports, if a line says it.
  var task: Int?
  var context = MachineContext()
  var details = ReportDetails()
  /// The log begins in the middle of the report.
  var isHeadless = false
  /// The headline stood inside of somebody's sentence.
  var isQuoted = false
  /// A panic's headline, though it is not spelt like one.
  var isMisreadPanic = false
  /// Reports of the kind that there was no room for.
  var dropped = 0

  enum Section: Sendable {
    case trace
    /// The stacks of an allocation or a free.
    case origin
    /// Other stacks that the report shows for comparison.
    case aside
  }

  init(_ match: HeadlineMatch, line: Int) {
    kind = match.kind
    role = match.role
    self.line = line
    text = match.text.prefix(400).string
    task = match.text.prefix(64).after(" PID: ")?.leadingNumber()
    if context.process == nil { context.process = task }
    context.noteHeadline(match.text)
    if context.processor == nil {
      context.processor = match.text.prefix(40).after("CPU: ")?.leadingNumber()
    }
    fatal = match.role == .fault || match.role == .bug || match.role == .death
    noteOops(match.text)
    if kind == .outOfMemory { details.takeVictim(match.text) }
    // ODEBUG's headline names the object's callback, a panic's may name anything.
    let namesCulprit =
      switch match.role {
      case .panic: match.text.contains("stack-protector")
      case .text: match.kind != .warning || match.text.hasPrefix("initcall ")
      default: true
      }
    if namesCulprit {
      named =
        FrameReader.frame(in: match.text, line: line)
        ?? FrameReader.decodedFrame(in: match.text, isHeadline: true, line: line)
    }
    readAddress(match.text)
    // powerpc and others say "paging request" of address 0, too.
    if kind == .pageFault, isInFirstPage { kind = .nullDereference }
    if role == .death { readErrorCode(match.text) }
    // KFENCE; powerpc's "on read at"; arm's "when read".
    if match.text.containsAny([" read in ", " read of size", " on read at ", " when read"]) {
      access = .read
    }
    if match.text.containsAny([" write in ", " write of size", " on write at ", " when write"]) {
      access = .write
    }
  }

  /// Nothing says yet where it happened.
  var isBare: Bool { trace.isEmpty && counter == nil }

  /// KASAN's second line, with access and address, is still to come.
  var awaitsAccess: Bool { access == nil && text.hasPrefix("BUG: KAS") }

  /// Whether an interrupt's frames are on top of the ones to blame.
  var isAboutProgress: Bool {
    switch kind {
    case .softLockup, .hardLockup, .rcuStall, .workqueueLockup: true
    default: false
    }
  }

  /// Accepts a line that is not a headline.
  mutating func take(_ message: Text, line: Int) {
    guard message.count > 3 else { return }
    lastLine = line
    context.take(message)
    details.take(message, of: kind, line: line, count: origins.count)
    noteDetails(message)
    noteSection(message)
    let trimmed = message.trimmed()
    guard trimmed.contains("+0x") else {
      if let frame = FrameReader.decodedFrame(in: trimmed, isHeadline: false, line: line) {
        takeDecoded(frame, isCounter: FrameReader.isProgramCounter(trimmed))
        return
      }
      if counter == nil, trace.isEmpty, FrameReader.isBlindCounter(trimmed) {
        hasBlindCounter = true
      }
      return
    }
    if FrameReader.isLinkRegister(message) { return }
    if FrameReader.isHeldLock(trimmed) {
      // Not a frame of a trace; but the first one in lockdep's report, before its list of held
      // locks, is the lock being taken.
      if kind == .lockdep, named == nil, trimmed[0] != UInt8(ascii: "#") {
        named = FrameReader.frame(in: trimmed, line: line)
      }
      return
    }
    let isCounter = FrameReader.isProgramCounter(trimmed)
    if !isCounter, leaveInterrupt(on: trimmed) { return }
    guard isCounter || takesFrames, let frame = FrameReader.frame(in: trimmed, line: line) else {
      return
    }
    if isCounter {
      section = .trace
      inInterrupt = false
      // Another one further down is what an interrupt came upon.
      if hasBlindCounter, !isAboutProgress { return }
      if counter.map({ isAboutProgress && Blame.isIdle($0.symbol) }) ?? true { counter = frame }
      return
    }
    if section == .origin { origins.append(frame) } else { trace.append(frame) }
  }

  /// `[#3]`
  mutating func noteOops(_ text: Text) {
    if context.oops == nil { context.oops = text.after("[#")?.leadingNumber() }
  }

  private mutating func takeDecoded(_ frame: Frame, isCounter: Bool) {
    if isCounter {
      section = .trace
      inInterrupt = false
      if counter == nil { counter = frame }
      return
    }
    guard takesFrames else { return }
    if section == .origin { origins.append(frame) } else { trace.append(frame) }
  }

  /// After the entry of the interrupt that detected a stall comes the interrupted code; kernels
  /// before 4.10, and those for other architectures, print no `</IRQ>` there.
  private mutating func leaveInterrupt(on symbol: Text) -> Bool {
    guard isAboutProgress, !hasLeftInterrupt, counter == nil, Blame.isInterruptEntry(symbol)
    else { return false }
    hasLeftInterrupt = true
    trace.removeAll()
    inInterrupt = false
    return true
  }

  private var takesFrames: Bool {
    if isAboutProgress, inInterrupt { return false }
    return switch section {
    case .trace: trace.count < OpenReport.mostFrames
    case .origin: origins.count < OpenReport.mostFrames
    case .aside: false
    }
  }

  private mutating func noteSection(_ message: Text) {
    let text = message.trimmed()
    guard !text.isEmpty else { return }
    switch text[0] {
    case UInt8(ascii: "<"):
      // If the interrupted instruction was reported before, the trace starts at it.
      if text.hasPrefix("<IRQ>") && counter == nil || text.hasPrefix("<NMI>") { inInterrupt = true }
      if text.hasPrefix("</IRQ>") || text.hasPrefix("</NMI>") || text.hasPrefix("<TASK>")
        || text.hasPrefix("<EOI>") || text.hasPrefix("<<EOE>>")
      {
        inInterrupt = false
      }
    case UInt8(ascii: "A"), UInt8(ascii: "F"), UInt8(ascii: "I"):
      if text.hasPrefix("Allocated") || text.hasPrefix("Freed")
        || text.hasPrefix("INFO: Allocated") || text.hasPrefix("INFO: Freed")
      {
        section = .origin
      }
    case UInt8(ascii: "a"), UInt8(ascii: "f"):
      if text.hasPrefix("allocated by task") || text.hasPrefix("freed by task") {
        section = .origin
      }
    case UInt8(ascii: "C"), UInt8(ascii: "B"), UInt8(ascii: "s"), UInt8(ascii: "b"):
      if text.hasPrefix("Call Trace:") || text.hasPrefix("Call trace:")
        || text.hasPrefix("Backtrace:") || text.hasPrefix("backtrace:")
        || text.hasPrefix("stack backtrace:")
      {
        section = .trace
      } else if text.hasPrefix("CPU: "), section == .aside {
        // lib/dump_stack.c prints it before the stack of the context that reports; on arm no other
        // line says that a stack follows.
        section = .trace
      } else if text.hasPrefix("softirqs last") {
        section = .aside
      }
    default:
      if text.hasPrefix("Last potentially") || text.hasPrefix("Second to last")
        || text.hasPrefix("The buggy address") || text.hasPrefix("Uninit was ")
        || text.hasPrefix("Local variable ") || text.hasPrefix("page last ")
        || text.hasPrefix("page_owner tracks ")
        || text.hasPrefix("the existing dependency") || text.hasPrefix("-> #")
        || text.hasPrefix("which lock already") || text.hasPrefix("read to 0x") && counter != nil
        || text.hasPrefix("last_unloaded") || text.hasPrefix("irq event stamp")
        || text.hasPrefix("Preemption disabled at") || text.hasPrefix("hardirqs last")
      {
        section = .aside
      }
    }
  }

  private mutating func noteDetails(_ message: Text) {
    if access == nil || address == nil {
      if message.hasPrefix("Read of size ") { access = .read }
      if message.hasPrefix("Write of size ") { access = .write }
      if message.hasPrefix("#PF: ") {
        if message.contains(" write access ") { access = .write }
        if message.contains(" read access ") { access = .read }
      }
      if access == nil, message.contains("WnR = 1") { access = .write }
      if access == nil, message.contains("WnR = 0") { access = .read }
      // mm/kasan/report.c with tags in hardware; kernel/kcsan/report.c.
      let isRead = message.hasPrefix("Read at addr ") || isRacing(message, "read to 0x")
      if isRead { access = .read }
      let isWrite = message.hasPrefix("Write at addr ") || isRacing(message, "write to 0x")
      if isWrite { access = .write }
      if address == nil,
        isRead || isWrite || message.hasPrefix("Read of size ")
          || message.hasPrefix("Write of size ")
      {
        readAddress(message)
        if kind == .wildAccess, isInFirstPage { kind = .nullDereference }
      }
    }
    // mm/kfence/report.c: `Use-after-free read at 0x…`, `Out-of-bounds write at 0x…`
    if address == nil,
      message.hasPrefix("Use-after-free ") || message.hasPrefix("Out-of-bounds ")
        || message.hasPrefix("Invalid ") || message.hasPrefix("Corrupted memory at ")
    {
      readAddress(message)
    }
    // s390 prints the address after the headline (arch/s390/mm/fault.c).
    if address == nil, kind == .pageFault, message.hasPrefix("Failing address: ") {
      readAddress(message)
      if isInFirstPage { kind = .nullDereference }
    }
    noteForeignDetails(message)
    if message.hasPrefix("KASAN: null-ptr-deref in range"),
      kind == .generalProtection || kind == .pageFault
    {
      kind = .nullDereference
    }
    // Before 4.19 UBSAN's headline said only "Undefined behaviour" (lib/ubsan.c).
    if kind == .undefinedBehaviour, message.hasPrefix("index "), message.contains("out of range") {
      kind = .outOfBounds
    }
  }

  private func isRacing(_ message: Text, _ words: StaticString) -> Bool {
    kind == .dataRace && message.hasPrefix(words)
  }

  private var isInFirstPage: Bool {
    guard let address,
      let value = UInt64(address.hasPrefix("0x") ? address.dropFirst(2) : address[...], radix: 16)
    else {
      return false
    }
    return value < 4096
  }

  private mutating func readAddress(_ text: Text) {
    let marks: [StaticString] = [
      "read to ", "write to ", "virtual address ", "address: ", "on address ",
      "non-canonical address ", "at addr ",
      "request at ", "dereference at ", "address ", " on read at ", " on write at ", " read at ",
      " write at ", " free of ", "memory at ",
    ]
    for mark in marks {
      guard let rest = text.after(mark)?.trimmed() else { continue }
      if rest.hasPrefix("(null)") {
        address = "0"
        return
      }
      if let number = rest.leadingHex(), number.length >= 4 || rest.hasPrefix("0x") {
        address = rest.prefix(number.length).string
        return
      }
    }
  }

  /// Where the kernel itself failed, or gave the warning: to blame even if it is a function that
  /// only reports, if nothing in the trace is.
  private var place: Frame? {
    // A copy or a search works on what it was given.
    if let counter, !trace.isEmpty, Blame.isPrimitive(counter.symbol) { return nil }
    return switch (role, kind) {
    case (.warning, .warning): named ?? counter
    case (.fault, .refcount), (.fault, .listCorruption), (.fault, .usercopy): nil
    case (.fault, _): counter
    default: nil
    }
  }

  func finding(primary: Bool, ownModules: Set<String>) -> Finding {
    var frames: [Frame] = []
    for frame in [named, counter].compactMap({ $0 }) + trace where frame.place != frames.last?.place
    {
      frames.append(frame)
    }
    var blamed = Blame.frame(among: frames, ownModules: ownModules)
    // Damage to an object shows elsewhere: its owner is the better lead.
    if blamed.map({ !Blame.isOwn($0, ownModules) }) ?? true,
      let owner = origins.first(where: { Blame.isOwn($0, ownModules) })
    {
      blamed = owner
    }
    if blamed == nil, kind == .lockdep || text.hasPrefix("BUG: K") { blamed = named }
    // A timer that never ends shows only the machinery that it keeps busy.
    if blamed == nil, isAboutProgress || text.hasPrefix("Kernel panic"), let counter,
      !Blame.isIdle(counter.symbol)
    {
      blamed = counter
    }
    if blamed == nil { blamed = place }
    // The kernel names the function whose stack it is; what called it is only its neighbour.
    if kind == .stackCorruption, let named, blamed.map({ !Blame.isOwn($0, ownModules) }) ?? true {
      blamed = named
    }
    let name = blamed.map { Blame.plain($0.symbol) }
    let what = isHeadless ? "oops (headline missing)" : kind.rawValue
    var finding = Finding(
      kind: kind, title: name.map { "\(what) in \($0)" } ?? what, frame: name,
      access: access, address: address, line: line, primary: primary, fatal: fatal, text: text,
      frames: frames + origins, blamed: blamed)
    finding.context = context
    finding.details = details
    finding.details.share(origins)
    finding.count += dropped
    finding.isQuoted = isQuoted
    finding.isMisreadPanic = isMisreadPanic
    return finding
  }
}
