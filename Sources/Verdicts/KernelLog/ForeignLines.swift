// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What only a log that went through people's hands needs: headlines broken over two lines, misread by
/// a camera's software, quoted in a sentence, or cut off.
struct ForeignState: Sendable {
  /// The release in the boot banner.
  var release: String?
  var notes: [LogNote] = []
  /// A line that may be the first half of a headline.
  fileprivate var broken: Broken?
  /// Processors' registers were asked for: what is printed is no report.
  fileprivate var isDump = false
  /// The line with task and release that came last, and the line it is on: of a report without a
  /// headline it may be the first.
  fileprivate var taskLine: [UInt8] = []

  fileprivate struct Broken: Sendable {
    var bytes: [UInt8]
    var line: Int
    /// The report that the first half opened by itself.
    var report: Int?
    /// It ends in the middle of a sentence.
    var isCut: Bool
  }
}

extension KernelLog.State {
  /// Joins the second half of a headline to the first.
  ///
  /// - Returns: whether the line is taken.
  mutating func takeRest(
    _ message: Text, _ head: LineHead, line: Int, table: HeadlineTable
  ) -> Bool {
    guard let broken = foreign.broken else { return false }
    foreign.broken = nil
    guard line - broken.line <= 2, message.count < 200, Self.continues(message, broken.bytes)
    else { return false }
    // A terminal breaks in the middle of a word, a mail program at a blank.
    for joint in [[UInt8(ascii: " ")], []] {
      let whole =
        broken.bytes + joint + UnsafeBufferPointer(start: message.start, count: message.count)
      let isTaken = whole.withUnsafeBufferPointer { whole in
        whole.baseAddress.map {
          take(broken, whole: Text(start: $0, count: whole.count), head, table: table)
        } ?? false
      }
      if isTaken { return true }
    }
    return false
  }

  private mutating func take(
    _ broken: ForeignState.Broken, whole: Text, _ head: LineHead, table: HeadlineTable
  ) -> Bool {
    guard let match = table.match(whole), !match.isVague else { return false }
    guard let report = broken.report else {
      take(match, by: head.caller, line: broken.line)
      return true
    }
    guard reports.indices.contains(report), reports[report].line == broken.line,
      reports[report].isBare
    else { return false }
    let joined = OpenReport(match, line: broken.line)
    // Where the first half looks whole, the second one must have something to say.
    guard broken.isCut || joined.address != nil && reports[report].address == nil else {
      return false
    }
    reports[report] = joined
    return true
  }

  /// Whether a line goes on in the middle of a sentence.
  private static func continues(_ message: Text, _ first: [UInt8]) -> Bool {
    if message[0] &- 0x61 < 26 || message[0].isDigit || message[0] == UInt8(ascii: "(") {
      return !FrameReader.isProgramCounter(message)
    }
    if first.last == UInt8(ascii: ":") { return message[0].isLetter }
    return message.hasPrefix("NULL ") || message.hasPrefix("VFS: ") || message.hasPrefix("CPU")
  }

  /// Keeps a headline that ends in the middle of a sentence.
  mutating func noteBroken(_ message: Text, line: Int, report: Int?, isVague: Bool = false) {
    guard message.count < 160 else { return }
    let ends: [StaticString] = [
      " kernel", " handle", " paging", " NULL", " pointer", " request", " at", " dereference",
      " dereference,", " for", " address", " address:", " virtual", " syncing", " syncing:",
      " VFS:",
      " to", " mount", " kill", " more", " than", " page", " fault",
    ]
    let isCut = report == nil || isVague || ends.contains { message.hasSuffix($0) }
    let awaitsAddress =
      report.map { reports[$0].role == .fault && reports[$0].address == nil } ?? false
    guard isCut || awaitsAddress else { return }
    foreign.broken = ForeignState.Broken(
      bytes: Array(UnsafeBufferPointer(start: message.start, count: message.count)), line: line,
      report: report, isCut: isCut)
  }

  /// Looks at a line that is no headline as it stands.
  ///
  /// - Returns: whether it is taken.
  mutating func takeForeign(
    _ message: Text, _ head: LineHead, line: Int, table: HeadlineTable
  ) -> Bool {
    if table.mayBeBroken(message) { noteBroken(message, line: line, report: nil) }
    if let match = LooseHeadline.match(message, table) {
      take(match, by: head.caller, line: line)
      if match.role == .panic, let last = reports.indices.last, reports[last].line == line {
        reports[last].isMisreadPanic = true
      }
      return true
    }
    if !head.isStamped, let match = LooseHeadline.quoted(in: message, table) {
      take(match, by: head.caller, line: line)
      if let last = reports.indices.last, reports[last].line == line {
        reports[last].isQuoted = true
      }
      return true
    }
    if let note = NoteTable.standard.match(message) { foreign.add(note, message, line: line) }
    return takeRemains(message, head, line: line, table: table)
  }

  private mutating func closeAll() {
    for index in threads.indices { threads[index].isOpen = false }
  }

  /// What is left of a report whose headline was cut off.
  private mutating func takeRemains(
    _ message: Text, _ head: LineHead, line: Int, table: HeadlineTable
  ) -> Bool {
    switch message[0] {
    case UInt8(ascii: "-"), UInt8(ascii: "e"):
      // kernel/panic.c, the last line of all: `---[ end Kernel panic`, the marks perhaps lost.
      guard message.hasPrefix("---[ end Kernel panic") || message.hasPrefix("end Kernel panic"),
        let words = message.after("end "), !reports.contains(where: { $0.role == .panic }),
        let match = table.match(words)
      else { return false }
      take(match, by: head.caller, line: line)
      return true
    case UInt8(ascii: "S"), UInt8(ascii: "s"), UInt8(ascii: "N"):
      // Not a frame: `sysrq_handle_showallcpus+0x28/0xc4`.
      if message.hasPrefix("sysrq:") || message.hasPrefix("SysRq :") || message.hasPrefix("SysRq:")
        || message.hasPrefix("NMI backtrace")
        || message.hasPrefix("Sending NMI")
      {
        foreign.isDump = true
        // What was asked for is no part of the report before.
        if !message.hasPrefix("N"), !message.hasPrefix("Sending") { closeAll() }
      }
    case UInt8(ascii: "C") where message.hasPrefix("CPU: ") && reports.isEmpty:
      foreign.taskLine = Array(UnsafeBufferPointer(start: message.start, count: message.count))
    default: break
    }
    guard reports.isEmpty, !foreign.isDump, FrameReader.isProgramCounter(message),
      FrameReader.frame(in: message, line: line) != nil
        || FrameReader.decodedFrame(in: message, isHeadline: false, line: line) != nil
    else { return false }
    take(HeadlineMatch(kind: .panic, role: .fault, text: message), by: head.caller, line: line)
    reports[0].becomeHeadless(message, taskLine: foreign.taskLine, line: line)
    return true
  }
}

extension OpenReport {
  fileprivate mutating func becomeHeadless(_ message: Text, taskLine: [UInt8], line: Int) {
    isHeadless = true
    named = nil
    taskLine.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { context.take(Text(start: base, count: bytes.count)) }
    }
    take(message, line: line)
  }
}
