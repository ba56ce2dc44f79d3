// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
public import Verdicts

/// The result for one file that was tried.
public struct TriedTrial: Sendable {
  /// The only program of it that was loaded.
  public var program: String?
  /// With ``TrialRecord/tried``.
  public var record: TrialRecord
  /// What the compiler printed.
  public var compiler: [String]
  public var rejection: Rejection?
  /// 0 if nothing was compiled.
  public var compileSeconds: Double
  /// The line that ``record``'s verdict points to.
  public var sourceLine: String?
  /// Whether the file counts in `events`: the repository's headers define it for every file.
  public var countsEvents: Bool

  public init(
    program: String? = nil, record: TrialRecord, compiler: [String] = [],
    rejection: Rejection? = nil, compileSeconds: Double = 0,
    sourceLine: String? = nil, countsEvents: Bool = true
  ) {
    self.program = program
    self.record = record
    self.compiler = compiler
    self.rejection = rejection
    self.compileSeconds = compileSeconds
    self.sourceLine = sourceLine
    self.countsEvents = countsEvents
  }

  /// As the user named it.
  var file: String { record.tried?.file ?? record.triedFile }
}

/// What `panicroom try` shows of a trial.
public enum TryReport {
  /// - Parameter width: columns of the terminal; less than 60 is taken as 60, more than 132 as 132.
  public static func render(_ trial: TriedTrial, width: Int, colour: Bool = false) -> String {
    let width = min(max(width, 60), 132)
    let program =
      (trial.program.map { ", program \($0)" } ?? "")
      + (trial.record.tried?.configuration ?? []).map { ", \($0)" }.joined()
    let what = StyledText(
      " (\(trial.record.id.mechanism.title)\(program), Linux \(trial.record.id.kernel))", .dim)
    let file = DisplayText.cutStart(DisplayText.escape(trial.file), to: max(width - what.width, 20))
    var lines = [StyledText(file, .bold) + what]
    lines += verdict(trial, width)
    lines += trial.compiler.map { StyledText("  " + $0) }
    lines += source(trial, width)
    lines += StepLines.lines(of: trial.record, width: width)
    lines += ProgramLines.lines(of: trial.record, width: width)
    lines += (trial.record.tried?.notes ?? []).flatMap { VerdictText.field("note", $0, width) }
    lines += VerdictText.field("time", time(trial), width)
    // A compiler's lines are kept unbroken: a caret points into them.
    let text = lines.map { line in
      (trial.compiler.isEmpty ? line.cut(to: width) : line).rendered(colour: colour) + "\n"
    }.joined()
    guard var refused = trial.rejection else { return text }
    // Reported above, with the line.
    if trial.sourceLine != nil { (refused.source, refused.sourceText) = (nil, nil) }
    return text
      + ExplainReport.render(refused, file: trial.file, width: width, colour: colour)
  }

  private static func verdict(_ trial: TriedTrial, _ width: Int) -> [StyledText] {
    // The explanation below says it all, and more.
    guard trial.rejection == nil else { return [] }
    var lines = VerdictText.lines(
      trial.record.verdict, isCompilers: !trial.compiler.isEmpty,
      survived: ProgramLines.survived(trial.record), width: width)
    if trial.countsEvents, let observed = trial.record.observed {
      lines += VerdictText.field("events", "\(observed)", width)
    }
    return lines
  }

  private static func source(_ trial: TriedTrial, _ width: Int) -> [StyledText] {
    guard trial.compiler.isEmpty, let place = trial.record.verdict.source else { return [] }
    return VerdictText.source(place, line: trial.sourceLine, width: width)
  }

  private static func time(_ trial: TriedTrial) -> String {
    var parts: [String] = []
    let compiler = (trial.record.tried?.compiler).map { " (\($0))" } ?? ""
    if trial.compileSeconds > 0 {
      parts.append("compile \(duration(trial.compileSeconds))\(compiler)")
    }
    if let started = trial.record.started {
      parts.append(
        "\(started == .restored ? "restore" : "boot") \(duration(trial.record.seconds.start))")
      parts.append("trial \(duration(trial.record.seconds.trial))")
    }
    return parts.joined(separator: ", ")
  }
}
