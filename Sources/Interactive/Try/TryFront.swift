// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Lab
import Record
public import Reports
import Verdicts

/// `panicroom try`: a request, carried out once or on every save.
public struct TryFront: Sendable {
  let laboratory: Laboratory
  let request: TryRequest
  let output: Output

  /// What is shown, and where.
  public struct Output: Sendable {
    public var format: ReportFormat
    /// Of the terminal.
    public var width: Int
    public var colour: Bool

    public init(_ format: ReportFormat, width: Int, colour: Bool) {
      (self.format, self.width, self.colour) = (format, width, colour)
    }
  }

  public init(laboratory: Laboratory, request: TryRequest, output: Output) {
    self.laboratory = laboratory
    self.request = request
    self.output = output
  }

  /// Tries once.
  ///
  /// - Returns: what to show, and the exit status.
  /// - Throws: ``LabError`` if the request or a file is wrong.
  public func once() async throws -> (text: String, status: Int32) {
    let session = try await laboratory.tries.prepare(request)
    let answer = try await session.carryOut()
    return (try text(of: answer), answer.isMistaken ? 2 : Summary(answer.run).exitStatus)
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

  private func text(of answer: TryAnswer) throws -> String {
    guard output.format == .terminal else {
      return try output.format.render(
        ReportFormat.Input(
          run: answer.run, evidence: RunEvidence(path: answer.directory ?? ""),
          width: output.width, colour: output.colour))
    }
    let text = TriedAnswerReport.render(
      answer.trials.map(Self.tried), of: answer.run, width: output.width, colour: output.colour)
    return text + (answer.directory.map { "  evidence in \($0)\n" } ?? "")
  }

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
