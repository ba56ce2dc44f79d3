// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Trials
import Wire

/// What the agent said in a trial that the verdict doesn't repeat.
struct TryLog {
  /// Work of the workload that failed, and what was done besides, in words.
  private(set) var notes: [String] = []
  private(set) var refusal: Refusal?
  /// What the user asked for and the object doesn't have.
  private(set) var slip: String?
  /// The last step that the agent began.
  private(set) var stage: String?

  struct Refusal: Decodable {
    var gate: String
    var errno: Int32
    var message: String
  }

  private struct Line: Decodable {
    struct Message: Decodable {
      var step: [String: String]?
      var refused: [String: Refusal]?
    }
    var message: Message
  }

  /// Those of the worker, without what it says in between.
  private static let stages = ["load", "attach", "workload", "test run", "observe", "unload"]

  /// More lines don't tell anybody more.
  private static let mostNotes = 8

  /// - Parameter folder: the trial's evidence.
  init(evidence folder: String) throws {
    let log = "\(folder)/\(Evidence.agentName)"
    guard Files.exists(log) else { return }
    for line in try Files.read(log).split(separator: UInt8(ascii: "\n")) {
      let message = try JSONDecoder().decode(Line.self, from: Data(line)).message
      if let step = message.step?["_0"] {
        if step.hasPrefix("workload: ") {
          notes.append("failed in the workload: " + step.dropFirst("workload: ".count))
        } else if step.hasPrefix("note: ") {
          notes.append(String(step.dropFirst("note: ".count)))
        } else if Self.stages.contains(step) {
          stage = step
        }
      }
      guard let refused = message.refused?["_0"] else { continue }
      refusal = refused
      if refused.message.hasPrefix(Wire.Refusal.ofRequest) {
        slip = String(refused.message.dropFirst(Wire.Refusal.ofRequest.count))
      }
    }
    if notes.count > Self.mostNotes {
      notes = notes.prefix(Self.mostNotes) + ["and \(notes.count - Self.mostNotes) more like these"]
    }
  }

  /// The last step that the agent began in a trial; nil if none is known.
  ///
  /// - Parameter directory: the run's.
  static func stage(of record: TrialRecord, in directory: String) -> String? {
    guard let folder = record.evidenceDirectory else { return nil }
    // Whoever needs more of a log that can't be read says why.
    return try? TryLog(evidence: "\(directory)/\(folder)").stage
  }
}
