// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Logging
import Trials
public import Verdicts

/// The judge's verdict on a guest in which a user worked.
public struct ShellVerdict: Sendable {
  public var verdict: Verdict
  /// The line that the verdict's place in the source names.
  public var sourceLine: String?

  static func none(_ ending: Ending) -> ShellVerdict {
    ShellVerdict(verdict: Verdict(.inconclusive, reason: "the guest ended: \(ending)"))
  }
}

extension ShellRoom {
  /// - Parameters:
  ///   - console: what the kernel printed since the last report.
  ///   - ending: how the guest ended; nil if it continues.
  /// - Returns: nil if it continues and reported nothing.
  func report(_ console: [UInt8], ending: Ending?) async -> ShellVerdict? {
    let findings = KernelLog.findings(in: console)
    if ending == nil, findings.isEmpty { return nil }
    var facts = TrialFacts(
      mechanism: .lkm, armed: true, agent: [.step("shell")], console: findings,
      ending: ending?.completed(by: console, reports: findings, isOfTwin: { $0.module != nil })
        ?? .answered)
    facts.resolvedFrames = await places(of: facts)
    var verdict = Judge.verdict(of: facts)
    // The shell itself is not worth mentioning.
    verdict.evidence.removeAll { $0.file == Evidence.agentName }
    return ShellVerdict(verdict: verdict, sourceLine: verdict.source.flatMap(line))
  }

  private func places(of facts: TrialFacts) async -> [String: SourcePlace] {
    var traces = facts.console.map(\.frames)
    if case .lockedUp(let lockup) = facts.ending { traces.append(lockup.frames) }
    guard traces.contains(where: { $0.contains { $0.module != nil } }) else { return [:] }
    do {
      for module in try await material.value.modules {
        let places = try await forge.resolve(
          FrameQuestion(traces, ofModule: module.name), in: module.full)
        if !places.isEmpty { return places }
      }
    } catch {
      // The verdict stands without its place in the source.
      logger.warning(
        "Frames could not be resolved to source lines.", metadata: ["error": "\(error)"])
    }
    return [:]
  }

  private func line(at place: SourcePlace) -> String? {
    let path = "\(repository.root)/\(place.file)"
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    let lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(place.line - 1) ? String(lines[place.line - 1]) : nil
  }
}
