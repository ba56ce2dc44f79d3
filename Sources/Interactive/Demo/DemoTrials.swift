// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Lab
package import Scenarios
package import Trials

/// Who makes a demo's trials: guests, or a recording of them.
package protocol DemoTrials: Sendable {
  /// Both twins of this scenario will be needed soon; `armed` is nil if it isn't known how.
  func expect(_ scenario: String, armed: Bool?) async throws

  /// - Parameter tell: takes what happens during the trial, in order.
  /// - Throws: `CancellationError`; what kept it from having an answer.
  func run(
    _ id: DemoTrialID, _ tell: @escaping @Sendable (TrialNews) -> Void
  ) async throws -> StageAnswer
}

/// Trials in guests.
package struct GuestTrials: DemoTrials {
  private let stage: Stage
  private let scenarios: [String: Scenario]

  package init(_ stage: Stage, _ scenarios: [Scenario]) {
    self.stage = stage
    self.scenarios = Dictionary(scenarios.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  package func expect(_ scenario: String, armed: Bool?) async throws {
    try await stage.expect(try known(scenario), armed: armed)
  }

  package func run(
    _ id: DemoTrialID, _ tell: @escaping @Sendable (TrialNews) -> Void
  ) async throws -> StageAnswer {
    try await stage.run(
      try known(id.scenario), id.mechanism, armed: id.armed, follow: tell)
  }

  private func known(_ name: String) throws -> Scenario {
    guard let scenario = scenarios[name] else {
      throw LabError("The demo has no scenario \(name).")
    }
    return scenario
  }
}

/// Trials that were recorded, at their original pace.
package struct RecordedTrials: DemoTrials {
  private let recording: DemoRecording

  /// No trial takes longer; a recording that says so is not believed.
  private static let longest = 120.0

  package init(_ recording: DemoRecording) {
    self.recording = recording
  }

  package func expect(_ scenario: String, armed: Bool?) async throws {}

  package func run(
    _ id: DemoTrialID, _ tell: @escaping @Sendable (TrialNews) -> Void
  ) async throws -> StageAnswer {
    guard let trial = recording.trials[id] else {
      throw LabError("the recording has no trial of this twin \(id.armed ? "armed" : "disarmed")")
    }
    let began = ContinuousClock.now
    for event in trial.events {
      try await Self.wait(until: event.seconds, since: began)
      tell(event.news)
    }
    try await Self.wait(until: trial.answer.seconds, since: began)
    return trial.answer
  }

  private static func wait(until seconds: Double, since began: ContinuousClock.Instant) async throws
  {
    let bounded = seconds.isFinite ? min(max(seconds, 0), longest) : 0
    try await Task.sleep(until: began + .seconds(bounded), clock: .continuous)
  }
}
