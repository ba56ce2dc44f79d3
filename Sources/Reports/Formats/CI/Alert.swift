// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// What wants to be looked at in a source: an armed or disarmed twin whose verdict is not the
/// expected one, and each finding of what was tried. A crash that was expected is none.
struct Alert {
  /// `unmet`, or of what was tried the kernel's own word: `null-dereference`.
  var rule: String
  var message: String
  /// From the repository's top.
  var path: String
  var line: Int
  /// The same in each run in which the same twin ends in the same way.
  var fingerprint: String

  static func all(of run: RunRecord) -> [Alert] {
    let isTried = run.header.tried != nil
    return run.sortedCases.filter {
      isTried ? isFinding($0.verdict) : $0.standing == .unmet
    }.map { isTried ? Alert(tried: $0) : Alert(unmet: $0, suite: run.header.suite) }
  }

  private static func isFinding(_ verdict: Verdict) -> Bool {
    [.refused, .damaged, .crashed].contains(verdict.ruling.rulingClass)
  }

  private init(unmet trial: TrialRecord, suite: RunHeader.Suite?) {
    // A suite's items have no file here, only a list or a page about all of them.
    let page =
      suite.map { $0.name == "lkdtm" ? "vm/lkdtm.yaml" : "docs/verifier-selftests.md" }
    let reason = trial.reason ?? "no reason was recorded"
    self.init(
      rule: "unmet", message: "\(trial.id.scenario), \(trial.id.phrase): \(reason)", trial,
      path: page ?? Scenario.sourcePath(trial.id.mechanism, of: trial.id.scenario))
  }

  private init(tried trial: TrialRecord) {
    let verdict = trial.verdict
    self.init(
      rule: verdict.kind?.rawValue ?? verdict.category?.rawValue ?? verdict.ruling.rawValue,
      message: "\(trial.triedFile): \(verdict.phrase)"
        + (verdict.title.map { ": \($0)" } ?? ""), trial, path: trial.triedFile)
  }

  private init(rule: String, message: String, _ trial: TrialRecord, path: String) {
    let id = trial.id
    self.rule = rule
    self.message = DisplayText.escape(message)
    // The line of another file, such as a kernel header's, means nothing in this one.
    let isOwn = trial.verdict.source.map { $0.file == path || $0.file.hasSuffix("/\(path)") }
    self.path = path
    line = isOwn == true ? max(trial.verdict.source?.line ?? 1, 1) : 1
    let key = [
      rule, id.scenario, id.mechanism.rawValue, id.armed ? "armed" : "disarmed", id.kernel,
      id.profile, trial.verdict.phrase,
    ].joined(separator: "\u{1f}")
    fingerprint = "\(Alert.hash(key)):\(id.repetition)"
  }

  /// FNV-1a with 64 bits: no secret, only the same on every machine.
  private static func hash(_ text: String) -> String {
    let value = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    let hex = String(value, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }
}
