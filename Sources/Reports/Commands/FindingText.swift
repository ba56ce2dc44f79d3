// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// What is said of a finding besides its title.
enum FindingText {
  /// `dbuf_sync_list+0x67 [zfs]`; without an offset if the log was decoded.
  static func place(_ frame: Frame) -> String {
    let offset = frame.offset == 0 ? "" : "+0x\(String(frame.offset, radix: 16))"
    return frame.symbol + offset + (frame.module.map { " [\($0)]" } ?? "")
  }

  /// In the order of what a reader asks: where, who, what else was loaded, how it ended.
  static func details(of finding: Finding, in reading: LogReading) -> [String] {
    var lines: [String] = []
    if let words = finding.address.flatMap(AddressText.meaning) {
      lines.append("the address: " + words)
    }
    lines += things(finding.details)
    if finding.isQuoted { lines.append("quoted in a sentence, not a line of the log") }
    if let machine = machine(finding.context, reading.release) { lines.append(machine) }
    if let letters = finding.context.taint, !letters.isEmpty {
      let words = taint(letters).map { "\($0.words) (\($0.letter))" }
      lines.append("tainted: " + words.joined(separator: "; "))
    }
    if !reading.ownModules.isEmpty {
      lines.append("not the kernel's own: " + reading.ownModules.joined(separator: ", "))
    }
    if let oops = finding.context.oops, oops > 1 {
      lines.append(
        "this is oops #\(oops) since boot: an earlier one may be the cause, look further up")
    }
    if let fatal = reading.fatal {
      let end = reading.findings[fatal]
      lines.append(
        end == finding ? "it ended the machine" : "line \(end.line) ended the machine")
    }
    if finding.count > 1 { lines.append("reported \(finding.count) times") }
    if let next = next(for: finding, in: reading) { lines.append("next: " + next) }
    return lines
  }

  /// The locks, the object, the process that was killed.
  private static func things(_ details: ReportDetails) -> [String] {
    var lines = details.locks.map { lock in
      (lock.isTaken ? "takes " : "holds ") + lock.name
        + (lock.place.map { ", in " + place($0) } ?? "")
    }
    if let object = details.object { lines.append("the object: " + object) }
    for (word, origin) in [("allocated", details.allocation), ("freed", details.release)] {
      guard let origin, let frame = origin.place else { continue }
      lines.append(word + (origin.task.map { " by PID \($0)" } ?? "") + " in " + place(frame))
    }
    if let victim = details.victim {
      lines.append(
        "killed: \(victim.command ?? "a process") (PID \(victim.process))"
          + (details.cgroup.map { ", for the limit of cgroup \($0)" } ?? ""))
    }
    return lines
  }

  /// What helps most from here; nil if the log has no frame to go by.
  private static func next(for finding: Finding, in reading: LogReading) -> String? {
    if finding.text.hasPrefix("SError") || finding.text.hasPrefix("Machine check") {
      return "the hardware reported this: check memory, cooling and power before any code"
    }
    guard let blamed = finding.blamed else { return nil }
    let decode =
      blamed.offset == 0 ? "" : "get the source lines with scripts/decode_stacktrace.sh, "
    if let module = blamed.module, reading.ownModules.contains(module) {
      return decode + "report it to the authors of \(module)"
    }
    if finding.title.hasPrefix("oops (headline") {
      return
        "the start is missing: keep the whole log with kdump, pstore, netconsole or a serial line"
    }
    return decode + "report it to your distribution, or upstream if the newest kernel does it, too"
  }

  /// `Linux 6.8.0 (x86-64), CPU 2, demo (PID 811), workqueue events; Acme Board`
  private static func machine(_ context: MachineContext, _ release: String?) -> String? {
    var words: [String] = []
    if let release = context.release ?? release {
      words.append("Linux \(release)" + (context.architecture.map { " (\($0))" } ?? ""))
    } else if let architecture = context.architecture {
      words.append(architecture)
    }
    if let processor = context.processor { words.append("CPU \(processor)") }
    if let command = context.command, !command.isEmpty {
      words.append(command + (context.process.map { " (PID \($0))" } ?? ""))
    } else if let process = context.process {
      words.append("PID \(process)")
    }
    if let workqueue = context.workqueue { words.append("workqueue \(workqueue)") }
    if let hardware = context.hardware { words.append("on \(hardware)") }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// What each letter means, in their order.
  static func taint(_ letters: String) -> [(letter: String, words: String)] {
    letters.compactMap { letter in
      // `G` says only that no proprietary module is loaded.
      if letter == "G" { return nil }
      return (String(letter), MachineContext.taintWords[letter] ?? "a taint that is not known here")
    }
  }

  static func sentence(of note: LogNote) -> String {
    let weight = note.isHarmless ? "harmless" : "note"
    let often = note.count > 1 ? ", \(note.count) times" : ""
    return "\(weight): line \(note.line)\(often): \(note.words)"
  }

  static func sentence(of outcome: LogExpectation.Outcome) -> String {
    switch outcome.state {
    case .met: "as expected: \(outcome.name)"
    case .unmet: "not as expected: \(outcome.name): \(outcome.reason)"
    case .inconclusive: "inconclusive: \(outcome.reason)"
    }
  }
}
