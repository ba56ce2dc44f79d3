// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Machine
import Record
import Reports
import Synchronization
import Verdicts

/// Follows a run's events on stderr: a status line on a terminal, plain lines elsewhere.
final class Progress: Sendable {
  private struct State {
    var total = 0
    var done = 0
    var doneBefore = 0
    /// How many trials were printed, or needed no line of their own.
    var printed = 0
    var running: [TrialID] = []
    var began = ContinuousClock.now
    var namesKernels = false
    var outcomes = LiveOutcomes()
    var issues: KnownIssueRule?
    /// How many tenths of a slow operation were reported.
    var tenths: [String: Int] = [:]
    /// What is true of the machine comes with each kernel that is made ready, and is said once.
    var notes: Set<String> = []
  }

  private let terminal: Terminal
  private let state = Mutex(State())

  init(_ terminal: Terminal) {
    self.terminal = terminal
  }

  func follow(_ event: Event) {
    switch event {
    case .runStarted(let header, let done):
      state.withLock {
        $0.total = header.trials.count
        $0.doneBefore = done
        $0.done = done
        $0.printed = done
        $0.began = .now
        $0.namesKernels = header.kernels.count > 1
        $0.outcomes = LiveOutcomes(isPaired: header.suite == nil)
        $0.issues = KnownIssueRule(header)
      }
      terminal.say(
        "run \(header.id): \(header.trials.count) trials\(Self.part(header.shard)) under "
          + Self.accelerator(header.accelerator, header.acceleratorReason))
    case .preparing(let what): terminal.show(status: "preparing \(what) …")
    case .prepared(let what, let seconds):
      terminal.show(status: "")
      terminal.say("prepared \(what) in \(Self.short(seconds)) s")
    case .advanced(let what, let done, let secondsLeft):
      advance(what, done: done, secondsLeft: secondsLeft)
    case .trialStarted(let trial):
      state.withLock { $0.running.append(trial) }
      showStatus()
    case .trialEnded(let record):
      let settled = state.withLock { state in
        state.done += 1
        state.running.removeAll { $0 == record.id }
        return state.outcomes.add(record)
      }
      tell(settled)
      showStatus()
    case .secondLook, .retry: state.withLock { $0.total += 1 }
    case .runEnded:
      tell(state.withLock { $0.outcomes.rest() })
      terminal.show(status: "")
    case .note(let text):
      if state.withLock({ $0.notes.insert(text).inserted }) { terminal.say("note: \(text)") }
    }
  }

  /// Without a terminal a line for every tenth.
  private func advance(_ what: String, done: Double, secondsLeft: Double?) {
    let left = secondsLeft.map { ", \(Self.time($0)) left" } ?? ""
    let text = "\(what): \(Int(done * 100)) %\(left)"
    terminal.show(status: text)
    guard !terminal.isTerminal else { return }
    let tenth = Int(done * 10)
    let isNew = state.withLock { state in
      defer { state.tenths[what] = tenth }
      return state.tenths[what] != tenth
    }
    if isNew { terminal.say(text) }
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded())) min"
  }

  /// What an interrupted run has done, for the last line; nil if no trial had begun.
  var leftover: String? {
    state.withLock { state in
      state.total == 0
        ? nil : "\(state.done) of \(state.total) trials are kept"
    }
  }

  private func tell(_ records: [TrialRecord]) {
    for record in records {
      let (number, total, namesKernels, issues) = state.withLock {
        $0.printed += 1
        return ($0.printed, $0.total, $0.namesKernels, $0.issues)
      }
      let record = issues?.settled(record) ?? record
      guard !terminal.isTerminal || record.outcome == .unmet || record.outcome == .inconclusive
      else { continue }
      terminal.say("[\(number)/\(total)] \(Self.describe(record, namesKernels: namesKernels))")
    }
  }

  private func showStatus() {
    let text = state.withLock { state -> String in
      let (whole, parts) = (ContinuousClock.now - state.began).components
      let seconds = Double(whole) + Double(parts) / 1e18
      let rate = Double(state.done - state.doneBefore) / seconds
      let left = rate > 0 ? Double(state.total - state.done) / rate : 0
      let running = state.running.map { "\($0.scenario)/\($0.mechanism.rawValue)" }
      return "\(state.done)/\(state.total)  \(Self.short(rate))/s"
        + (rate > 0 ? "  \(Int(left.rounded(.up))) s left" : "")
        + "  " + running.joined(separator: ", ")
    }
    terminal.show(status: text)
  }

  private static func describe(_ record: TrialRecord, namesKernels: Bool) -> String {
    let kernel = namesKernels ? "\(record.id.kernel), " : ""
    let again = record.id.repetition > 1 ? ", repetition \(record.id.repetition)" : ""
    let arm = (record.id.armed ? "armed" : "disarmed") + " on \(kernel)\(record.id.profile)\(again)"
    let verdict = record.verdict.ruling.word(armed: record.id.armed)
    let reason = record.outcome == .met ? "" : ": \(record.reason ?? "")"
    return "\(record.id.scenario) \(record.id.mechanism.rawValue) \(arm): \(verdict),"
      + " \(record.standing.rawValue)\(reason)"
  }

  private static func part(_ shard: RunHeader.Shard?) -> String {
    guard let shard else { return "" }
    return " of \(shard.plan.count), part \(shard.index) of \(shard.count),"
  }

  /// Why KVM does not work takes lines of QEMU's, which help nobody here.
  private static func accelerator(_ name: String, _ reason: String) -> String {
    guard name == Accelerator.tcg.rawValue else { return name.uppercased() }
    return reason == AcceleratorChoice.requested
      ? "TCG, as requested" : "TCG: no KVM here; `./panicroom doctor` says why"
  }

  private static func short(_ number: Double) -> String {
    number.formatted(
      .number.precision(.fractionLength(1)).locale(Locale(identifier: "en_US_POSIX")))
  }
}
