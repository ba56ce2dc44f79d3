// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// What `try` says about the programs of an object, or about the functions of a module: which were
/// loaded, what set them off, how often they ran.
enum ProgramLines {
  /// More than this are counted, not listed; the JSON form has all.
  private static let most = 40

  static func lines(of record: TrialRecord, width: Int) -> [StyledText] {
    let isRefused = record.verdict.ruling == .rejected
    // Of a refused object, nothing is loaded: what was left out can be news, the others can't.
    let shown = record.programs.filter { $0.leftOut == nil && !isRefused }
    var lines = shown.prefix(most).flatMap { VerdictText.field("program", text($0), width) }
    if shown.count > most {
      lines += VerdictText.field("", "and \(shown.count - most) more: see --format json", width)
    }
    return lines + leftOut(record.programs, width) + functions(of: record, width)
  }

  /// What an object is said to have done that survived; nil if all of it ran.
  static func survived(_ record: TrialRecord) -> String? {
    let called = record.functions.count { $0.calls > 0 }
    if called < record.functions.count {
      return "\(called) of \(record.functions.count) functions called, nothing reported"
    }
    let programs = record.programs
    let loaded = programs.filter { $0.loaded != false }
    let ran = loaded.count { $0.ran == .yes }
    guard !programs.isEmpty, ran < loaded.count else { return nil }
    if ran == 0 { return "loaded, nothing reported; whether it ran is unknown" }
    return "\(ran) of \(loaded.count) programs ran, nothing reported"
  }

  private static func functions(of record: TrialRecord, _ width: Int) -> [StyledText] {
    func list(_ names: [String]) -> String {
      names.prefix(most).joined(separator: ", ")
        + (names.count > most ? " and \(names.count - most) more" : "")
    }
    let called = record.functions.filter { $0.calls > 0 }
    // Otherwise the verdict names them.
    guard !called.isEmpty else { return [] }
    let idle = record.functions.filter { $0.calls == 0 }.map(\.name)
    return VerdictText.field(
      "called",
      list(called.map { "\($0.name) (\($0.calls))" })
        + (idle.isEmpty ? "" : "; not \(list(idle))"), width)
  }

  /// One line for all that have the same reason.
  private static func leftOut(_ programs: [ProgramRecord], _ width: Int) -> [StyledText] {
    var reasons: [(reason: String, names: [String])] = []
    for program in programs {
      guard let reason = program.leftOut else { continue }
      let name = "\(program.name) (\(program.section))"
      if let index = reasons.firstIndex(where: { $0.reason == reason }) {
        reasons[index].names.append(name)
      } else {
        reasons.append((reason, [name]))
      }
    }
    return reasons.flatMap { reason, names in
      let rest = names.count > most ? " and \(names.count - most) more" : ""
      return VerdictText.field(
        "omitted", "\(names.prefix(most).joined(separator: ", "))\(rest): \(reason)", width)
    }
  }

  private static func text(_ program: ProgramRecord) -> String {
    var parts = ["\(program.name) (\(program.section))"]
    guard let loaded = program.loaded else {
      return parts[0] + ": the guest ended before it was loaded"
    }
    guard loaded else { return parts[0] + ": not loaded" }
    var state: [String] = []
    switch program.attached {
    // Its section says it already.
    case let attached? where attached == program.section.drop { $0 == "?" }: break
    case let attached?: state.append(attached)
    case nil: state.append("not attached" + (program.note.map { " (\($0))" } ?? ""))
    }
    state.append(runs(program))
    parts.append(state.joined(separator: "; "))
    return parts.joined(separator: ": ")
  }

  private static func runs(_ program: ProgramRecord) -> String {
    switch (program.ran, program.runs) {
    case (.yes, 1?): "ran once"
    case (.yes, let runs?): "ran \(runs) times"
    case (.yes, nil): "ran"
    case (.no, _): "did not run"
    case (.unknown, _):
      "whether it ran is unknown"
        + (program.attached == nil ? "" : program.note.map { ": \($0)" } ?? "")
    }
  }
}
