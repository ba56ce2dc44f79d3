import FoundationEssentials
public import Record

/// A run for programs; `docs/schema/report-1.json` describes it.
public enum JSONReport {
  private struct Report: Encodable {
    /// The version of the report's format.
    let schema = 1
    let run: RunHeader
    /// In the order in which they ended; those that were tried again are marked `superseded`.
    let trials: [TrialRecord]
    let summary: Summary
  }

  /// - Throws: `EncodingError` for a number that JSON doesn't have.
  public static func render(_ run: RunRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(run: run.header, trials: run.trials, summary: Summary(run))
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
