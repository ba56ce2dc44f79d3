// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a log says to somebody who has nothing but the log.
public struct LogReading: Sendable, Equatable {
  /// In the log's order, the cause first. A lockup and the panic that a boot parameter made of it are
  /// one.
  public var findings: [Finding] = []
  /// The finding that ended the machine, by its index; nil if the log doesn't show an end.
  public var fatal: Int?
  /// What sounds bad, or is worth knowing, and is no report.
  public var notes: [LogNote] = []
  /// The release in the boot banner.
  public var release: String?
  /// Modules that did not come with the kernel.
  public var ownModules: [String] = []
  /// There is a line that a kernel wrote: without one, a log without findings proves nothing.
  public var isKernels = false
  /// What the judge says of such a console.
  public var ruling: Ruling?

  init(_ state: KernelLog.State) {
    var found = state.reports.enumerated().map { index, report in
      report.finding(primary: index == 0, ownModules: state.ownModules)
    }
    notes = state.foreign.notes
    release = state.foreign.release ?? found.lazy.compactMap(\.context.release).first
    ownModules = state.ownModules.sorted()
    isKernels = state.hasStamps || state.isUp || release != nil || !found.isEmpty
    if state.source == .anywhere {
      found = withoutSingleWait(found)
      ruling = Judge.ruling(ofConsole: found)
      found = Self.joined(found)
    }
    findings = found
    fatal = Self.end(of: found)
    countSame()
  }

  /// A device that is waited for once is a moment's; net/core/dev.c repeats it every ten seconds.
  private mutating func withoutSingleWait(_ found: [Finding]) -> [Finding] {
    let waits = found.indices.filter { found[$0].text.hasPrefix("unregister_netdevice: ") }
    guard waits.count == 1, let wait = waits.first else { return found }
    notes.append(
      LogNote(
        name: "netdevice-wait", words: "a network device was still in use when it was removed",
        isHarmless: true, line: found[wait].line, text: found[wait].text))
    var rest = found
    rest.remove(at: wait)
    if !rest.isEmpty { rest[0].primary = true }
    return rest
  }

  /// Without panics that only say what the lockup before them has said.
  private static func joined(_ found: [Finding]) -> [Finding] {
    var result: [Finding] = []
    for finding in found {
      if finding.isPanic, finding.isByBootParameter,
        let cause = result.lastIndex(where: { $0.kind == finding.kind && $0.isHang })
      {
        if result[cause].blamed == nil, let blamed = finding.blamed {
          result[cause].blame(blamed)
          result[cause].frames = finding.frames
        }
        result[cause].endsMachine = true
        continue
      }
      result.append(finding)
    }
    return result
  }

  /// The first panic ends a machine; what it is about may have been said before.
  private static func end(of found: [Finding]) -> Int? {
    if let lockup = found.firstIndex(where: \.endsMachine) { return lockup }
    guard let panic = found.firstIndex(where: \.isPanic) else {
      // A machine that starts again and says nothing in between ended at the oops before.
      guard let boot = found.firstIndex(where: { $0.kind == .reboot }) else { return nil }
      return found[..<boot].lastIndex(where: \.fatal) ?? boot
    }
    let words = found[panic].text
    let before = found[..<panic]
    if words.contains(part: "Fatal ") || words.contains(part: "kill init")
      || words.contains(part: "Fatal hardware") || words.contains(part: "SError")
    {
      return before.lastIndex(where: \.fatal) ?? panic
    }
    if words.contains(part: "panic_on_warn") { return before.indices.last ?? panic }
    return before.lastIndex { $0.kind == found[panic].kind && $0.kind != .panic } ?? panic
  }

  private mutating func countSame() {
    var counts: [String: Int] = [:]
    for finding in findings { counts[finding.title, default: 0] += finding.count }
    for index in findings.indices { findings[index].count = counts[findings[index].title] ?? 1 }
  }
}

extension Finding {
  fileprivate mutating func blame(_ frame: Frame) {
    blamed = frame
    self.frame = Blame.plain(frame.symbol)
    title = "\(kind.rawValue) in \(Blame.plain(frame.symbol))"
  }
}

/// A line that is no report.
public struct LogNote: Sendable, Equatable {
  /// `page-allocation-failure`
  public var name: String
  /// What it means.
  public var words: String
  public var isHarmless: Bool
  /// The first such line, counted from 1, and its text.
  public var line: Int
  public var text: String
  public var count = 1
}

extension ForeignState {
  /// How many different notes are kept.
  private static let mostNotes = 24

  mutating func add(_ note: NoteTable.Entry, _ message: Text, line: Int) {
    if let known = notes.firstIndex(where: { $0.name == note.name }) {
      notes[known].count += 1
    } else if notes.count < ForeignState.mostNotes {
      notes.append(
        LogNote(
          name: note.name, words: note.words, isHarmless: note.isHarmless, line: line,
          text: message.prefix(400).string))
    }
  }
}
