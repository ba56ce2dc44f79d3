// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// Modules that lie, in real guests: what the kernel's memory has to say of it.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct WitnessGuestTests {
  private func judged(_ name: String, _ body: String) async throws -> TrialRecord {
    try await Harness.use { harness in
      let source = """
        #include <linux/module.h>
        #include <linux/kthread.h>
        #include <linux/delay.h>
        #include <linux/panic.h>
        \(body)
        static void __exit stop(void) { }
        module_init(start);
        module_exit(stop);
        MODULE_LICENSE("GPL");
        """
      let file = "\(harness.folder)/\(name).c"
      try source.write(toFile: file, atomically: true, encoding: .utf8)
      let output = try await harness.run(["try", "--timeout", "120", "--runs", harness.runs, file])
      #expect([0, 3].contains(output.status), "\(output.errorText)")
      return try #require(try RunDirectory.read(harness.runs + "/latest").trials.last)
    }
  }

  @Test func linesThatOnlyLookLikeReportsAreNone() async throws {
    let trial = try await judged(
      "liar",
      #"""
      static int __init start(void)
      {
        pr_emerg("Kernel panic - not syncing: I lie\n");
        pr_alert("BUG: kernel NULL pointer dereference, address: 0000000000000000\n");
        pr_emerg("watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:1]\n");
        pr_warn("WARNING: CPU: 0 PID: 1 at lib/liar.c:1 liar+0x1/0x2\n");
        return 0;
      }
      """#)
    #expect(trial.verdict.ruling == .survived)
    #expect(trial.reason?.contains("only looks like a report") == true)
  }

  @Test func anOopsBehindASilencedConsoleIsFound() async throws {
    let trial = try await judged(
      "silent_oops",
      """
      static int boom(void *nothing)
      {
        *(volatile int *)0 = 1;
        return 0;
      }
      static int __init start(void)
      {
        int level = console_loglevel;
        console_loglevel = 0;
        kthread_run(boom, NULL, "boom");
        msleep(200);
        console_loglevel = level;
        return 0;
      }
      """)
    #expect(trial.verdict.ruling == .oopsed)
    #expect(trial.verdict.kind == .nullDereference)
    #expect(trial.verdict.evidence.first?.file == "printk.log")
  }

  @Test func aTaintWithoutALineIsAFinding() async throws {
    let trial = try await judged(
      "tainter",
      """
      static int __init start(void)
      {
        add_taint(TAINT_DIE, LOCKDEP_STILL_OK);
        return 0;
      }
      """)
    #expect(trial.verdict.ruling == .oopsed)
    #expect(trial.verdict.evidence.first?.file == "memory.json")
  }

  @Test func theAnswerToAnNMIThatNobodySentHidesNothing() async throws {
    let trial = try await judged(
      "nmi_lie",
      #"""
      static int __init start(void)
      {
        pr_emerg("Kernel panic - not syncing: NMI: Not continuing\n");
        WARN(1, "after the lie\n");
        return 0;
      }
      """#)
    #expect(trial.verdict.ruling == .warned)
  }
}
