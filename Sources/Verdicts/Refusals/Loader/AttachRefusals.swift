// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoaderRefusal {
  /// libbpf, bcc, bpftrace, ebpf-go, aya, iproute2: what they say when a place to attach to fails.
  static let ofAttaching: [LoaderRefusal] =
    ofUserProbes + ofPrograms + ofPlaces + ofTraffic
    + ofDevices

  private static let ofPlaces: [LoaderRefusal] = [

    // kernel/trace/bpf_trace.c, perf_event_attach_bpf_prog(); max_ctx_offset in perf_event_set_bpf_prog().
    LoaderRefusal(
      .attach,
      [
        "create BPF link for perf_event FD *: -13", "create BPF link for perf_event FD *: -EACCES",
        // Kernels without such links: libbpf's ioctl() instead.
        "attach to perf_event FD *: Permission denied", "attach to perf_event FD *: -EACCES",
      ],
      headline: "the program reads beyond the tracepoint's record",
      explanation:
        "The kernel compares how far the program reads into its context with the size of this "
        + "tracepoint's record, and the program reads further.",
      suggestion: "Compare the fields that you read with the tracepoint's format file in tracefs.",
      origin: .source),
    LoaderRefusal(
      .attach, ["it's not traceable", "is not traceable", "not traceable ("],
      headline: "the function cannot be traced",
      explanation:
        "The kernel has no probe point for it: it does not exist in this kernel, the compiler "
        + "inlined it, or it is marked notrace.",
      suggestion:
        "Look it up in /proc/kallsyms and in tracefs's available_filter_functions; take another "
        + "function or a tracepoint, or the name with its suffix (.isra.0)."),
    LoaderRefusal(
      .attach,
      [
        "probe entry may not exist", "tracepoint not found", "No probes to attach",
        "symbol not found", "function not found", "ould not resolve symbol",
        "tracing/events/*No such file", "ould not resolve uprobe target",
        "determine address of symbol", "nknown network interface", "binary * doesn't exist",
        "resolve full path for '", "offset for binary", "find a unique match for",
        "no match for kprobe", "symbol *: not found", "token *: not found",
        "tracepoint * does not exist", "Tracepoint is not found",
        "ould not find symbol*for attach", "find a match for",
      ],
      headline: "the place to attach to does not exist",
      explanation: "The function, tracepoint or device is not there.",
      suggestion:
        "Check the name against this kernel's symbols, tracepoints and devices (/proc/kallsyms, "
        + "available_filter_functions in tracefs, ip link), or against the library's (nm -D).",
      weight: .consequence),
    LoaderRefusal(
      .attach,
      [
        "XDP program already attached", "already attached", "prog already attached",
        "Native and generic XDP can't be active", "program does not match expected",
        "replace active BPF XDP link", "XDP_FLAGS_REPLACE is not specified",
        "func * has been attached", "LSM * has been attached", "racepoint * has been attached",
        "unset mode is ambiguous", "kernel bpf_mprog", "XDP prog detected",
      ],
      headline: "the place to attach to is taken",
      explanation: "Another program is attached and does not share the place.",
      suggestion:
        "Detach the other one first (ip link set dev … xdp off, bpftool net detach), or replace "
        + "it (ip link … -force, tc filter replace)."),
    // kernel/events/uprobes.c and the architecture's arch_uprobe_analyze_insn().
    LoaderRefusal(
      .attach,
      [
        "uprobe*(-524)", "uprobe*524", "uprobe*(-22)", "uprobe*: Invalid argument",
        "uprobe*: invalid argument",
      ],
      headline: "no uprobe can be set at that place",
      explanation:
        "The kernel refused the instruction at that offset: it is none that a uprobe can take over, or "
        + "the offset is not where an instruction begins. An offset is counted from the start of the file, "
        + "not an address in memory.",
      suggestion:
        "Compute the offset from the symbol (symbol's address minus that of its segment, plus the "
        + "segment's offset in the file), or name the function and let libbpf find it (func_name); compare "
        + "it with objdump -d."),
    LoaderRefusal(
      .attach, ["spec validation failed: call * not found"],
      headline: "the function to attach to does not exist",
      explanation:
        "The loader looked the function up in the kernel's type information before it attached a "
        + "kprobe, and found none of the name.",
      suggestion:
        "Check the name against /proc/kallsyms and tracefs's available_filter_functions; system calls "
        + "have the architecture's prefix (__x64_sys_…).", weight: .consequence),
    LoaderRefusal(
      .attach,
      ["attach struct_op", "attach struct op", "attach_struct_ops", "register struct_ops"],
      headline: "the kernel did not take this set of operations",
      explanation:
        "The struct_ops map was refused when it was attached: a field is set that this kernel's "
        + "struct does not have (E2BIG), a member is missing or not valid, or another set is active.",
      suggestion:
        "Compare the struct's members with this kernel's (vmlinux.h), leave out those that it does "
        + "not have, and look at dmesg."),
    // kernel/events/core.c, perf_mmap().
    LoaderRefusal(
      .attach, by: .policy, ["mmap perf buffer", "mmap perf ring buffer"],
      headline: "no locked memory for the event buffers",
      explanation:
        "The buffer of each CPU counts as locked memory, and the kernel did not allow or have that "
        + "much.",
      suggestion:
        "Use fewer pages per CPU, raise kernel.perf_event_mlock_kb or RLIMIT_MEMLOCK, or run "
        + "with CAP_IPC_LOCK; a ring buffer (5.8) needs one buffer for all CPUs."),
    // kernel/bpf/cgroup.c, cgroup_bpf_prog_attach().
    LoaderRefusal(
      .attach,
      [
        "ttach to cgroup", "ttach_type 0:", "ttach_type 1:", "ttach_type 2:", "ttach_type 3:",
        "ttach_type 6:",
        "ttach cgroup",
      ],
      headline: "the program cannot be attached to the cgroup",
      explanation:
        "Programs for cgroups are attached to a directory of cgroup v2, opened for reading. The "
        + "descriptor is that of something else or is closed, the hierarchy is v1, another program there "
        + "does not allow more (BPF_F_ALLOW_MULTI), or CAP_NET_ADMIN is missing.",
      suggestion:
        "Open a directory of the cgroup2 mount (findmnt -t cgroup2; often /sys/fs/cgroup or "
        + "/sys/fs/cgroup/unified) and keep it open; look at bpftool cgroup tree."),
  ]

  private static let ofTraffic: [LoaderRefusal] = [
    // net/sched/sch_api.c: libbpf and iproute2 create the qdisc with NLM_F_EXCL.
    LoaderRefusal(
      .attach,
      [
        "tc hook*file exists", "TC hook*ile exists", "reate*clsact*ile exists",
        "Exclusivity flag on",
      ],
      headline: "the interface has its qdisc for programs already",
      explanation:
        "Programs for tc hang on the qdisc clsact, of which an interface has one for both directions, "
        + "and it exists already. The kernel calls that \"Exclusivity flag on\".",
      suggestion:
        "Go on if bpf_tc_hook_create() answers -EEXIST: the hook that exists can be used. Or delete "
        + "it first (tc qdisc del dev … clsact), if nobody else's program hangs on it.",
      origin: .source),
    LoaderRefusal(
      .attach, ["reate TC hook", "reate tc hook", "tc hook create", "ttach TC hook"],
      headline: "there is no hook for tc on the interface",
      explanation:
        "Programs for tc hang on the qdisc clsact of an interface, and it could not be added: the "
        + "interface does not exist, or the kernel lacks sch_ingress or cls_bpf.",
      suggestion: "Check the interface's name, CONFIG_NET_SCH_INGRESS, CONFIG_NET_CLS_BPF and "
        + "CONFIG_NET_CLS_ACT, and modprobe sch_ingress.", weight: .consequence),
  ]

  private static let ofDevices: [LoaderRefusal] = [
    // tools/lib/bpf and libxdp say attach, and load first; attaching XDP never ends with EACCES.
    LoaderRefusal(
      .attach, by: .verifier, ["ttach XDP program*(-13)", "ttach XDP program*ermission denied"],
      headline: "the kernel refused the program, and its log is not here",
      explanation:
        "The tool loads the program before it attaches it, and attaching does not fail with "
        + "EACCES: the verifier refused the program. Its log says which instruction and why.",
      suggestion: "Load again with the verifier's log: xdp-loader -vv, bpftool prog load -d; in "
        + "libxdp libxdp_set_print().", weight: .consequence),
    LoaderRefusal(
      .attach,
      [
        "XDP expects", "XDP requires", "XDP is not", "XDP not supported", "enable XDP",
        "queues for XDP", "resources for XDP",
        "large for XDP", "supported for XDP", "big for XDP", "required for XDP", "space for XDP",
        "set up XDP", "Too few free TX rings", "XDP mode not supported", "does not support XDP",
        "not supported on XDP", "not supported with XDP", "not yet supported with XDP",
        "is incompatible with XDP", "set xdp program, ", "Setting up XDP", "set XDP while",
        "XDP when peer", "rings w/ XDP", "MTU too large*XDP", "MTU is too large*XDP",
        "mtu too large",
        "mtu:*too large", "larger than * XDP", "XDP frag support", "XDP program not aware",
        "configure XDP with MTU", "supported when XDP", "to support XDP", "in order to use XDP",
        "XDP RX buffer size", "XDP mode, RXQs", "XDP prog does not support frags", "XDP TXQs leave",
        "XDP_TX needs two TX", "XDP: not support", "install XDP to device",
        "propagate XDP to device",
        "create * XDP tx queues", "XDP can be loaded only", "set xdp only when", "vf_setxdp failed",
        "while xdp is on", "when XDP prog is attached", "offload not supported with potential",
        "not support eBPF offload", "mode not supported - try", "rxq_info_reg",
        "resources for * XDP", "TX and XDP rings",
        "bind XDP program", "ailed to register xdp", "initialise XDP queue",
      ],
      headline: "the network driver does not support native XDP",
      explanation: "The driver of this device cannot run XDP programs itself, or not in this "
        + "configuration (MTU, queues, LRO).",
      suggestion:
        "Attach in generic mode (xdpgeneric, -m skb, XDP_FLAGS_SKB_MODE), or change the device's "
        + "settings that dmesg names."),
  ]

  /// The kernel's extended answer (net/core/dev.c) names what does not go with the program.
  private static let ofPrograms: [LoaderRefusal] = [
    LoaderRefusal(
      .attach,
      [
        "BPF_XDP_DEVMAP programs can", "BPF_XDP_CPUMAP programs can", "bound to a different device",
        "device-bound programs in generic", "Only one XDP mode flag", "Invalid XDP flags",
        "without HW_MODE flag", "not bound to every device", "only offload of BPF classifiers",
      ],
      headline: "the program does not go with the way it is attached",
      explanation:
        "The section says that the program is for a map of devices or CPUs or for one device, or the flags "
        + "ask for a mode that this program cannot have.",
      suggestion:
        "Use SEC(\"xdp\") for a program that is attached to an interface, and one mode flag "
        + "(XDP_FLAGS_SKB_MODE, _DRV_MODE or _HW_MODE).", origin: .source)
  ]

  /// libbpf's usdt.c and bcc's usdt.
  private static let ofUserProbes: [LoaderRefusal] = [
    LoaderRefusal(
      .attach,
      [
        "usdt: failed", "usdt: no USDT", "usdt: invalid", "usdt: un", "usdt: kernel doesn't",
        "usdt: attaching to", "usdt: ELF", "usdt: matched", "usdt: too many",
        "usdt: libbpf doesn't",
        "USDT failed to instrument", "Failed to enable USDT", "nable to enable USDT",
        "nable to find USDT", "nable to load USDT", "No USDT probes found", "usdt: IP collision",
      ],
      headline: "no probe of that name can be set in the program (USDT)",
      explanation:
        "The binary has no notes on static probes (.note.stapsdt) or not this one, it is not the file that "
        + "the process runs, or the probe's arguments are of a kind that the loader cannot read.",
      suggestion:
        "List the probes with readelf -n or bpftrace -l 'usdt:/path:*'; give the path of the library that "
        + "has them, and the process's number if the probe has a semaphore."),
    LoaderRefusal(
      .attach,
      [
        "ringbuf: failed", "ringbuf: map fd", "ringbuf: ring", "open ring buffer",
        "create new ring buffer",
        "initialize ring buffer",
      ],
      headline: "the ring buffer cannot be opened for reading",
      explanation:
        "The program was loaded. Reading needs a map of the type BPF_MAP_TYPE_RINGBUF (5.8), mapped into "
        + "this process's memory, and the map is of another type, is not there, or could not be mapped.",
      suggestion:
        "Check the map's type and that it was created, the kernel's version, and the process's privilege; "
        + "on older kernels use a perf buffer.", weight: .consequence),
  ]
}
