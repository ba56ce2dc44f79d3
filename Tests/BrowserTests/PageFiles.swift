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
    edition: HTMLReport.Edition = .whole,
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
      let text = try HTMLReport.render(
        run, evidence: RunEvidence(path: directory), edition: edition)
      try Data(text.utf8).write(to: URL(fileURLWithPath: page))
      try await body(page)
    } catch {
      try FileManager.default.removeItem(atPath: folder)
      throw error
    }
    try FileManager.default.removeItem(atPath: folder)
  }

  /// Gives `body` a browser's page of usual width, with nothing in it yet, and the report's path.
  static func withTab(
    spoil: (inout RunRecord, _ directory: String) throws -> Void = { _, _ in },
    _ body: (Tab, _ page: String) async throws -> Void
  ) async throws {
    try await withPage(spoil: spoil) { page in
      try await Chromium.use { browser in
        let tab = try await Tab(browser)
        try await tab.resize(width: 1280)
        try await body(tab, page)
      }
    }
  }

  /// The run as it would be on four kernels, named in no order.
  static func onFourKernels(_ run: inout RunRecord, _ directory: String) {
    let kernels = ["6.12", "5.10", "7.2", "6.1"]
    let (trials, plan) = (run.trials, run.header.trials)
    func moved(_ id: TrialID, _ kernel: String) -> TrialID {
      var id = id
      id.kernel = kernel
      return id
    }
    run.header.kernels = kernels.map { .init(name: $0, release: "\($0).0-1-cloud-amd64") }
    run.header.trials = kernels.flatMap { kernel in plan.map { moved($0, kernel) } }
    run.trials = kernels.flatMap { kernel in
      trials.map { trial in
        var trial = trial
        trial.id = moved(trial.id, kernel)
        if kernel == "5.10", trial.id.scenario == "nested-loops-stall", trial.id.mechanism == .bpf {
          trial.outcome = .skipped
          trial.reason = "this kernel has no bpf_loop(), which came with Linux 5.17"
        }
        return trial
      }
    }
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
