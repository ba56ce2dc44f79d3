// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// The last word of each loader, as its source prints it with plausible values, and what of its
/// output is no refusal.
@Suite(.lane, .timeLimit(.minutes(1))) struct LoaderSourcesTests {
  struct Line: Sendable, CustomTestStringConvertible {
    var gate: Gate
    var text: String
    var testDescription: String { text }

    init(_ gate: Gate, _ text: String) { (self.gate, self.text) = (gate, text) }
  }

  private func check(_ line: Line) throws {
    let found = try #require(RefusalLog.rejection(in: Array(line.text.utf8)))
    #expect(found.by == line.gate, "\(found.message): \(found.headline)")
    #expect(found.line == 1)
  }

  @Test(arguments: [
    Line(.libbpf, "libbpf: map 'counts': conflicting value size 8 != 16."),
    Line(.libbpf, "libbpf: map 'counts': unsupported map linkage static."),
    Line(.libbpf, "libbpf: extern (kcfg) 'CONFIG_HZ': value '1000' doesn't fit in 1 bytes"),
    Line(.libbpf, "libbpf: prog 'f': can't use BPF program without FD (was it loaded?)"),
    Line(.libbpf, "libbpf: elf: couldn't find symbol table in f.bpf.o, stripped object file?"),
    Line(
      .libbpf,
      "libbpf: a warning of a later version: parsing failed\nlibbpf: failed to load object 'f'"),
    Line(.libbpf, "libbpf: failed to load object 'f'"),
    Line(.attach, "libbpf: usdt: no USDT notes section (.note.stapsdt) found in '/bin/f'"),
    Line(.attach, "libbpf: Kernel error message: virtio_net: Too few free TX rings available"),
    Line(.attach, "libbpf: failed to add legacy kprobe event for 'f+0x0': -22"),
    Line(
      .policy,
      "libbpf: Failed to bump RLIMIT_MEMLOCK (err = -1), you might need to do it explicitly!"),
    Line(
      .libbpf,
      "loading objects: field F: program f: apply CO-RE relocations: no match: unknown type"),
    Line(.policy, "field F: map events: map create: operation not permitted"),
    Line(.libbpf, "load kernel spec: open /sys/kernel/btf/vmlinux: no such file or directory"),
    Line(.libbpf, "Error: chained programs are not supported by the current kernel"),
    Line(.libbpf, "Error: strong extern `bpf_f` not resolvable (not in kernel BTF or kallsyms)"),
    Line(.attach, "Error: could not resolve uprobe target `libssl`"),
    Line(.attach, "ioctl(PERF_EVENT_IOC_SET_BPF): Invalid argument"),
    Line(.attach, "USDTException: USDT failed to instrument PID 7"),
    Line(.policy, "Need super-user privileges to run"),
    Line(.libbpf, "ELF format error, ELF file not for eBPF?"),
    Line(.attach, "trace_kprobe: error: Probe point is not an instruction boundary"),
  ]) func programs(_ line: Line) throws { try check(line) }

  @Test(arguments: [
    Line(.attach, "Error: BPF_XDP_DEVMAP programs can not be attached to a device."),
    Line(.attach, "Error: Can't replace active BPF XDP link."),
    Line(.attach, "Error: MTU too large w/ XDP enabled."),
    Line(.attach, "[  9.1] ice 0000:3b:00.0 eth0: LRO is incompatible with XDP"),
    Line(
      .attach,
      "[  9.1] mvneta f1070000.ethernet eth0: Hardware Buffer Management not supported on XDP"),
    Line(
      .attach,
      "[  9.1] igb 0000:01:00.0 eth0: XDP RX buffer size 1500 is too small for the frame size 2048"),
    Line(.verifier, "kernel function btf_id 7 does not have a valid func_proto"),
    Line(.verifier, "JIT does not support calling kernel function"),
  ]) func kernels(_ line: Line) throws { try check(line) }

  @Test(arguments: [
    Line(.moduleLoader, "modprobe: ERROR: could not get module from name 'f': out of reach"),
    Line(.moduleLoader, "insmod: can't read 'f.ko': No such file or directory"),
    Line(.moduleLoader, "modprobe: module f not found in modules.dep"),
    Line(
      .moduleLoader,
      "Error! Could not find module source directory.\nDirectory: /usr/src/f-1 does not exist."),
    Line(
      .moduleLoader,
      "Error! Aborting build of module f/1 for kernel 6.1.0 (x86_64) due to missing BUILD_DEPENDS: g."
    ),
    Line(.moduleLoader, "[  9.1] module: f: Unknown rela relocation: 42"),
    Line(.moduleLoader, "[  9.1] f: string doesn't fit in 7 chars."),
    Line(.moduleLoader, "The ZFS modules are not loaded."),
    Line(.policy, "systemd-modules-load[70]: Module 'f' is deny-listed (by kernel)"),
    Line(.policy, "[  9.1] module: Loading of module with unavailable key is rejected"),
  ]) func modules(_ line: Line) throws { try check(line) }

  @Test(arguments: [
    "libbpf: prog 'f': relo #8: substituting insn #28 w/ invalid insn",
    "libbpf: extern (kcfg) 'CONFIG_HZ': set to 0xfa",
    "libbpf: .maps relo #1: map 'outer' slot [0] points to map 'inner'",
    "libbpf: usdt: failed to get absolute path of 'f' (err -2), using path as is...",
    "libbpf: struct_ops init_kern f: copy g 8 bytes from data(+8) to kern_data(+8)",
    "[  9.1] mlx5_core 0000:01:00.0 eth0: Skip LRO - unsupported with XDP",
    "[  9.1] ena 0000:00:05.0 eth0: XDP program is set, changing the max_mtu from 9216 to 3498",
    "[  9.1] f: module verification failed: signature and/or required key missing - tainting kernel",
    "[  9.1] do_init_module: 'f'->init suspiciously returned 1, it should follow 0/-E convention",
    "rmmod: ERROR: Module f is in use by: g",
    "modprobe: FATAL: Module f is in use.",
    "modprobe: ERROR: missing parameters. See -h.",
    "[  9.1] traps: f[70] trap invalid opcode ip:7f0000001000 sp:7ffc00001000 error:0",
    "Error! Unknown action specified: \"bild\"",
  ]) func whatIsNoRefusalIsNone(text: String) {
    let found = RefusalLog.rejection(in: Array(text.utf8))
    #expect(found == nil, "\(found?.headline ?? "")")
  }
}
