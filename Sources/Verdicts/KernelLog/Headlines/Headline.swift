// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The first line of a kernel report, as the tables know it.
struct Headline: Sendable {
  /// How a headline relates to the report that may be open already.
  enum Role: Sendable {
    /// Opens a report and goes with the death of the context (`die()` in the kernel).
    case fault
    /// `kernel BUG at`: dies, but a text printed just before may say what it is about.
    case bug
    /// `Oops: 0002 [#1]` and the like: says that the open report's context dies.
    case death
    /// `WARNING: … at file:line`: the kernel continues; a text next to it may say what it is about.
    case warning
    /// A text that a WARNING or a BUG follows (or that followed it in old kernels).
    case text
    /// An independent report.
    case report
    /// `Kernel panic - not syncing`.
    case panic
  }

  let pattern: StaticString
  let kind: Kind
  let role: Role
  /// The words are so few that a program may well print them.
  let isVague: Bool
  /// Looks at the headline from the pattern on: the more specific kind, or nil where the line is
  /// no report after all.
  let refine: (@Sendable (Text) -> Kind?)?

  init(
    _ pattern: StaticString, _ kind: Kind, _ role: Role = .report, isVague: Bool = false,
    refine: (@Sendable (Text) -> Kind?)? = nil
  ) {
    self.pattern = pattern
    self.kind = kind
    self.role = role
    self.isVague = isVague
    self.refine = refine
  }
}

/// A headline found on a line.
struct HeadlineMatch {
  let kind: Kind
  let role: Headline.Role
  /// The message from the headline's text.
  let text: Text
  var isVague = false
}

/// All headlines, by their first byte.
struct HeadlineTable: Sendable {
  static let standard = HeadlineTable(
    Headline.machines + Headline.faults + Headline.bugs + Headline.texts + Headline.sanitizers
      + Headline.memory
      + Headline.stalls + Headline.locks + Headline.warnings + Headline.panics + Headline.others)

  private let byFirstByte: [[Headline]]
  private let starts: PairSet

  init(_ headlines: [Headline]) {
    var table = [[Headline]](repeating: [], count: 256)
    for headline in headlines {
      table[Int(headline.pattern.utf8Start[0])].append(headline)
    }
    byFirstByte = table
    starts = PairSet(headlines.map(\.pattern))
  }

  /// The headline that `message` starts with, after words that only say who prints.
  func match(_ message: Text) -> HeadlineMatch? {
    var text = message
    for _ in 0..<4 {
      guard !text.isEmpty else { break }
      for headline in starts.contains(text) ? byFirstByte[Int(text[0])] : []
      where text.hasPrefix(headline.pattern) {
        guard let refine = headline.refine else {
          return HeadlineMatch(kind: headline.kind, role: headline.role, text: text)
        }
        if let kind = refine(text) {
          return HeadlineMatch(
            kind: kind, role: headline.role, text: text, isVague: headline.isVague)
        }
      }
      guard let next = HeadlineTable.withoutSpeaker(text) else { break }
      text = next
    }
    // mm/oom_kill.c dump_header begins with the process's name.
    if message.contains(" invoked oom-killer: ") {
      return HeadlineMatch(kind: .outOfMemory, role: .report, text: message)
    }
    return nil
  }

  /// Whether a line may be the start of a headline that was broken over two.
  func mayBeBroken(_ message: Text) -> Bool {
    guard message.count > 7, message.count < 100, starts.contains(message) else { return false }
    return byFirstByte[Int(message[0])].contains { headline in
      let pattern = Text(
        start: headline.pattern.utf8Start, count: headline.pattern.utf8CodeUnitCount)
      if pattern.count > message.count { return pattern.hasPrefix(message) }
      return headline.refine != nil && pattern.count > 8 && message.hasPrefix(headline.pattern)
    }
  }

  /// `watchdog:`, `rcu:` and others, which differ between versions (pr_fmt), and `Oops:`, which
  /// x86 puts before the trap's name since 6.11 (arch/x86/kernel/dumpstack.c, __die_header).
  private static func withoutSpeaker(_ text: Text) -> Text? {
    switch text[0] {
    case 0x20, 0x09: return text.trimmed()
    case UInt8(ascii: "O"): return text.hasPrefix("Oops: ") ? text.dropFirst(6) : nil
    case UInt8(ascii: "N"): return text.hasPrefix("NMI watchdog: ") ? text.dropFirst(14) : nil
    case UInt8(ascii: "w"):
      if text.hasPrefix("watchdog: ") { return text.dropFirst(10) }
      return text.hasPrefix("workqueue: ") ? text.dropFirst(11) : nil
    case UInt8(ascii: "r"):
      if text.hasPrefix("rcu: ") { return text.dropFirst(5) }
      return text.hasPrefix("rcu-tasks: ") ? text.dropFirst(11) : nil
    case UInt8(ascii: "t"): return text.hasPrefix("traps: ") ? text.dropFirst(7) : nil
    case UInt8(ascii: "k"):
      // arch/x86/mm/kasan_init_64.c until 4.5 ends without a newline.
      let hint: StaticString = "kasan: GPF could be caused by NULL-ptr deref or user memory access"
      return text.hasPrefix(hint) ? text.dropFirst(hint.utf8CodeUnitCount) : nil
    case UInt8(ascii: "u"): return text.hasPrefix("usercopy: ") ? text.dropFirst(10) : nil
    case UInt8(ascii: "I"):
      return text.hasPrefix("Internal error: ") ? text.dropFirst(16) : nil
    case UInt8(ascii: "["):
      // Until 4.10 lockdep framed its headlines: `[ INFO: possible … ]`.
      return text.count > 2 && text[1] == 0x20 ? text.dropFirst(2) : nil
    case UInt8(ascii: "C"):
      // MIPS: `CPU 0 Unable to handle kernel paging request`.
      guard text.hasPrefix("CPU "), let place = text.prefix(16).find(" Unable ") else { return nil }
      return text.dropFirst(place + 1)
    default: return nil
    }
  }
}
