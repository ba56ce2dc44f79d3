// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Verdicts

/// What loaders say, with the verifier's log and without it.
@Suite(.lane, .timeLimit(.minutes(1))) struct LoaderWordsTests {
  struct Words: Sendable, CustomTestStringConvertible {
    var log: String
    var gate: Gate
    /// A regular expression that headline, explanation or suggestion match.
    var text: String
    var testDescription: String { String(log.prefix(60)) }

    init(_ log: String, _ gate: Gate, _ text: String) {
      self.log = log
      self.gate = gate
      self.text = text
    }
  }

  private func check(_ words: Words) throws {
    let found = try #require(RefusalLog.rejection(in: Array(words.log.utf8)), "\(words.log)")
    #expect(found.by == words.gate, "\(found)")
    let text = [found.headline, found.explanation, found.suggestion].joined(separator: "\n")
    #expect(text.range(of: words.text, options: .regularExpression) != nil, "\(text)")
    #expect(found.id != nil)
  }

  @Test(arguments: [
    Words(
      "field Pump: program pump: load program: argument list too long: 2069: (55) if r8 != 0x0 goto "
        + "pc-727: R0=inv,min_value=0,max_v (truncated, 26014 line(s) omitted)", .verifier,
      "too long or too complex"),
    Words("program pump: load program: permission denied", .verifier, "LogLevel"),
    Words(
      "libbpf: prog 'note_getpgid': failed to create BPF link for perf_event FD 8: -13 (Permission denied)",
      .attach, "beyond the tracepoint's record"),
    Words(
      "libbpf: prog 'note_getpgid': failed to attach to perf_event FD 8: Permission denied\n"
        + "libbpf: prog 'note_getpgid': failed to attach to tracepoint 'syscalls/sys_enter_getpgid': "
        + "Permission denied", .attach, "beyond the tracepoint's record"),
    Words("program pump: load program: operation not permitted", .policy, "CAP_BPF"),
    Words("program pump: load program: errno 524", .verifier, "JIT"),
    Words(
      "program pump: load program: permission denied: Register Type Safety: Unreadable register: R0 has "
        + "never been initialized on this path. (20 line(s) omitted)", .verifier,
      "never been initialized"),
    Words(
      "program pump: load program: permission denied: R0 has never been initialized on this path, so the "
        + "verifier cannot use it as an input. (21 line(s) omitted)", .verifier, "holds nothing"),
    Words(
      "program pump: load program: permission denied: (21 line(s) omitted)", .verifier, "LogLevel"),
    Words(
      "libbpf: map 'jumps': failed to initialize slot [0] to prog 'next', fd=7: -EINVAL\n"
        + "libbpf: failed to load object 'x.o'", .libbpf, "tail call"),
    Words(
      "opening kprobe: creating perf_kprobe PMU: token sys_demo: not found: no such file or directory",
      .attach, "kallsyms"),
    Words("RTNETLINK answers: Device or resource busy", .attach, "Detach"),
    Words("loading maps: map conns: map create: invalid argument", .libbpf, "EINVAL"),
    Words("map conns: map create: argument list too long", .libbpf, "max_entries"),
    Words(
      "program pump: load BTF: invalid argument: Invalid name (3 line(s) omitted)", .libbpf, "BTF"),
    Words(
      "Error: the BPF_PROG_LOAD syscall failed. Verifier output: [none]\n\nCaused by:\n    "
        + "Operation not permitted (os error 1)", .policy, "CAP_BPF"),
    Words(
      "Error: map error: failed to create map `CONNS` with code -1\n\nCaused by:\n    0: failed to "
        + "create map `CONNS` with code -1\n    1: Operation not permitted (os error 1)", .policy,
      "MEMLOCK"),
    Words(
      "Error: `bpf_link_create` failed\n\nCaused by:\n    Device or resource busy (os error 16)",
      .attach, "Detach"),
    Words(
      "Error: failed to load\n\nCaused by:\n    0: the BPF_PROG_LOAD syscall failed. Verifier output: "
        + "0: R1=ctx() R10=fp0\n       0: (79) r0 = *(u64 *)(r1 +600)\n       invalid bpf_context access "
        + "off=600 size=8\n       processed 1 insns (limit 1000000)\n    1: Permission denied (os error 13)",
      .verifier, "context"),
    Words("bpf: Failed to load program: Operation not permitted", .policy, "CAP_BPF"),
    Words(
      "could not open bpf map: events, error: Operation not permitted", .policy, "MEMLOCK"),
    Words(
      "ERROR: Failed to create map: '@': Cannot allocate memory", .libbpf, "memory"),
    Words(
      "Prog section 'x' rejected: Permission denied (13)!\n - Type:         3", .verifier, "verbose"
    ),
    Words("Prog section 'x' rejected: Argument list too long (7)!", .verifier, "4096"),
    Words("Error: Exclusivity flag on, cannot modify.", .attach, "clsact"),
    Words(
      "libbpf: Kernel error message: XDP program already attached\nError: interface attach failed: "
        + "Device or resource busy", .attach, "Detach"),
    Words(
      "libbpf: prog 'p': failed to attach to cgroup: Invalid argument", .attach, "attach"),
    Words(
      "libbpf: prog 'p': failed to create kprobe 'f+0x0' perf event: Invalid argument", .attach,
      "notrace"),
  ]) func theStepAndTheErrorNumberSayWhatHappened(_ words: Words) throws { try check(words) }

  @Test(arguments: [
    Words(
      """
      libbpf: loading kernel BTF '/sys/kernel/btf/vmlinux': 0
      libbpf: elf: section(5) .maps, size 32, link 0, flags 3, type=1
      libbpf: sec '.text': found program 'f' at insn offset 0 (0 bytes), code size 5 insns (40 bytes)
      libbpf: map 'a': created successfully, fd=4
      libbpf: map 'b': failed to create: Invalid argument(-22)
      libbpf: failed to load object 'x.o'
      """, .libbpf, "EINVAL"),
    Words(
      """
      libbpf: elf: failed to open x.o: No such file or directory
      Error: failed to open object file
      """, .libbpf, "file"),
    Words(
      """
      libbpf: Error loading .BTF into kernel: -22. BTF is mandatory, can't proceed.
      libbpf: failed to load object 'x.o'
      """, .libbpf, "BTF"),
    Words(
      """
      0: R1=ctx() R10=fp0
      0: (b7) r0 = 0                        ; R0_w=0
      1: (95) exit
      processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
      -- END PROG LOAD LOG --
      libbpf: prog 'p': failed to load: -524
      libbpf: failed to load object 'x.o'
      """, .verifier, "JIT"),
    Words(
      """
      libbpf: prog 'p': BPF program load failed: Invalid argument
      libbpf: prog 'p': -- BEGIN PROG LOAD LOG --
      0: (85) call bpf_tail_call#12
      1: (95) exit
      processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
      -- END PROG LOAD LOG --
      libbpf: prog 'p': failed to load: -22
      """, .verifier, "PROG_ARRAY"),
    Words(
      """
      0: (85) call unknown#-1
      invalid func unknown#-1
      processed 0 insns (limit 1000000)
      exit status 1
      make: *** [Makefile:7: run] Error 1
      """, .verifier, "memset"),
    Words(
      "0: (b7) r2 = 5                        ; R2_w=5\n1: (85) call bpf_map_lookup_elem#1\n"
        + "R2 type=scalar expected=fp, pkt, pkt_meta, map_key, map_value\nprocessed 2 insns",
      .verifier,
      "the number 5"),
    Words("unknown opcode 91\nprocessed 0 insns (limit 1000000)", .verifier, "mcpu=v3"),
    Words("BPF_STX uses reserved fields\nprocessed 0 insns (limit 1000000)", .verifier, "5.12"),
    Words(
      "0: (85) call bpf_probe_read_kernel#113\nunknown func bpf_probe_read_kernel#113\nprocessed 1 insns",
      .verifier, "lockdown"),
  ]) func theFirstCauseCounts(_ words: Words) throws { try check(words) }

  @Test(arguments: [
    Words("modprobe: ERROR: could not insert 'demo': Exec format error", .moduleLoader, "headers"),
    Words("modprobe: ERROR: could not insert 'demo': Invalid argument", .moduleLoader, "dmesg"),
    Words("modprobe: ERROR: could not insert 'demo': No such device", .moduleLoader, "ENODEV"),
    Words(
      "modprobe: ERROR: could not insert 'demo': Required key not available", .policy, "mokutil"),
    Words("Failed to insert 'demo': Key was rejected by service", .policy, "mokutil"),
    Words(
      "modprobe: FATAL: Module demo not found in directory /lib/modules/6.8.0-45-generic",
      .moduleLoader, "dkms"),
    Words(
      "Jan 02 03:04:05 host systemd-modules-load[70]: Failed to find module 'demo'", .moduleLoader,
      "depmod"),
    Words(
      "Error! Your kernel headers for kernel 6.8.0-45-generic cannot be found at "
        + "/lib/modules/6.8.0-45-generic/build or /lib/modules/6.8.0-45-generic/source.",
      .moduleLoader,
      "linux-headers"),
    Words("insmod: can't insert 'demo.ko': invalid module format", .moduleLoader, "dkms"),
    Words("insmod: can't insert 'demo.ko': operation not permitted", .policy, "Secure Boot"),
    Words("demo: Unknown symbol __fentry__ (err -2)", .moduleLoader, "tracer"),
    Words("demo: Unknown symbol __aeabi_ldivmod (err 0)", .moduleLoader, "div64"),
    Words("demo: Unknown symbol foo_register (err -2)", .moduleLoader, "modprobe"),
    Words("[   9.1] failed to validate module [demo] BTF: -22", .moduleLoader, "not damaged"),
    Words(
      "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7",
      .policy,
      "mokutil"),
    Words(
      "Lockdown: agent: use of bpf to read kernel RAM is restricted; see man kernel_lockdown.7",
      .policy,
      "confidentiality"),
    Words(
      "audit: type=1400 audit(1700000000.1:2): avc:  denied  { confidentiality } for  pid=9 comm=\"agent\" "
        + "lockdown_reason=\"use of bpf to read kernel RAM\" tclass=lockdown permissive=0", .policy,
      "confidentiality"),
  ]) func modulesAndPolicy(_ words: Words) throws { try check(words) }

  @Test(arguments: [
    "libbpf: loading object 'demo' from buffer\nlibbpf: elf: section(3) kprobe/f, size 8, link 0",
    "libbpf: map 'a': created successfully, fd=4",
    "Attaching 3 probes...\n^C\n@: 7",
    "0: (b7) r0 = 2\n1: (95) exit\nprocessed 2 insns, stack depth 0\nmake: Leaving directory '/src'",
    "{\"level\":\"info\",\"msg\":\"loaded program, attaching to eth0\"}",
    "insmod demo.ko\ndemo: module loaded, no errors",
  ]) func whatIsNoRefusalIsNone(log: String) {
    #expect(RefusalLog.rejection(in: Array(log.utf8)) == nil)
  }

  @Test func theNumbersOfAMissAreCounted() throws {
    let sums = [
      (
        "invalid access to map value, value_size=32 off=56 size=8",
        "ends at byte 64.*has 32: 32 bytes"
      ),
      (
        "invalid access to packet, off=14 size=1, R1(id=0,off=14,r=0)",
        "15 bytes behind.*15 bytes too"
      ),
      ("invalid write to stack R10 off=-520 size=8", "8 bytes below"),
      ("invalid read from stack R6 off=0 size=4", "4 bytes above"),
      ("combined stack size of 2 calls is 544. Too large", "32 bytes more"),
      ("invalid access to memory, mem_size=16 off=16 size=1", "1 byte too far"),
    ]
    for (message, sum) in sums {
      try check(Words("0: (95) exit\n\(message)\nprocessed 1 insns", .verifier, sum))
    }
  }

  @Test func filtersMatchGateCategoryOriginAndName() throws {
    let found = try #require(
      RefusalLog.rejection(in: Array("R0 invalid mem access 'map_value_or_null'".utf8)))
    for word in ["any", "verifier", "register-type-safety", "source", found.id ?? ""] {
      #expect(RefusalFilter(word)?.matches(found) == true, "\(word)")
    }
    for word in ["libbpf", "memory-safety", "environment", "verifier.read-ok"] {
      #expect(RefusalFilter(word)?.matches(found) == false, "\(word)")
    }
    #expect(RefusalFilter("verifyer") == nil)
  }
}
