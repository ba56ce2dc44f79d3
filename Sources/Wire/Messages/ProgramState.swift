// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// One program of an object: whether it is loaded, what sets it off, and how often it ran.
public struct ProgramState: Sendable, Equatable {
  /// Whether it ran, as far as the kernel's statistics can say.
  public enum Ran: String, Sendable {
    case yes, no, unknown
  }

  public var name: String
  public var section: String
  /// libbpf's name of its type: `kprobe`, `xdp`.
  public var type: String
  public var isLoaded: Bool
  /// What sets it off: `tp/sched/sched_switch`, `xdp on lo`, `test run`; nil if nothing does.
  public var attached: String?
  public var ran: Ran
  /// How often; nil if that is unknown.
  public var runs: UInt64?
  /// Why it isn't attached, could not be test-run, or why its runs are unknown.
  public var note: String?

  public init(
    name: String, section: String, type: String, isLoaded: Bool, attached: String? = nil,
    ran: Ran, runs: UInt64? = nil, note: String? = nil
  ) {
    self.name = name
    self.section = section
    self.type = type
    self.isLoaded = isLoaded
    self.attached = attached
    self.ran = ran
    self.runs = runs
    self.note = note
  }
}

extension ProgramState: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("attached", attached)
    writer.member("isLoaded", isLoaded)
    writer.member("name", name)
    writer.member("note", note)
    writer.member("ran", ran.rawValue)
    writer.member("runs", runs)
    writer.member("section", section)
    writer.member("type", type)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    let ran = try fields.name("ran")
    guard let known = Ran(rawValue: ran) else {
      throw .malformedMessage("'\(ran)' does not say whether a program ran")
    }
    self.init(
      name: try fields.name("name"), section: try fields.name("section"),
      type: try fields.name("type"), isLoaded: try fields.bool("isLoaded"),
      attached: fields.has("attached") ? try fields.name("attached") : nil, ran: known,
      runs: fields.has("runs") ? try fields.number("runs") : nil,
      note: fields.has("note") ? try fields.words("note") : nil)
  }
}
