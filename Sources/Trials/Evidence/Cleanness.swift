// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import Verdicts
import Wire

extension TrialRunner.Course {
  /// What the guest's memory showed at the end, if this trial left everything as it was: the agent's
  /// counts, its checks, the console, the kernel's log and its counters. Nil if anything is not as it was, or
  /// could not be looked at.
  func cleanReading(_ facts: TrialFacts) -> KernelReading? {
    guard case .answered = facts.ending, report.leftNothing, facts.console.isEmpty,
      let witness = facts.witness, witness.log.isEmpty, witness.damage.isEmpty,
      case .read(let reading)? = memory?.look, reading.log != nil, let loaded = reading.modules
    else { return nil }
    let (before, after) = (reading.before, reading.after)
    guard AgentFacts.isHarmless(from: before.taint, to: after.taint),
      loaded.allSatisfy({ report.after?.modules.contains($0) == true }),
      before.deaths == after.deaths, before.oopses == after.oopses,
      before.warnings == after.warnings, before.panicProcessor == after.panicProcessor
    else { return nil }
    return reading
  }
}

extension AgentFacts {
  /// Linux: include/linux/panic.h. A module from outside the kernel's tree, and one without a signature, is
  /// what a twin is.
  private static let harmlessTaint: UInt64 = 1 << 12 | 1 << 13

  fileprivate static func isHarmless(from before: UInt64?, to after: UInt64?) -> Bool {
    ((before ?? 0) ^ (after ?? 0)) & ~harmlessTaint == 0
  }

  /// Whether there is nothing in the kernel, according to the agent, that was not there before the trial.
  var leftNothing: Bool {
    guard facts.contains(.healthy), let before, let after else { return false }
    return Self.isHarmless(from: before.taint, to: after.taint)
      && before.modules == after.modules && after.programs <= before.programs
      && after.maps <= before.maps && after.links <= before.links
      && after.growth(since: before).isEmpty
      && !facts.contains {
        switch $0 {
        case .workerEnded, .unloadFailed, .leftBehind, .canaryChanged, .unhealthy,
          .laboratoryFailed:
          true
        default: false
        }
      }
  }
}
