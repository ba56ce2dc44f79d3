// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Scenarios
import Verdicts

/// A run as JUnit XML: a suite for each kernel and profile, a test case for each trial.
///
/// It keeps to `junit-10.xsd` of Jenkins's xUnit plugin, the schema that most readers follow;
/// `docs/schema/junit.xsd` says which part of that is used.
public enum JUnitReport {
  /// - Parameter directory: the run directory, as a reader knows it; `runs/<id>` if it is nil.
  public static func render(_ run: RunRecord, directory: String? = nil) -> String {
    var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
    let all = run.sortedCases
    let retries = Dictionary(grouping: run.sortedTrials.filter { !$0.isCounted }, by: \.origin)
    let directory = directory ?? "runs/\(run.header.id)"
    let lost = run.header.kernelsWithoutPlan
    let blanks = blanks(of: run)
    let total = run.header.seconds ?? all.reduce(0) { $0 + $1.seconds.total }
    // The common schema has no count of skipped cases here, only on each suite.
    lines.append(
      "<testsuites name=\"panicroom\" \(counts(all, lost, blanks: Array(blanks.values.joined()), skipped: false))"
        + " time=\"\(decimal(total, 3))\">"
    )
    for kernel in run.header.kernels {
      for profile in profiles(of: run) {
        let trials = all.filter { $0.id.kernel == kernel.name && $0.id.profile == profile }
        let blanks = blanks[kernel.name] ?? []
        guard !trials.isEmpty || !blanks.isEmpty else { continue }
        lines += suite(
          trials, retries, blanks, "\(kernel.name).\(profile)", kernel, run, directory)
      }
    }
    lines += lost.flatMap { suite(of: $0, run) }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func suite(
    _ trials: [TrialRecord], _ retries: [TrialID: [TrialRecord]], _ blanks: [Blank],
    _ name: String, _ kernel: RunHeader.Kernel, _ run: RunRecord, _ directory: String
  ) -> [String] {
    let looks = Dictionary(
      run.secondLooks.map { ($0.first, $0.sentence) }, uniquingKeysWith: { $1 })
    let seconds = trials.reduce(0) { $0 + $1.seconds.total }
    return opening(name, counts(trials, blanks: blanks), seconds, kernel, run.header)
      + trials.flatMap { trial -> [String] in
        // A suite's items come from elsewhere, and so does what was tried.
        let isOurs = run.header.suite == nil && run.header.tried == nil
        return testCase(
          trial, retries[trial.id] ?? [], look: looks[trial.id], isOurs: isOurs, kernel, directory)
      } + blanks.map(\.text) + ["  </testsuite>"]
  }

  /// The case of a user's own file that could not be tried on a kernel.
  private struct Blank {
    var text: String
    /// Whether that leaves something open: the laboratory failed, or something was promised.
    var isOpen: Bool
  }

  /// By kernel, without those on which nothing could be tried and nothing was promised.
  private static func blanks(of run: RunRecord) -> [String: [Blank]] {
    guard run.header.tried != nil, let profile = run.header.profiles.first else { return [:] }
    var blanks: [String: [Blank]] = [:]
    for row in TriedMatrix(run).rows {
      for cell in row.cells where cell.kernel.obstacle == nil || cell.promise != nil {
        guard case .notAsked(let reason) = cell.content else { continue }
        // As on the other kernels, so that a reader finds the same case again.
        let id = row.cells.lazy.compactMap(\.trial).first?.id
        let mechanism = id.map { ".\($0.mechanism.rawValue)" } ?? ""
        let isOpen = cell.outcome == .inconclusive
        let message = escape(
          (cell.promise.map { "promised: \($0.promised); came: " } ?? "") + reason)
        let element = isOpen ? "error type=\"inconclusive\"" : "skipped"
        let text =
          "    <testcase classname=\"\(escape("\(cell.kernel.name).\(profile)\(mechanism)"))\""
          + " name=\"\(escape(id.map(name) ?? row.name))\" time=\"\(decimal(0, 3))\">\n"
          + "      <\(element) message=\"\(message)\"/>\n    </testcase>"
        blanks[cell.kernel.name, default: []].append(Blank(text: text, isOpen: isOpen))
      }
    }
    return blanks
  }

  /// A kernel without a trial that could be judged: one case says why.
  private static func suite(of kernel: RunHeader.Kernel, _ run: RunRecord) -> [String] {
    let reason = escape(kernel.obstacle ?? "no reason was recorded")
    return opening(kernel.name, counts([], [kernel]), 0, kernel, run.header) + [
      "    <testcase classname=\"\(escape(kernel.name))\" name=\"kernel\""
        + " time=\"\(decimal(0, 3))\">",
      kernel.missing == nil
        ? "      <error type=\"inconclusive\" message=\"\(reason)\"/>"
        : "      <skipped message=\"\(reason)\"/>",
      "    </testcase>", "  </testsuite>",
    ]
  }

  /// What precedes a suite's cases.
  private static func opening(
    _ name: String, _ counts: String, _ seconds: Double, _ kernel: RunHeader.Kernel,
    _ header: RunHeader
  ) -> [String] {
    let version = kernel.version.map { [("kernel_version", $0)] } ?? []
    let properties =
      [("run", header.id), ("kernel", kernel.release)] + version
      + [("accelerator", header.accelerator), ("seed", "\(header.seed)")]
    return [
      "  <testsuite name=\"\(escape(name))\" \(counts) time=\"\(decimal(seconds, 3))\""
        + " timestamp=\"\(escape(header.began))\""
        + (header.host.name.map { " hostname=\"\(escape($0))\"" } ?? "") + ">",
      "    <properties>",
    ]
      + properties.map { "      <property name=\"\($0)\" value=\"\(escape($1))\"/>" }
      + ["    </properties>"]
  }

  private static func counts(
    _ trials: [TrialRecord], _ lost: [RunHeader.Kernel] = [], blanks: [Blank] = [],
    skipped: Bool = true
  ) -> String {
    func count(_ standing: Standing) -> Int { trials.count { $0.standing == standing } }
    let failed = lost.count { $0.missing == nil }
    let open = blanks.count(where: \.isOpen)
    let skips = count(.skipped) + count(.known) + lost.count - failed + blanks.count - open
    return "tests=\"\(trials.count + lost.count + blanks.count)\" failures=\"\(count(.unmet))\""
      + " errors=\"\(count(.inconclusive) + failed + open)\""
      + (skipped ? " skipped=\"\(skips)\"" : "")
  }

  /// The profiles that were asked for, then those of second looks.
  private static func profiles(of run: RunRecord) -> [String] {
    let others = Set(run.currentTrials.map(\.id.profile)).subtracting(run.header.profiles)
    return run.header.profiles + others.sorted()
  }

  private static func testCase(
    _ trial: TrialRecord, _ retries: [TrialRecord], look: String?, isOurs: Bool,
    _ kernel: RunHeader.Kernel, _ directory: String
  ) -> [String] {
    let id = trial.id
    let file = isOurs ? Scenario.sourcePath(id.mechanism, of: id.scenario) : nil
    let start =
      "    <testcase classname=\"\(escape("\(id.kernel).\(id.profile).\(id.mechanism.rawValue)"))\""
      + " name=\"\(escape(name(id)))\" time=\"\(decimal(trial.seconds.total, 3))\""
      + (file.map { " file=\"\(escape($0))\"" } ?? "")
    let reason = escape(reason(of: trial, on: kernel))
    var children: [String] =
      switch trial.standing {
      case .met: []
      case .flaky: ([trial] + retries).compactMap { rerun($0, isFlaky: true) }
      case .skipped, .known: ["      <skipped message=\"\(reason)\"/>"]
      case .unmet:
        [details(trial, "failure", reason)] + retries.compactMap { rerun($0, isFlaky: false) }
      case .inconclusive: [details(trial, "error", reason)]
      }
    let said =
      (look.map { ["\(trial.verdict.ruling.rawValue): \($0)"] } ?? [])
      + attachments(trial, directory)
    if !said.isEmpty {
      let text = said.map(escape).joined(separator: "\n")
      children.append("      <system-out>\(text)</system-out>")
    }
    return children.isEmpty ? [start + "/>"] : [start + ">"] + children + ["    </testcase>"]
  }

  private static func name(_ id: TrialID) -> String {
    let repetition = id.repetition > 1 ? " #\(id.repetition)" : ""
    return "\(id.scenario) \(id.armed ? "armed" : "disarmed")\(repetition)"
  }

  /// Of what was only tried, the answer; of a promise, which object on which release did what instead.
  private static func reason(of trial: TrialRecord, on kernel: RunHeader.Kernel) -> String {
    if let tried = trial.tried, let promise = tried.promise, let came = promise.came {
      let name =
        ([tried.file] + (tried.program.map { ["program \($0)"] } ?? [])
        + (tried.configuration ?? [])).joined(separator: ", ")
      return "\(name) on Linux \(kernel.label): promised: \(promise.promised); came: \(came)"
    }
    guard trial.tried != nil, trial.outcome == .skipped else {
      return trial.reason ?? "no reason was recorded"
    }
    let text = CellText(trial)
    return "nothing was expected: " + text.words + (text.detail.map { ": \($0)" } ?? "")
  }

  /// What an unexpected verdict rests on, in the words that Jenkins and GitLab make links of
  /// (plugins.jenkins.io/junit-attachments; docs.gitlab.com, "Unit test reports").
  private static func attachments(_ trial: TrialRecord, _ directory: String) -> [String] {
    guard trial.standing.urgency > 0, let folder = trial.evidenceDirectory else { return [] }
    return Set(trial.verdict.evidence.map(\.file)).sorted().map {
      "[[ATTACHMENT|\(directory)/\(folder)/\($0)]]"
    }
  }

  /// One execution of a trial that was repeated because it was unmet, as Surefire writes it and its
  /// readers know it: beside a case that passed in the end, or beside its failure
  /// (maven.apache.org/surefire, "Rerun Failing Tests"). Who doesn't know it sees only the case.
  private static func rerun(_ trial: TrialRecord, isFlaky: Bool) -> String? {
    let kind: String
    switch trial.outcome {
    case .unmet: kind = "Failure"
    case .inconclusive: kind = "Error"
    case .met, .skipped: return nil
    }
    return details(
      trial, (isFlaky ? "flaky" : "rerun") + kind, escape(trial.reason ?? "no reason was recorded"),
      wrapper: "stackTrace")
  }

  private static func details(
    _ trial: TrialRecord, _ element: String, _ reason: String, wrapper: String? = nil
  ) -> String {
    let expected = trial.tried?.promise?.promised ?? "\(trial.expected)"
    var facts = ["expected: \(expected)", "verdict: \(trial.verdict.ruling.rawValue)"]
    if let title = trial.verdict.title { facts.append("finding: \(title)") }
    if let source = trial.verdict.source { facts.append("source: \(source.file):\(source.line)") }
    if let observed = trial.observed { facts.append("observed: \(observed)") }
    facts += trial.verdict.evidence.map { "\($0.file):\($0.line): \($0.text)" }
    if let folder = trial.evidenceDirectory { facts.append("evidence: \(folder)") }
    let text = facts.map(escape).joined(separator: "\n")
    return "      <\(element) type=\"\(trial.verdict.ruling.rawValue)\" message=\"\(reason)\">"
      + (wrapper.map { "<\($0)>\(text)</\($0)>" } ?? text) + "</\(element)>"
  }

  /// Text for an attribute or an element. What XML 1.0 does not allow (its production 2, Char) is
  /// made visible as an escape; line feeds and tabs too, for an attribute would lose them.
  static func escape(_ text: String) -> String {
    var result = ""
    for scalar in DisplayText.escape(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\u{fffe}", "\u{ffff}": result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension TrialRecord {
  /// The trial that this is a repetition of.
  fileprivate var origin: TrialID {
    var origin = id
    origin.repetition = retryOf ?? id.repetition
    return origin
  }
}
