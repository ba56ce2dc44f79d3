// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// The verifier's way to a refusal, to be stepped through: each instruction with the C line that it
/// comes from, and what it changed of what was known.
struct VerifierSteps {
  /// More don't help anybody who steps through them.
  private static let longest = 60

  private let walk: VerifierWalk
  /// The line of the source that each step of the walk comes from, if that is known.
  private let sourceLines: [Int?]
  /// How many steps of the walk are left out, at its beginning.
  private let omitted: Int

  /// - Parameter file: the source's name, so that a header's line is not taken for one of its own.
  init(_ log: EvidenceText, source: String, file: String) {
    let index = SourceIndex(source)
    let name = file.split(separator: "/").last
    let lines = log.skipped > 0 ? log.lines[log.head...] : log.lines[...]
    walk = VerifierWalk(Array(lines.joined(separator: "\n").utf8))
    var previous: Int?
    sourceLines = walk.steps.map { step in
      if let place = step.place {
        guard place.file.split(separator: "/").last == name else { return nil }
        previous = place.line
      } else if !step.source.isEmpty {
        previous = index.line(of: step.source, after: previous ?? 1)
      }
      return previous
    }
    omitted = max(0, walk.steps.count - VerifierSteps.longest)
  }

  /// The lines of the source that the way goes through.
  var way: Set<Int> { Set(sourceLines.dropFirst(omitted).compactMap(\.self)) }

  var view: View {
    [
      "hasSteps": !walk.steps.isEmpty, "steps": steps,
      "omittedSteps": omitted == 0 && !walk.isComplete ? "Some" : omitted > 0 ? "\(omitted)" : "",
      "complaint": walk.complaints.prefix(6).joined(separator: " "),
    ]
  }

  private var steps: [View] {
    var shown = ""
    var known: [String: VerifierWalk.Value] = [:]
    return walk.steps.indices.dropFirst(omitted).map { index in
      let step = walk.steps[index]
      let now = Dictionary(step.known.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
      let changes = step.known.filter { known[$0.name] != $0 }
      let lost = known.keys.filter { now[$0] == nil }.sorted()
      known = now
      // A C line is many instructions: it is above the first of them.
      let isNew = step.source != shown
      shown = step.source
      return [
        "instruction": "\(step.instruction): \(step.text)",
        "source": isNew ? expandTabs(step.source) : "",
        "sourceLine": sourceLines[index].map { "\($0)" } ?? "",
        "isLast": index == walk.steps.count - 1, "frame": step.frame > 0 ? "\(step.frame)" : "",
        "lost": lost.joined(separator: " "), "changes": changes.map(change),
        "hasChanges": !changes.isEmpty,
      ]
    }
  }

  private func change(_ value: VerifierWalk.Value) -> View {
    [
      "name": value.name, "value": value.state.isEmpty ? "not shown" : value.state,
      "isUnseen": value.state.isEmpty,
      "meaning": value.meaning ?? "",
      "from": value.from.flatMap { $0 < omitted ? nil : "\($0 - omitted)" } ?? "",
    ]
  }
}
