// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a report says of the things that it is about, besides the place: the locks, the object, the
/// process that was killed. Empty: the report says nothing of it.
public struct ReportDetails: Sendable, Equatable {
  /// lockdep's two: the one that is taken, and the one that is held or that was left in another state.
  public var locks: [Lock] = []
  /// KASAN's or KFENCE's object: `the cache kmalloc-64 of size 64; 8 bytes inside of freed …`.
  public var object: String?
  /// Who allocated and who freed it.
  public var allocation: Origin?
  public var release: Origin?
  /// The process that was killed for its memory, and the cgroup whose limit was reached.
  public var victim: Victim?
  public var cgroup: String?

  public struct Lock: Sendable, Equatable {
    public var name: String
    /// Where it is taken or was taken.
    public var place: Frame?
    public var isTaken: Bool
  }

  public struct Origin: Sendable, Equatable {
    public var task: Int?
    public var frames: [Frame] = []

    /// The frame that is nobody's tool.
    public var place: Frame? { Blame.frame(among: frames, ownModules: []) ?? frames.first }
  }

  public struct Victim: Sendable, Equatable {
    public var command: String?
    public var process: Int
  }

  /// What the next line is about.
  private enum Next { case taken, held, object }
  private var next: Next?
  /// Where the stacks of allocation and release begin among the report's.
  private var starts: [(isRelease: Bool, index: Int)] = []

  public init() {}

  public static func == (left: ReportDetails, right: ReportDetails) -> Bool {
    left.locks == right.locks && left.object == right.object
      && left.allocation == right.allocation && left.release == right.release
      && left.victim == right.victim && left.cgroup == right.cgroup
  }

  /// - Parameters:
  ///   - count: how many frames of other stacks the report has so far.
  mutating func take(_ message: Text, of kind: Kind, line: Int, count: Int) {
    switch kind {
    case .lockdep: takeLock(message, line: line)
    case .outOfMemory: takeVictim(message)
    default: takeObject(message.trimmed(), count: count)
    }
  }

  // MARK: Locks

  /// kernel/locking/lockdep.c print_lock(): ` (&x->lock){+.+.}-{3:3}, at: f+0x1/0x2`.
  private mutating func takeLock(_ message: Text, line: Int) {
    if message.contains("trying to acquire lock:") || message.trimmedRight().hasSuffix(" takes:") {
      next = .taken
    } else if message.contains("already holding lock:") || message.contains("state of lock:")
      || message.contains("already holding:")
    {
      next = .held
    } else if let next, locks.count < 2, let end = message.find("){") {
      guard let start = message.prefix(end).find("(") else { return }
      let name = message.prefix(end).dropFirst(start + 1).prefix(120).string
      let place =
        message.contains("}, at: ") || message.contains(" at: [<")
        ? FrameReader.frame(in: message, line: line) : nil
      locks.append(Lock(name: name, place: place, isTaken: next == .taken))
      self.next = nil
    }
  }

  // MARK: Objects

  /// mm/kasan/report.c, mm/kfence/report.c, mm/slub.c.
  private mutating func takeObject(_ text: Text, count: Int) {
    guard !text.isEmpty else { return }
    if next == .object {
      next = nil
      // The variable's name, the size of the region, the cache.
      if !text.hasPrefix("The buggy address") { return note(text.prefix(120)) }
    }
    switch text[0] {
    case UInt8(ascii: "A"), UInt8(ascii: "a"):
      if text.dropFirst(1).hasPrefix("llocated by task ") { begin(text, isRelease: false, count) }
    case UInt8(ascii: "F"), UInt8(ascii: "f"):
      if text.dropFirst(1).hasPrefix("reed by task ") { begin(text, isRelease: true, count) }
    case UInt8(ascii: "T"):
      if text.hasPrefix("The buggy address belongs to the object at ")
        || text.hasPrefix("The buggy address belongs to the variable:")
      {
        next = .object
      } else if let place = text.after("The buggy address is located ") {
        note(place.prefix(120))
        if place.trimmedRight().hasSuffix(" of") { next = .object }
      } else if let stack = text.after("The buggy address belongs to stack of ") {
        note(stack.prefix(120), "the stack of ")
      }
    case UInt8(ascii: "k"):
      // `kfence-#12: 0x…-0x…, size=32, cache=kmalloc-32`
      if object == nil, text.hasPrefix("kfence-#") { note(text.prefix(160)) }
    default: break
    }
  }

  private mutating func note(_ text: Text, _ before: String = "") {
    let plain = text.after("which belongs to ") ?? text
    let words = before + plain.trimmed().string
    // `64-byte region [ffff888…, ffff888…)`
    let rest = words.hasSuffix(" of") ? words + " " : words
    guard let known = object else {
      object = rest
      return
    }
    object = known.hasSuffix(" of ") ? known + rest : known + "; " + rest
  }

  /// `Allocated by task 811 on cpu 1 at 12.345s:`
  private mutating func begin(_ text: Text, isRelease: Bool, _ count: Int) {
    let task = text.after("by task ")?.leadingNumber()
    if isRelease {
      guard release == nil else { return }
      release = Origin(task: task)
    } else {
      guard allocation == nil else { return }
      allocation = Origin(task: task)
    }
    starts.append((isRelease, count))
  }

  /// Gives each stack its frames.
  mutating func share(_ frames: [Frame]) {
    for (place, start) in starts.enumerated() where start.index <= frames.count {
      let end = place + 1 < starts.count ? min(starts[place + 1].index, frames.count) : frames.count
      let own = Array(frames[start.index..<max(end, start.index)])
      if start.isRelease { release?.frames = own } else { allocation?.frames = own }
    }
  }

  // MARK: Memory

  /// mm/oom_kill.c: `oom-kill:constraint=…,oom_memcg=/a,task_memcg=/a/b,task=x,pid=1,uid=0`;
  /// `Killed process 811 (demo) total-vm:…`; `Task in /a killed as a result of limit of /b`.
  mutating func takeVictim(_ text: Text) {
    if cgroup == nil {
      let limit = text.after("oom_memcg=") ?? text.after("as a result of limit of ")
      let name = limit?.prefix(200).upTo { $0 == UInt8(ascii: ",") || $0 == 0x20 }
      cgroup = name.flatMap { $0.isEmpty ? nil : $0.string }
    }
    guard victim == nil else { return }
    if let task = text.after(",task="), let process = task.after(",pid=")?.leadingNumber() {
      victim = Victim(
        command: task.prefix(40).upTo { $0 == UInt8(ascii: ",") }.string, process: process)
      return
    }
    guard let rest = text.after("Killed process ") ?? text.after("Kill process "),
      let process = rest.leadingNumber()
    else { return }
    let name = rest.prefix(60).after("(")?.upTo { $0 == UInt8(ascii: ")") }.string
    victim = Victim(command: name, process: process)
  }
}
