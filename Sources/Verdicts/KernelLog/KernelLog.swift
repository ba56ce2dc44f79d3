// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads a console log as it arrives and finds every report of the kernel in it, in order.
///
/// The first report is the cause (`primary`); the others follow from it or came later. Memory is
/// bounded whatever the log: at most 4 KiB of a line are kept, and of a flood of reports the first
/// ones and the last fatal ones.
public struct KernelLog: Sendable {
  /// What kind of log it is.
  public enum Source: Sendable {
    /// A console that the laboratory recorded: nobody stood between it and the kernel, and whoever
    /// wrote to it may have wanted to deceive.
    case guest
    /// Any file: copied, quoted, wrapped, photographed, cut.
    case anywhere
  }

  /// How many findings are kept from the start of a log; after that only deaths and panics.
  static let mostFindings = 48
  static let mostLateFindings = 16
  /// A headline belongs to the report that is open for at most this many lines.
  private static let reach = 4
  /// The WARNING or BUG for a text may come this many lines later, with other CPUs' lines between.
  private static let textReach = 16
  /// Lines of a report among those of another are expected up to this many lines after its headline.
  static let taskReach = 300
  /// `Oops: … [#1]` may come this many lines after the headline (arm64 decodes ESR first).
  private static let deathReach = 40

  private let table = HeadlineTable.standard
  private var splitter = LineSplitter()
  private var wide = WideText()
  private var state = State()

  struct State: Sendable {
    var source = Source.guest
    var foreign = ForeignState()
    /// How many of the reports were returned before the log ended.
    var told = 0
    var reports: [OpenReport] = []
    /// The last report that each caller printed, in their order; one if callers are not
    /// distinguished.
    var threads: [Thread] = []
    var ownModules: Set<String> = []
    /// Whether the kernel prints timestamps before its lines.
    var hasStamps = false
    /// The boot banner was seen, and no orderly restart since.
    var isUp = false
  }

  /// What one task or CPU prints, while others print between its lines.
  struct Thread: Sendable {
    var caller: Caller
    /// The index of its last report.
    var report: Int
    /// Whether that report still accepts lines.
    var isOpen: Bool
  }

  /// How many callers' reports are distinguished at a time.
  fileprivate static let mostThreads = 8

  public init(from source: Source = .guest) { state.source = source }

  /// What the log in `bytes` reports.
  public static func findings(in bytes: some Collection<UInt8>) -> [Finding] {
    var log = KernelLog()
    log.feed(bytes)
    return log.finish()
  }

  /// What the log in `bytes`, from anywhere, says.
  public static func reading(of bytes: some Collection<UInt8>) -> LogReading {
    var log = KernelLog(from: .anywhere)
    log.feed(bytes)
    return log.finished()
  }

  /// Takes in the next piece of the log, cut anywhere.
  public mutating func feed(_ bytes: some Collection<UInt8>) {
    guard state.source == .anywhere, let narrowed = wide.narrowed(bytes) else { return read(bytes) }
    read(narrowed)
  }

  private mutating func read(_ bytes: some Collection<UInt8>) {
    var state = self.state
    // Otherwise both would own the arrays, and each append would copy them.
    self.state = State()
    let table = self.table
    let isDressed = state.source == .anywhere
    splitter.feed(bytes) { line, number in
      LinePrefix.messages(of: line, isDressed: isDressed) {
        state.take($0, $1, line: number, table: table)
      }
    }
    self.state = state
  }

  /// What was found since the last call, for a log that is read while it is written.
  ///
  /// - Parameter isQuiet: nothing came for a while, so the last report is whole, too.
  public mutating func news(isQuiet: Bool) -> [Finding] {
    let isWhole = isQuiet || state.threads.allSatisfy { !$0.isOpen }
    let whole = isWhole ? state.reports.count : max(state.reports.count - 1, state.told)
    let found = state.reports[min(state.told, whole)..<whole].map {
      $0.finding(primary: false, ownModules: state.ownModules)
    }
    state.told = whole
    // There is room for that many only, and the log has no end.
    if whole == state.reports.count, whole > KernelLog.mostFindings / 2 {
      state.reports.removeAll()
      state.threads.removeAll()
      state.told = 0
    }
    return found
  }

  /// Ends the log and returns what was found; afterwards the reader can be used again.
  public mutating func finish() -> [Finding] { finished().findings }

  /// Like ``finish()``, with everything that is said of a log from anywhere.
  public mutating func finished() -> LogReading {
    let source = state.source
    if source == .anywhere { read(wide.rest()) }
    var state = self.state
    let table = self.table
    splitter.finish { line, number in
      LinePrefix.messages(of: line, isDressed: source == .anywhere) {
        state.take($0, $1, line: number, table: table)
      }
    }
    self = KernelLog(from: source)
    return LogReading(state)
  }
}

extension KernelLog.State {
  fileprivate mutating func take(
    _ message: Text, _ head: LineHead, line: Int, table: HeadlineTable
  ) {
    guard !message.isEmpty else { return }
    let caller = head.caller
    let isProgram = hasStamps && !head.isStamped || head.isAtPrompt
    hasStamps = hasStamps || head.isStamped
    let isForeign = source == .anywhere
    if isForeign, takeRest(message, head, line: line, table: table) { return }
    // A headline of no known wording is only trusted where the kernel is known to speak.
    if let match = table.match(message), !isProgram || !match.isVague {
      take(match, by: caller, line: line)
      if isForeign {
        noteBroken(message, line: line, report: reports.count - 1, isVague: match.isVague)
      }
      return
    }
    if isForeign, takeForeign(message, head, line: line, table: table) { return }
    // A program may print /proc/version; that has no timestamp.
    if head.isStamped || !hasStamps { noteBoot(message, line: line) }
    noteOwnModule(message)
    guard let thread = thread(of: caller), threads[thread].isOpen else { return }
    if caller == .unknown, followTask(message, line: line, in: thread) { return }
    if message.hasPrefix("---[ end ") {
      threads[thread].isOpen = false
      return
    }
    if message.hasPrefix("Modules linked in:") { noteModules(message) }
    reports[threads[thread].report].take(message, line: line)
  }

  /// Whose report a line belongs to.
  func thread(of caller: Caller) -> Int? {
    guard let last = threads.indices.last else { return nil }
    if caller == .unknown || threads[last].caller == .unknown { return last }
    if let own = threads.lastIndex(where: { $0.caller == caller }) { return own }
    // A stall's backtraces are printed by the CPUs that they show.
    return threads.lastIndex { $0.isOpen && reports[$0.report].isAboutProgress }
  }

  /// Without callers, the lines about the task distinguish the reports of two CPUs.
  ///
  /// - Returns: whether the line was accepted.
  private mutating func followTask(_ message: Text, line: Int, in thread: Int) -> Bool {
    let current = threads[thread].report
    if message.hasPrefix("CPU: "), let task = message.after(" PID: ")?.leadingNumber() {
      if reports[current].task == nil { reports[current].task = task }
      guard reports[current].task != task,
        let own = recent(before: current, line: line, where: { $0.task == task })
      else { return false }
      threads[thread].report = own
      return true
    }
    // Until 4.18, arch/x86/mm/fault.c prints `IP: ` after the fault's headline, and never
    // elsewhere.
    if message.hasPrefix("IP: "), reports[current].role != .fault {
      guard
        let own = recent(before: current, line: line, where: { $0.role == .fault && $0.isBare })
      else { return false }
      threads[thread].report = own
      reports[own].take(message, line: line)
      return true
    }
    guard message.hasPrefix("Read of size ") || message.hasPrefix("Write of size "),
      !reports[current].awaitsAccess,
      let own = recent(before: current, line: line, where: { $0.awaitsAccess })
    else { return false }
    reports[own].task = message.after(" by task ")?.after("/")?.leadingNumber()
    reports[own].take(message, line: line)
    return true
  }

  /// One of the last few reports, begun not long ago.
  private func recent(before current: Int, line: Int, where isIt: (OpenReport) -> Bool) -> Int? {
    reports.indices.suffix(4).last {
      $0 != current && line - reports[$0].line < KernelLog.taskReach && isIt(reports[$0])
    }
  }

  /// A headline opens a report, unless it goes with the one before it.
  mutating func take(_ match: HeadlineMatch, by caller: Caller, line: Int) {
    if let thread = thread(of: caller) {
      let index = threads[thread].report
      let isOpen = threads[thread].isOpen
      if Self.joins(match, line: line, to: &reports[index], isOpen: isOpen) {
        if match.kind == .outOfMemory { reports[index].details.takeVictim(match.text) }
        threads[thread].isOpen = true
        return
      }
    }
    let report = OpenReport(match, line: line)
    // kernel/sched/core.c __schedule_bug panics before it prints the stack.
    let isAnnounced =
      match.text.contains("panic_on_warn set")
      || match.role == .panic && (match.kind == .atomicSleep || isLockup(match.kind, of: caller))
    let isPrelude = isAnnounced && causeAwaitsTrace(caller)
    if reports.count < KernelLog.mostFindings {
      reports.append(report)
      // Until 4.20 the warning's trace follows this panic's headline (kernel/panic.c __warn).
      if isPrelude { return }
    } else if report.fatal || report.role == .panic {
      if reports.count < KernelLog.mostFindings + KernelLog.mostLateFindings {
        reports.append(report)
      } else {
        reports[reports.count - 1] = report
        threads.removeAll { $0.report == reports.count - 1 }
      }
    } else {
      if let same = reports.firstIndex(where: { $0.kind == report.kind }) {
        reports[same].dropped += 1
      }
      close(caller)
      return
    }
    open(caller)
  }

  /// Whether a panic is over the lockup that the caller reported just before.
  private func isLockup(_ kind: Kind, of caller: Caller) -> Bool {
    guard let thread = thread(of: caller) else { return false }
    let cause = reports[threads[thread].report]
    return cause.role == .report && cause.kind == kind
      && (cause.isAboutProgress || kind == .hungTask)
  }

  /// The last of ``reports`` is this caller's, and takes lines.
  private mutating func open(_ caller: Caller) {
    threads.removeAll { $0.caller == caller || $0.caller == .unknown }
    if threads.count == KernelLog.mostThreads { threads.removeFirst() }
    threads.append(KernelLog.Thread(caller: caller, report: reports.count - 1, isOpen: true))
  }

  private func causeAwaitsTrace(_ caller: Caller) -> Bool {
    guard let thread = thread(of: caller), threads[thread].isOpen else { return false }
    let cause = reports[threads[thread].report]
    return cause.isBare
  }

  private mutating func close(_ caller: Caller) {
    if let thread = thread(of: caller) { threads[thread].isOpen = false }
  }

  /// Whether `match` only adds to `report`; if so, the report absorbs it.
  private static func joins(
    _ match: HeadlineMatch, line: Int, to report: inout OpenReport, isOpen: Bool
  ) -> Bool {
    let distance = line - report.line
    let isNear = distance <= KernelLog.reach
    switch (report.role, match.role) {
    case (.text, .text), (.text, .warning), (.text, .bug), (.text, .panic):
      let isOwn = distance <= KernelLog.textReach && report.trace.isEmpty && match.role != .text
      guard isNear || isOwn, match.role != .panic || report.kind == match.kind else { return false }
      if match.role == .bug { report.fatal = true }
      if match.role != .text { report.role = match.role }
      if report.named == nil { report.named = FrameReader.frame(in: match.text, line: line) }
      return true
    case (.warning, .text) where isNear, (.bug, .text) where isNear:
      if match.kind != .warning { report.kind = match.kind }
      return true
    case (.text, .fault), (.bug, .fault), (.fault, .fault), (.text, .death), (.bug, .death),
      (.fault, .death):
      guard isOpen, isOpenFor(match, at: line, report: report) else { return false }
      report.fatal = true
      report.role = .fault
      if report.kind == .kernelBug, match.kind == .stackOverflow { report.kind = match.kind }
      report.readErrorCode(match.text)
      report.noteOops(match.text)
      if report.isHeadless { report.kind = match.kind }
      return true
    case (.warning, .report) where isNear && match.kind == .hardLockup:
      // Until 3.x the detector speaks by a WARNING.
      report.kind = .hardLockup
      return true
    case (.warning, .warning):
      // The unwinder's complaint about the trace that it is printing.
      return isOpen && match.text.hasPrefix("WARNING: kernel stack ")
    case (.report, .report) where isNear && report.text.hasSuffix("[inline]"):
      // syzkaller's symbolizer puts inlined callees before the function that has an address.
      guard report.kind == match.kind else { return false }
      report.named = FrameReader.frame(in: match.text, line: line)
      return true
    case (.report, .report):
      return isOpen && joinsReport(match, report: report, distance: distance)
    default:
      return false
    }
  }

  /// The first death joins its cause; a second headline with its own number is a second oops.
  private static func isOpenFor(_ match: HeadlineMatch, at line: Int, report: OpenReport) -> Bool {
    let distance = line - report.line
    // Another CPU's report may come between headline and death.
    let isFollowed = match.role == .death && line - report.lastLine <= KernelLog.reach
    guard distance <= KernelLog.deathReach || isFollowed else { return false }
    if isFollowed, report.trace.isEmpty { return true }
    return report.trace.isEmpty && (report.counter == nil || distance <= KernelLog.reach)
  }

  /// A stall that several CPUs report, a leak's object after its headline, an OOM kill's summary.
  private static func joinsReport(_ match: HeadlineMatch, report: OpenReport, distance: Int) -> Bool
  {
    guard match.kind == report.kind else { return false }
    switch match.kind {
    case .memoryLeak: return distance <= KernelLog.reach && match.text.hasPrefix("unref")
    case .rcuStall: return match.text.contains(" kthread starved for ")
    case .outOfMemory: return true
    default: return false
    }
  }

  /// A second boot banner without an orderly restart before it is an unrequested reboot
  /// (init/main.c prints `linux_banner` once).
  private mutating func noteBoot(_ message: Text, line: Int) {
    switch message[0] {
    case UInt8(ascii: "L"):
      guard message.hasPrefix("Linux version "), message.contains("(") else { return }
      if foreign.release == nil {
        foreign.release = message.dropFirst(14).prefix(80).upTo { $0 == 0x20 }.string
      }
      let match = HeadlineMatch(kind: .reboot, role: .report, text: message)
      if isUp, reports.count < KernelLog.mostFindings {
        reports.append(OpenReport(match, line: line))
      }
      threads.removeAll()
      isUp = true
    case UInt8(ascii: "r"):
      if message.hasPrefix("reboot: ") { isUp = false }
    case UInt8(ascii: "R"):
      if message.hasPrefix("Restarting system") { isUp = false }
    case UInt8(ascii: "k"):
      if message.hasPrefix("kexec_core: Starting new kernel") { isUp = false }
    default: break
    }
  }

  /// `faulty: loading out-of-tree module taints kernel.` (kernel/module/main.c
  /// check_modinfo): reports without a list of modules need it.
  private mutating func noteOwnModule(_ message: Text) {
    guard ownModules.count < 32, let colon = message.prefix(64).find(": "),
      message.dropFirst(colon).hasPrefix(": loading out-of-tree module taints kernel")
    else { return }
    ownModules.insert(message.prefix(colon).string)
  }

  /// `Modules linked in: faulty(OE+) virtio_net [last unloaded: …]`: `O` marks a module from
  /// outside the tree (kernel/module/main.c module_flags, Documentation tainted-kernels.rst).
  private mutating func noteModules(_ message: Text) {
    var rest = message.dropFirst(18)
    while ownModules.count < 32 {
      rest = rest.trimmed()
      let word = rest.upTo { $0 == 0x20 }
      guard !word.isEmpty, word[0] != UInt8(ascii: "[") else { return }
      if let open = word.find("("), word.dropFirst(open).contains("O") {
        ownModules.insert(word.prefix(open).string)
      }
      rest = rest.dropFirst(word.count)
    }
  }
}
