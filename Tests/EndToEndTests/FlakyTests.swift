// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Testing
import Verdicts

/// A scenario whose module tosses a coin and doesn't say so.
extension EndToEndTests {
  /// Guests that are restored have the same random numbers, so the coin is the time.
  private static let coin = """
    /*
     * Job:   count the getpgid() calls.
     * Fault: a check that fails every other time.
     * Hook:  kprobe __x64_sys_getpgid
     */
    #include <linux/hash.h>
    #include <linux/kprobes.h>
    #include <linux/random.h>
    #include "panicroom.h"
    static int count(struct kprobe *probe, struct pt_regs *regs)
    {
    	events++;
    	return 0;
    }
    static struct kprobe probe = { .symbol_name = "__x64_sys_getpgid", .pre_handler = count };
    static int __init coin_toss_init(void)
    {
    	if (armed) {						/* armed */
    		faults++;					/* armed */
    		WARN_ON(hash_64(random_get_entropy(), 1));	/* armed */
    	}
    	return register_kprobe(&probe);
    }
    static void __exit coin_toss_exit(void)
    {
    	unregister_kprobe(&probe);
    }
    module_init(coin_toss_init);
    module_exit(coin_toss_exit);
    """

  private static let program = """
    /*
     * Job:   count the getpgid() calls.
     * Fault: a read beyond the buffer.
     * Hook:  kprobe/__x64_sys_getpgid
     */
    #include "panicroom.bpf.h"
    static char letters[8];
    SEC("kprobe/__x64_sys_getpgid")
    int count(struct pt_regs *regs)
    {
    	__u64 place = events % 8;
    	if (armed)				/* armed */
    		place = bpf_get_prandom_u32();	/* armed */
    	events += 1 + ((volatile char *)letters)[place];
    	return 0;
    }
    """

  private static let scenario = """
    name: coin-toss
    title: A check that fails every other time
    family: contract
    weakness: CWE-617
    job: Count getpgid.
    fault: A check that fails every other time.
    hook: {lkm: kprobe __x64_sys_getpgid, bpf: kprobe/__x64_sys_getpgid}
    workload:
      - syscall: getpgid
        times: 64
    observation: {variable: events, value: 64}
    twins:
      lkm:
        armed: {verdict: warned, kinds: [warning], because: the check fails}
      bpf:
        armed: {verdict: rejected, by: verifier, category: memory-safety, because: bounds}
    lesson: \(Array(repeating: "word", count: 120).joined(separator: " "))
    """

  /// With a fair coin, 20 retries that all fail, or 20 runs whose first toss succeeds, come once in a
  /// million tests.
  private static let patience = 20

  private func coinRepository(_ harness: Harness) throws -> Harness {
    let copy = try harness.copyOfRepository()
    for (path, text) in [
      ("scenarios/coin-toss.yaml", Self.scenario), ("lkm/coin_toss.c", Self.coin),
      ("bpf/coin_toss.bpf.c", Self.program),
    ] { try Files.write(text, to: "\(copy.repository)/\(path)") }
    return copy
  }

  /// Runs the scenario until its module's first toss is unmet.
  private func runUntilUnmet(
    _ harness: Harness, _ arguments: [String]
  ) async throws -> (output: Tool.Output, record: RunRecord) {
    for _ in 0..<Self.patience {
      let (output, record) = try await harness.runTrials(
        ["coin-toss", "--no-second-look"] + arguments)
      let first = record.trials.first { $0.id.armed && $0.id.mechanism == .lkm }
      if first?.outcome == .unmet { return (output, record) }
      try #require(output.status == 0, "\(output.text)\(output.errorText)")
    }
    throw CoinNeverFell()
  }

  private struct CoinNeverFell: Error {}

  @Test(.timeLimit(.minutes(10))) func whatIsMetWhenItIsRepeatedIsFlaky() async throws {
    try await Harness.use { harness in
      let copy = try coinRepository(harness)
      let junit = harness.folder + "/results.xml"
      let (output, record) = try await runUntilUnmet(
        copy, ["--retry-unmet", "\(Self.patience)", "--junit", junit])
      #expect(output.status == 0, "\(output.text)\(output.errorText)")
      let tosses = record.currentTrials.filter { $0.id.armed && $0.id.mechanism == .lkm }
      #expect(tosses.map(\.id.repetition) == Array(1...tosses.count))
      #expect(tosses.last?.standing == .met)
      #expect(
        tosses.dropLast().allSatisfy { $0.standing == .flaky && $0.verdict.ruling == .survived })
      for toss in tosses {
        let folder = try #require(toss.evidenceDirectory)
        #expect(Files.exists("\(harness.runs)/latest/\(folder)/console.log"))
      }
      let summary = Summary(record)
      #expect([summary.planned, summary.met, summary.flaky] == [4, 3, 1])
      #expect(summary.retries == tosses.count - 1)
      #expect(try Files.text(junit).contains("<flakyFailure type=\"survived\""))
      let text = try await copy.run(["report", harness.runs + "/latest"]).text
      #expect(text.contains("4 trials: 3 met, 1 flaky"), "\(text)")

      // An interruption after the first toss: the journal ends with it.
      let journal = harness.runs + "/latest/trials.jsonl"
      let lines = try Files.text(journal).split(separator: "\n").filter {
        $0.contains("\"repetition\":1,")
      }
      try Files.write(lines.joined(separator: "\n") + "\n", to: journal)
      #expect(try RunDirectory.read(harness.runs + "/latest").remainingTrials.count == 1)
      let resumed = try await copy.run(["run", "--resume", harness.runs + "/latest"])
      #expect(resumed.status == 0, "\(resumed.text)\(resumed.errorText)")
      #expect(Summary(try RunDirectory.read(harness.runs + "/latest")).flaky == 1)
    }
  }

  @Test(.timeLimit(.minutes(10))) func aKnownIssueIsExcusedUntilItsDay() async throws {
    try await Harness.use { harness in
      let copy = try coinRepository(harness)
      let file = harness.folder + "/known.yaml"
      func known(until day: String) throws {
        try Files.write(
          "known: [{scenario: coin-*, mechanism: lkm, reason: the coin, until: \(day)}]", to: file)
      }
      try known(until: "2026-02-30")
      let wrong = try await copy.run(["run", "coin-toss", "--known", file, "--runs", harness.runs])
      #expect(wrong.status == 2)
      #expect(wrong.errorText.contains("known.yaml:1: until must be a day"), "\(wrong.errorText)")
      try known(until: "9999-12-31")
      let excused = try await runUntilUnmet(copy, ["--known", file])
      #expect(excused.output.status == 0, "\(excused.output.errorText)")
      #expect(Summary(excused.record).known == 1)
    }
  }
}
