// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// Hangs that no detector of the guest's own kernel tells of in good time, in real guests.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct HangTests {
  /// What the armed module does with interrupts off, for ever.
  struct Shape: Sendable, CustomTestStringConvertible {
    var turn: String
    var cpus: Int
    var testDescription: String { "\(turn), \(cpus) CPUs" }
  }

  private func edit(_ path: String, _ text: String, into other: String) throws {
    let before = try String(contentsOfFile: path, encoding: .utf8)
    let after = before.replacingOccurrences(of: text, with: other)
    try #require(after != before, "\(path) has no \(text)")
    try after.write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      Shape(turn: "cpu_relax()", cpus: 2), Shape(turn: "asm volatile(\"hlt\")", cpus: 1),
    ])
  func aProcessorWithInterruptsOffIsToldByItsRegisters(shape: Shape) async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let module = copy.repository + "/lkm/infinite_loop.c"
      let scenario = copy.repository + "/scenarios/infinite-loop.yaml"
      try edit(
        module, "\twhile (level < LEVELS) {",
        into: """
          \tif (armed) {\t\t\t\t/* armed */
          \t\tlocal_irq_disable();
          \t\tfor (;;)
          \t\t\t\(shape.turn);
          \t}
          \twhile (level < LEVELS) {
          """)
      try edit(scenario, "kinds: [soft-lockup, rcu-stall]", into: "kinds: [hard-lockup]")
      try edit(scenario, "workload:", into: "cpus: \(shape.cpus)\nworkload:")
      let (output, record) = try await copy.runTrials(["infinite-loop"])
      #expect(output.status == 0, "\(output.errorText)")
      let trial = try #require(
        record.trials.first { $0.id.mechanism == .lkm && $0.id.armed })
      #expect(trial.verdict.ruling == .hung)
      #expect(trial.verdict.kind == .hardLockup)
      // The other processor may need this one, and report first that it waits for it.
      #expect(
        trial.verdict.evidence.contains {
          $0.file == "registers.log" || $0.text.contains("EFLAGS")
        })
      #expect(trial.verdict.source?.file == "lkm/infinite_loop.c")
    }
  }

  // A processor's call of all others is answered with interrupts off (Linux: kernel/smp.c).
  @Test(.timeLimit(.minutes(10)))
  func aProcessorThatWaitsForALockedUpOneIsNotTheOneToBlame() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let module = copy.repository + "/lkm/infinite_loop.c"
      let scenario = copy.repository + "/scenarios/infinite-loop.yaml"
      try edit(
        module, "static int climb_unlink(struct kprobe",
        into: """
          static void spin(void *unused)
          {
          \tfor (;;)
          \t\tcpu_relax();
          }

          static int climb_unlink(struct kprobe
          """)
      try edit(
        module, "\treturn register_kprobe(&probe);",
        into: """
          \tif (armed)
          \t\tsmp_call_function(spin, NULL, 1);
          \treturn register_kprobe(&probe);
          """)
      try edit(scenario, "kinds: [soft-lockup, rcu-stall]", into: "kinds: [hard-lockup]")
      try edit(scenario, "workload:", into: "cpus: 2\nworkload:")
      let (output, record) = try await copy.runTrials(["infinite-loop"])
      #expect(output.status == 0, "\(output.errorText)")
      let trial = try #require(
        record.trials.first { $0.id.mechanism == .lkm && $0.id.armed })
      #expect(trial.verdict.kind == .hardLockup)
      #expect(trial.verdict.source?.file == "lkm/infinite_loop.c")
      #expect(trial.verdict.title == "hard-lockup in spin")
    }
  }
}
