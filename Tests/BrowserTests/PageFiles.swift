// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Verdicts

/// Pages on the disk for the browser, made of the run that the reports' tests keep.
enum PageFiles {
  static let sampleRun = Checkout.path("Tests/ReportsTests/Fixtures/sample-run")

  /// - Parameters:
  ///   - spoil: changes the record and the copy of its run directory.
  ///   - body: gets the page's path.
  static func withPage(
    spoil: (inout RunRecord, _ directory: String) throws -> Void = { _, _ in },
    _ body: (String) async throws -> Void
  ) async throws {
    let folder = NSTemporaryDirectory() + "panicroom-page-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do {
      let directory = folder + "/run"
      try FileManager.default.copyItem(atPath: sampleRun, toPath: directory)
      var run = try RunDirectory.read(directory)
      try spoil(&run, directory)
      let page = folder + "/report.html"
      let text = try HTMLReport.render(run, evidence: RunEvidence(path: directory))
      try Data(text.utf8).write(to: URL(fileURLWithPath: page))
      try await body(page)
    } catch {
      try FileManager.default.removeItem(atPath: folder)
      throw error
    }
    try FileManager.default.removeItem(atPath: folder)
  }

  static func comparison(_ folder: String) throws -> String {
    let run = try RunDirectory.read(sampleRun)
    var later = run
    for index in later.trials.indices where later.trials[index].verdict.ruling == .rejected {
      later.trials[index].verdict.ruling = .oopsed
      later.trials[index].outcome = .unmet
    }
    let text = try ComparisonReport.render([Comparison(run, later)], as: .html)
    let page = folder + "/comparison.html"
    try Data(text.utf8).write(to: URL(fileURLWithPath: page))
    return page
  }
}
