// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Lab
import Record
import Reports
import Verdicts

/// `panicroom try`: a request, carried out once or on every save.
public struct TryFront: Sendable {
  let laboratory: Laboratory
  let request: TryRequest
  let output: Output

  public enum Output: Sendable {
    case json
    case terminal(width: Int, colour: Bool)
  }

  public init(laboratory: Laboratory, request: TryRequest, output: Output) {
    self.laboratory = laboratory
    self.request = request
    self.output = output
  }

  /// Tries once.
  ///
  /// - Returns: what to show, and whether every trial has an answer.
  /// - Throws: ``LabError`` if the request or a file is wrong.
  public func once() async throws -> (text: String, isAnswered: Bool) {
    try await answer(try await laboratory.tries.prepare(request))
  }

  /// Tries now and on every save, until the task is cancelled.
  ///
  /// - Parameters:
  ///   - show: takes each answer.
  ///   - tell: takes additional messages, a line each.
  public func watch(
    show: @Sendable (String) throws -> Void, tell: @Sendable (String) -> Void
  ) async throws {
    var request = request
    // Somebody waits for the answer.
    request.triesCompilers = false
    let session = try await laboratory.tries.prepare(request)
    var inputs = session.inputs
    var seen: SaveStamp?
    while true {
      let now = SaveStamp(of: inputs)
      if let now, now != seen {
        seen = now
        let began = ContinuousClock.now
        do {
          let answer = try await session.carryOut()
          try show(try text(of: answer))
          // Which headers a compiler reads is known only now.
          let all = Set(session.inputs + answer.inputs).sorted()
          if all != inputs {
            inputs = all
            seen = SaveStamp(of: inputs)
          }
          tell("\(clock()) answered in \(seconds(since: began)) s; waiting for the next save")
        } catch let error as LabError {
          tell("\(clock()) \(error)")
        }
      }
      try await Task.sleep(for: .milliseconds(80))
    }
  }

  private func answer(_ session: TrySession) async throws -> (text: String, isAnswered: Bool) {
    let answer = try await session.carryOut()
    return (
      try text(of: answer),
      answer.trials.allSatisfy { $0.record.verdict.ruling != .inconclusive }
    )
  }

  private func text(of answer: TryAnswer) throws -> String {
    switch output {
    case .json: return try JSONReport.render(answer.run)
    case .terminal(let width, let colour):
      let trials = answer.trials.map(Self.tried)
      let leftOut = answer.run.header.leftOut ?? []
      let isTable = trials.count > Self.mostDetailed || !leftOut.isEmpty
      var text =
        isTable
        ? ""
        : trials.map { TryReport.render($0, width: width, colour: colour) }
          .joined(separator: "\n")
      if isTable || answer.run.header.kernels.count > 1 {
        text +=
          (isTable ? "" : "\n")
          + TryTable.render(
            trials, leftOut: leftOut, width: width,
            colour: colour)
      }
      if let directory = answer.directory { text += "  evidence in \(directory)\n" }
      return text
    }
  }

  /// More trials are shown in a table only.
  private static let mostDetailed = 8

  private static func tried(_ trial: TryAnswer.Trial) -> TriedTrial {
    TriedTrial(
      program: trial.program, record: trial.record, compiler: trial.compiler,
      rejection: trial.rejection, compileSeconds: trial.compileSeconds,
      sourceLine: trial.sourceLine, countsEvents: trial.countsEvents)
  }

  private func clock() -> String {
    let now = Calendar.current.dateComponents([.hour, .minute, .second], from: Date.now)
    return [now.hour, now.minute, now.second].map { part in
      let text = "\(part ?? 0)"
      return text.count < 2 ? "0" + text : text
    }.joined(separator: ":")
  }

  private func seconds(since began: ContinuousClock.Instant) -> String {
    let (whole, parts) = (ContinuousClock.now - began).components
    let hundredths = Int(whole) * 100 + Int(parts / 10_000_000_000_000_000)
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
