// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Scenarios
import Testing
import Verdicts

extension EndToEndTests {
  /// Writes behind a slab object that nobody looks at again: a stock kernel doesn't notice.
  private static let module = """
    /*
     * Job:   count the getpgid() calls.
     * Fault: a write behind the buffer that nobody looks at again.
     * Hook:  kprobe __x64_sys_getpgid
     */
    #include <linux/kprobes.h>
    #include <linux/slab.h>
    #include "panicroom.h"
    static struct kmem_cache *cache;
    static char *buffers[2], *buffer;
    static int count(struct kprobe *probe, struct pt_regs *regs)
    {
    	size_t place = events % 64;
    	if (armed)				/* armed */
    		place = 64;			/* armed */
    	WRITE_ONCE(buffer[place], 1);
    	events++;
    	if (place > 63)
    		faults++;
    	return 0;
    }
    static struct kprobe probe = { .symbol_name = "__x64_sys_getpgid", .pre_handler = count };
    /* With a constructor the cache is merged with none that the kernel itself uses. */
    static void clear(void *object)
    {
    	memset(object, 0, 64);
    }
    static int __init silent_write_init(void)
    {
    	cache = kmem_cache_create("silent_write", 64, 0, 0, clear);
    	if (!cache)
    		return -ENOMEM;
    	buffers[0] = kmem_cache_alloc(cache, GFP_KERNEL);
    	buffers[1] = kmem_cache_alloc(cache, GFP_KERNEL);
    	/* The lower one has an object of the same page behind it, in use by nobody. */
    	buffer = min(buffers[0], buffers[1]);
    	return register_kprobe(&probe);
    }
    static void __exit silent_write_exit(void)
    {
    	unregister_kprobe(&probe);
    	kmem_cache_free(cache, buffers[0]);
    	kmem_cache_free(cache, buffers[1]);
    	kmem_cache_destroy(cache);
    }
    module_init(silent_write_init);
    module_exit(silent_write_exit);
    """

  private static let program = """
    /*
     * Job:   count the getpgid() calls.
     * Fault: a write behind the buffer that nobody looks at again.
     * Hook:  kprobe/__x64_sys_getpgid
     */
    #include "panicroom.bpf.h"
    static char buffer[64];
    SEC("kprobe/__x64_sys_getpgid")
    int count(struct pt_regs *regs)
    {
    	__u64 place = events % 64;
    	if (armed)				/* armed */
    		place = bpf_get_prandom_u32();	/* armed */
    	((volatile char *)buffer)[place] = 1;
    	events++;
    	return 0;
    }
    """

  private static func scenario(sensitive: Bool) -> String {
    let lesson = Array(repeating: "word", count: 120).joined(separator: " ")
    let second =
      "\n    sensitive: {verdict: corrupted, kinds: [slab-corruption], because: its red zone}"
    return """
      name: silent-write
      title: A write that nobody notices
      family: memory
      weakness: CWE-787
      job: Count getpgid.
      fault: A write behind a buffer.
      hook: {lkm: kprobe __x64_sys_getpgid, bpf: kprobe/__x64_sys_getpgid}
      workload:
        - syscall: getpgid
          times: 64
      observation: {variable: events, value: 64}
      twins:
        lkm:
          armed: {verdict: survived, because: the slack of a slab page}\(sensitive ? second : "")
        bpf:
          armed: {verdict: rejected, by: verifier, category: memory-safety, because: bounds}
      lesson: \(lesson)
      """
  }

  private func repository(_ harness: Harness) throws -> Harness {
    let copy = try harness.copyOfRepository()
    let files = [
      ("scenarios/silent-write.yaml", Self.scenario(sensitive: true)),
      ("lkm/silent_write.c", Self.module), ("bpf/silent_write.bpf.c", Self.program),
    ]
    for (path, text) in files {
      try text.write(toFile: "\(copy.repository)/\(path)", atomically: true, encoding: .utf8)
    }
    return copy
  }

  @Test(.timeLimit(.minutes(10)))
  func aFaultThatAStockKernelDoesNotNoticeIsLookedAtAgain() async throws {
    try await Harness.use { harness in
      let copy = try repository(harness)
      let (output, record) = try await copy.runTrials(["silent-write"])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(record.currentTrials.count == 5)
      let look = try #require(record.secondLooks.first)
      #expect(record.secondLooks.count == 1)
      #expect(
        look.sentence
          == "unnoticed on stock; seen by slub_debug: Right Redzone overwritten")
      #expect(look.second?.outcome == .met)
      #expect(look.second?.verdict.ruling == .corrupted)

      // An interruption between both looks: the journal ends with the first one.
      let journal = harness.runs + "/latest/trials.jsonl"
      let lines = try String(contentsOfFile: journal, encoding: .utf8)
        .split(separator: "\n").filter { !$0.contains("\"sensitive\"") }
      try (lines.joined(separator: "\n") + "\n").write(
        toFile: journal, atomically: true, encoding: .utf8)
      let resumed = try await copy.run(["run", "--resume", harness.runs + "/latest"])
      #expect(resumed.status == 0, "\(resumed.errorText)")
      let after = try RunDirectory.read(harness.runs + "/latest")
      #expect(after.currentTrials.count == 5)
      #expect(after.secondLooks.first?.seen == true)
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func withoutASecondLookASurvivorIsLeftAlone() async throws {
    try await Harness.use { harness in
      let copy = try repository(harness)
      let (output, record) = try await copy.runTrials(["--no-second-look", "silent-write"])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(record.currentTrials.count == 4)
      #expect(record.secondLooks == [])
    }
  }

  @Test func aSurvivorMustSayWhatASensitiveKernelShows() async throws {
    try await Harness.use { harness in
      let copy = try repository(harness)
      try Self.scenario(sensitive: false).write(
        toFile: "\(copy.repository)/scenarios/silent-write.yaml", atomically: true,
        encoding: .utf8)
      let output = try await copy.run(["check"])
      #expect(output.status == 2)
      #expect(output.errorText.contains("sensitive") || output.text.contains("sensitive"))
    }
  }
}
