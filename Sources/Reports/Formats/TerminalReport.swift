// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Scenarios
import Verdicts

/// A run for people: a table for each kernel and profile, what went otherwise than expected, and
/// the counts.
public enum TerminalReport {
  /// - Parameters:
  ///   - width: columns of the terminal; less than 60 counts as 60.
  ///   - colour: whether escape sequences for colours may be in the text.
  ///   - directory: the path of the run in messages; by default `runs/<id>`.
  public static func render(
    _ run: RunRecord, width: Int, colour: Bool, directory: String? = nil
  ) -> String {
    let width = min(max(width, 60), 132)
    if run.header.tried != nil { return tried(run, width: width, colour: colour) }
    var notes = Notes(
      directory: directory ?? "runs/\(run.header.id)", profiles: run.header.profiles)
    if let suite = run.header.suite {
      let lines = SuiteReport.lines(run, suite, width: width, directory: notes.directory)
      return (lines + closing(run, width: width)).map {
        $0.cut(to: width).rendered(colour: colour) + "\n"
      }.joined()
    }
    var lines: [StyledText] = []
    for kernel in run.header.kernels {
      for profile in run.header.profiles {
        let trials = run.currentTrials.filter {
          $0.id.kernel == kernel.name && $0.id.profile == profile
        }
        let planned = run.header.trials.filter {
          $0.kernel == kernel.name && $0.profile == profile
        }
        guard !planned.isEmpty else { continue }
        lines.append(
          StyledText("Linux \(kernel.exactName)", .bold)
            + StyledText("  \(kernel.name), \(profile), \(run.header.accelerator)", .dim))
        if let reason = kernel.obstacle {
          // One reason for all of its trials.
          let fate = kernel.missing == nil ? "inconclusive" : "skipped"
          let text = "\(planned.count) trials \(fate): \(reason)"
          lines += DisplayText.lines(of: text, to: width - 2)
            .map { StyledText("  \($0)", .yellow) }
          lines.append(StyledText())
          continue
        }
        let table = TrialTable(
          planned: planned, trials: trials, secondLooks: run.secondLooks, width: width)
        lines += table.lines(notes: &notes)
        lines.append(StyledText())
      }
    }
    lines += notes.lines(width: width)
    let changes = KernelChange.all(of: run)
    if !changes.isEmpty {
      lines.append(StyledText("Verdicts that change with the kernel", .bold))
      lines += changes.flatMap { $0.lines(width: width) } + [StyledText()]
    }
    lines += closing(run, width: width)
    return lines.map { $0.cut(to: width).rendered(colour: colour) + "\n" }.joined()
  }

  /// What was tried has no twin to be paired with, and no expectation: a table of pairs would be
  /// empty.
  private static func tried(_ run: RunRecord, width: Int, colour: Bool) -> String {
    let trials = run.currentTrials.map { TriedTrial(program: $0.tried?.program, record: $0) }
    return TriedAnswerReport.render(trials, of: run, width: width, colour: colour)
  }

  private static func closing(_ run: RunRecord, width: Int) -> [StyledText] {
    let summary = Summary(run)
    var lines: [StyledText] = []
    let times = run.header.repetitions > 1 ? ", \(run.header.repetitions) times each" : ""
    let faults = summary.pairedFaults == 1 ? "paired fault" : "paired faults"
    if run.header.suite == nil {
      lines.append(StyledText("\(summary.pairedFaults) \(faults)\(times)", .bold))
    }
    let pairs = PairedFault.all(of: run)
    if !pairs.isEmpty {
      for mechanism in Mechanism.allCases { lines += counts(pairs, mechanism, width: width) }
    }
    let mixed = pairs.count { !$0.mixed.isEmpty }
    if mixed > 0 {
      lines.append(
        StyledText(
          mixed == 1
            ? "  1 pair's repetitions differ: it counts as the worst of them"
            : "  \(mixed) pairs' repetitions differ: each counts as the worst of them", .dim))
    }
    let without = summary.faultsWithoutControl
    if without > 0 {
      let text =
        without == 1
        ? "  1 fault left out, because its control is not met"
        : "  \(without) faults left out, because their controls are not met"
      lines.append(StyledText(text, .yellow))
    }
    if summary.secondLooks > 0 {
      let unnoticed =
        summary.secondLooks == 1 ? "1 unnoticed fault" : "\(summary.secondLooks) unnoticed faults"
      lines.append(
        StyledText("\(unnoticed) looked at again: \(summary.secondLooksSeen) seen then", .dim))
    }
    lines += outcomes(summary, width: width)
    let again = run.trials.count - run.currentTrials.count
    if again > 0 {
      lines.append(
        StyledText("\(again) tried again, because the laboratory itself had failed", .yellow))
    }
    if let retries = summary.retries, retries > 0 {
      let text = retries == 1 ? "1 further repetition" : "\(retries) further repetitions"
      lines.append(StyledText("\(text) of what was unmet", .dim))
    }
    for warning in run.remarks {
      lines += DisplayText.lines(of: "warning: \(warning)", to: width)
        .map { StyledText($0, .yellow) }
    }
    return lines
  }

  /// How many pairs ended in each class for one mechanism, on as many lines as that takes.
  private static func counts(
    _ pairs: [PairedFault], _ mechanism: Mechanism, width: Int
  ) -> [StyledText] {
    let margin = 15
    var lines = [StyledText(DisplayText.pad("  \(mechanism.title)", to: margin))]
    for rulingClass in RulingClass.shown {
      let count = pairs.count { $0[mechanism] == rulingClass }
      guard count > 0 else { continue }
      let part = StyledText(
        "  \(rulingClass.sign) \(count) \(rulingClass.word)", rulingClass.style)
      if lines[lines.count - 1].width + part.width > width {
        lines.append(StyledText(String(repeating: " ", count: margin)))
      }
      lines[lines.count - 1] = lines[lines.count - 1] + part
    }
    return lines
  }

  private static func outcomes(_ summary: Summary, width: Int) -> [StyledText] {
    let styles: [Standing: Style] = [.met: .green, .unmet: .boldRed, .skipped: .dim, .known: .dim]
    var line = StyledText("\(summary.planned) trials: ")
    for (index, (count, word)) in summary.counts.enumerated() {
      let style = Standing(rawValue: word).flatMap { styles[$0] } ?? .yellow
      line = line + StyledText(index == 0 ? "" : ", ") + StyledText("\(count) \(word)", style)
    }
    let failure = summary.flakyFailure.map { [StyledText("  \($0)", .boldRed)] } ?? []
    guard let seconds = summary.seconds else { return [line] + failure }
    let rate = summary.trialsPerSecond.map { " (\(decimal($0, 1)) trials/s)" } ?? ""
    let time = "in \(duration(seconds))\(rate)"
    let whole = line + StyledText(", \(time)")
    return (whole.width <= width ? [whole] : [line, StyledText("  \(time)")]) + failure
  }
}

/// What went otherwise than expected, numbered as the table refers to it.
struct Notes {
  let directory: String
  /// The profiles that have a table.
  private let profiles: [String]
  private var trials: [TrialRecord] = []

  init(directory: String, profiles: [String]) {
    self.directory = directory
    self.profiles = profiles
  }

  /// ` [1]` for a trial that is not met, nothing for one that is or was skipped, or is a retry.
  mutating func mark(_ trial: TrialRecord) -> String {
    guard trial.standing.urgency > 0, trial.isCounted else { return "" }
    trials.append(trial)
    return " [\(trials.count)]"
  }

  func lines(width: Int) -> [StyledText] {
    guard !trials.isEmpty else { return [] }
    var lines = [
      StyledText("Not as expected", .bold) + StyledText("  evidence in \(directory)", .dim)
    ]
    for (index, trial) in trials.enumerated() {
      let number = DisplayText.pad("[\(index + 1)]", to: 4)
      let arm = trial.id.armed ? "armed" : "disarmed"
      let repetition = trial.id.repetition > 1 ? ", repetition \(trial.id.repetition)" : ""
      let look = profiles.contains(trial.id.profile) ? "" : ", on \(trial.id.profile)"
      let style: Style = trial.standing == .unmet ? .boldRed : .yellow
      lines.append(
        StyledText("\(number) \(trial.id.scenario), \(trial.id.mechanism.title), \(arm)")
          + StyledText(repetition + look + ": ") + StyledText(trial.standing.rawValue, style))
      var facts = [trial.reason ?? "no reason was recorded"]
      if let title = trial.verdict.title {
        facts.append(Notes.compilerPlace(trial.verdict) + title)
      }
      if let folder = trial.evidenceDirectory { facts.append(folder) }
      for fact in facts {
        lines += DisplayText.lines(of: fact, to: width - 5)
          .map { StyledText("     \($0)") }
      }
    }
    return lines + [StyledText()]
  }

  /// `bpf/null_map_value.bpf.c:31: ` before a compiler's message, nothing before others.
  private static func compilerPlace(_ verdict: Verdict) -> String {
    guard verdict.by == Gate.compiler.rawValue, let source = verdict.source else { return "" }
    return "\(source.file):\(source.line): "
  }
}
