// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// What `try` answers in a terminal: each trial in detail if they are few, and the matrix if they are several.
public enum TriedAnswerReport {
  /// More trials are shown in the matrix only.
  private static let mostDetailed = 8

  /// - Parameters:
  ///   - trials: in the order of the run's.
  ///   - width: columns of the terminal.
  public static func render(
    _ trials: [TriedTrial], of run: RunRecord, width: Int, colour: Bool = false
  ) -> String {
    let leftOut = run.header.leftOut ?? []
    let isTable = trials.count > mostDetailed || !leftOut.isEmpty
    var parts = isTable ? [] : trials.map { TryReport.render($0, width: width, colour: colour) }
    let matrix = TriedMatrix(run)
    if isTable || run.header.kernels.count > 1 {
      parts.append(TryTable.render(matrix, leftOut: leftOut, width: width, colour: colour))
    }
    if let promises = PromiseReport(run, matrix) {
      parts.append(
        promises.text(width: width).map { $0.rendered(colour: colour) + "\n" }.joined())
    }
    return parts.joined(separator: "\n")
  }
}
