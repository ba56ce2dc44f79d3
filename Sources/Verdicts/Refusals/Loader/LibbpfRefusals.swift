// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoaderRefusal {
  /// libbpf 0.x and 1.x: src/libbpf.c, relo_core.c, btf.c; and what other loaders say of the same.
  static let ofLibbpf: [LoaderRefusal] =
    ofObjects + ofTypeInformation + ofRelocations + ofTheKernel + [
      // Anything else that the kernel did not allow.
      LoaderRefusal(
        .libbpf, by: .policy, ["permission denied by kernel lockdown"],
        headline: "not enough privilege to load programs",
        explanation: "The kernel did not allow this process to load the program.",
        suggestion: "Load with CAP_BPF and what the program type needs besides.",
        weight: .consequence)
    ]

  private static let ofObjects: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf, ["legacy map definitions in", "legacy 'maps' section"],
      headline: "maps are declared in a way that libbpf 1.0 has dropped",
      explanation:
        "The object declares its maps as struct bpf_map_def in a section named maps; libbpf "
        + "1.0 and later only read declarations with types (BTF).",
      suggestion:
        "Declare the maps in SEC(\".maps\") with __uint(type, …) and __type(key, …), and compile "
        + "with -g; or load with a libbpf before 1.0 (iproute2 built without libbpf reads them, too).",
      origin: .source),
    LoaderRefusal(
      .libbpf,
      ["failed to guess program type from ELF section '.text'", "no program found in section"],
      headline: "the program is not in a section of its own",
      explanation:
        "What is loaded is the section .text: functions without SEC(\"…\") are there, and "
        + "they are no programs but called by them.",
      suggestion: "Put SEC(\"type/target\") before the program, and make helpers static "
        + "__always_inline, or load the section by its name.", origin: .source),
    LoaderRefusal(
      .libbpf, ["failed to guess program type", "missing BPF prog type", "no program type"],
      headline: "the section's name does not say what type the program has",
      explanation:
        "libbpf takes the program's type from the name of its section (SEC(\"kprobe/…\"), "
        + "SEC(\"xdp\")), and this one is not on its list.",
      suggestion: "Name the section as libbpf's list of program types has it, or set the type with "
        + "bpf_program__set_type().", origin: .source),
    LoaderRefusal(
      .libbpf, ["failed to open system Kconfig"],
      headline: "the kernel's configuration cannot be read",
      explanation: "The object asks for a CONFIG_ value, and neither /proc/config.gz nor "
        + "/boot/config-* of this kernel is there.",
      suggestion: "Make the file available, or declare the extern __weak."),
    LoaderRefusal(
      .libbpf,
      ["struct_ops init_kern", "struct_ops reloc", "program isn't referenced anywhere"],
      headline: "the kernel cannot take this set of operations",
      explanation: "The struct_ops type or one of its members does not fit what the kernel has.",
      suggestion: "Compare the type's name and members with this kernel's."),
    LoaderRefusal(
      .libbpf,
      [
        "is not a valid eBPF object", "unrecognized ELF section", "elf: failed to",
        "invalid license",
        "elf: * is corrupted", "elf: * is not a valid", "elf: * is malformed", "invalid ELF",
        "bad magic number", "error parsing BPF object", "elf: endianness mismatch",
        "elf: invalid", "elf: symbol strings", "no such section", "parse ELF", "not an ELF",
      ],
      headline: "the object is not one that libbpf can load",
      explanation: "A section's name, or the file itself, is not what this loader understands.",
      suggestion:
        "Check that the file was compiled with -target bpf for this machine's byte order, "
        + "and the sections' names against libbpf's list.", origin: .compiler),
  ]

  private static let ofRelocations: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf,
      ["target candidate search failed"],
      headline: "a type that the object names has no match in this kernel",
      explanation:
        "A CO-RE relocation looks up a type of the object in the kernel's BTF. The type has no "
        + "name, or this kernel's BTF has none of the kind and name.",
      suggestion:
        "Give the struct a name and declare it with preserve_access_index as the kernel does "
        + "(vmlinux.h), or check with bpf_core_type_exists()."),
    LoaderRefusal(
      .libbpf, ["relocation decision ambiguity", "field offset ambiguity", "bit offset ambiguity"],
      headline: "a CO-RE relocation cannot be decided",
      explanation:
        "More than one type of this kernel's BTF fits what the object names, and they differ.",
      suggestion:
        "Name the exact type, with its ___flavour, or use a libbpf that removes duplicates."),
    LoaderRefusal(
      .libbpf,
      ["failed to resolve CO-RE relocation", "bad CO-RE relocation", "apply CO-RE relocations"],
      headline: "a CO-RE relocation has no match in this kernel",
      explanation: "The object names a type, field or value that this kernel's BTF does not have.",
      suggestion: "Guard the access with bpf_core_field_exists(), or build for this kernel."),
    LoaderRefusal(
      .libbpf,
      ["failed to perform CO-RE relocations", "failed to relocate", "error relocating"],
      headline: "a CO-RE relocation has no match in this kernel",
      explanation: "The object names a type, field or value that this kernel's BTF does not have.",
      suggestion: "Guard the access with bpf_core_field_exists(), or build for this kernel.",
      weight: .consequence),
    LoaderRefusal(
      .libbpf,
      [
        "not found in kernel or module BTFs", "not found in kernel BTF",
        "failed to find vmlinux or module", "extern (func ksym)", "(strong): not resolved",
        "extern (var ksym)", "unresolved extern", "kfunc '*' is referenced but wasn't resolved",
      ],
      headline: "a kernel function or variable does not exist here",
      explanation: "The object refers to a kernel symbol that this kernel does not offer.",
      suggestion: "Declare it __weak and check it with bpf_ksym_exists(), or use another kernel."),
    LoaderRefusal(
      .libbpf, ["map '*' is referenced but wasn't created"],
      headline: "a map could not be created",
      explanation: "The kernel refused the map's type, sizes or flags.",
      suggestion: "Check the map's definition; a size may be too large or the type unknown here."),
    LoaderRefusal(
      .libbpf, ["bad map relo", "bad relo for", "invalid relo for", "unexpected relo"],
      headline: "a reference in the object that libbpf cannot resolve",
      explanation:
        "An instruction refers to a section or symbol that is neither a map, a function, nor a "
        + "variable that libbpf knows; global variables need libbpf, and iproute2 without it takes none.",
      suggestion:
        "Load with a current libbpf; keep strings and variables in .rodata, .data or .bss, or "
        + "on the stack.", origin: .source),
  ]

  private static let ofTypeInformation: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf, ["Unsupported BTF_KIND", "unknown BTF kind", "Unknown BTF kind", "unknown kind"],
      headline: "the library is older than the type information",
      explanation:
        "The kernel's BTF, or the object's, has a kind that this libbpf (or loader) does not know, "
        + "so it can't use any of it.",
      suggestion: "Use a newer libbpf or loader; or type information written by an older pahole."),
    LoaderRefusal(
      .libbpf,
      [
        "load BTF for kmod", "parse types for module", "failed to load module BTF",
        "BTF of module",
      ],
      headline: "a kernel module's type information cannot be read",
      explanation: "CO-RE looks for types in the BTF of all loaded modules, and one of them "
        + "(/sys/kernel/btf/<module>) is damaged or empty.",
      suggestion:
        "Unload or rebuild that module (its BTF must be made beside this kernel's vmlinux), or use a "
        + "version of the loader that leaves such a module out."),
    LoaderRefusal(
      .libbpf, ["BTF debug data section '.BTF' rejected", "'.BTF' rejected"],
      headline: "the kernel refused the object's type information",
      explanation:
        "iproute2 passes the object's BTF on as it is, and the kernel does not accept it: it has no "
        + "sizes filled in (DATASEC), or a kind that this kernel does not know. The program may load without it.",
      suggestion:
        "Use an iproute2 that is built with libbpf, which fixes the BTF; or compile with an older "
        + "clang, or without -g."),
    LoaderRefusal(
      .libbpf,
      ["failed to find valid kernel BTF", "kernel BTF is missing", "Error loading vmlinux BTF"],
      headline: "the kernel has no type information",
      explanation: "The object needs the kernel's BTF, and this kernel has none.",
      suggestion:
        "Use a kernel built with CONFIG_DEBUG_INFO_BTF, or give the loader a BTF file of this "
        + "kernel (BTFHub)."),
    LoaderRefusal(
      .libbpf, ["no BTF found for kernel version", "kernel doesn't have BTF", "no BTF for kernel"],
      headline: "the kernel has no type information",
      explanation: "The object needs the kernel's BTF, and this kernel has none.",
      suggestion:
        "Use a kernel built with CONFIG_DEBUG_INFO_BTF, or give the loader a BTF file of this "
        + "kernel (BTFHub)."),
    LoaderRefusal(
      .libbpf,
      [
        "BTF is required, but is missing or corrupted", "Error loading .BTF into kernel*mandatory",
        "failed to find BTF for extern", "Error finalizing", "BTF is mandatory",
      ],
      headline: "the object's type information is missing or refused",
      explanation: "libbpf or the kernel could not use the object's .BTF section.",
      suggestion: "Compile with -g, with a clang that this libbpf understands.", origin: .compiler),
    LoaderRefusal(
      .libbpf, ["Error loading BTF", "Error loading .BTF"],
      headline: "the object's type information is missing or refused",
      explanation: "libbpf or the kernel could not use the object's .BTF section.",
      suggestion: "Compile with -g, with a clang that this libbpf understands.",
      weight: .consequence, origin: .compiler),
    LoaderRefusal(
      .libbpf,
      [
        "failed to find kernel BTF type ID of", "is not found in vmlinux BTF",
        "failed to find BTF info for attach", "not found in vmlinux BTF",
      ],
      headline: "the attach target does not exist in this kernel",
      explanation: "The function or hook that the section names is not in the kernel's BTF.",
      suggestion: "Name a function that this kernel has and does not inline."),
  ]

  private static let ofTheKernel: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf, by: .policy,
      ["bpf_object__probe_loading*(1)", "bpf_object__probe_loading*not permitted"],
      headline: "not enough privilege to load programs",
      explanation:
        "libbpf tries a program of two instructions first, and the kernel did not allow even "
        + "that: a capability is missing, or, before 5.11, RLIMIT_MEMLOCK is too low.",
      suggestion:
        "Load as root or with CAP_BPF, and raise RLIMIT_MEMLOCK (setrlimit, ulimit -l unlimited, "
        + "a container's ulimits)."),
    LoaderRefusal(
      .libbpf, ["bpf_object__probe_loading", "Couldn't load trivial BPF program"],
      headline: "the kernel does not take even a trivial program",
      explanation:
        "libbpf tries a program of two instructions first, and the kernel refused that: BPF is "
        + "not built in, RLIMIT_MEMLOCK is too low (before 5.11), or this version of libbpf asks in a way "
        + "that the kernel does not know (some did on kernels before 4.15, and on vendors' kernels whose "
        + "version is not the upstream one).",
      suggestion:
        "Check CONFIG_BPF_SYSCALL, raise RLIMIT_MEMLOCK, and use another version of libbpf."),
    LoaderRefusal(
      .libbpf, by: .verifier,
      [
        "verification log buffer not big enough", "log buffer not big enough",
        "log buffer is too small", "Log buffer too small", "increase LogSizeStart",
        "increase LogSize", "BPFTRACE_LOG_SIZE", "BPFTRACE_MAX_BPF_PROGS*log",
      ],
      headline: "the verifier's log does not fit its buffer",
      explanation:
        "The kernel stopped because its log was longer than the buffer that the loader gave it, "
        + "or could not be written. What it would have refused, if anything, is not known.",
      suggestion:
        "Give a larger log buffer (bpftrace: BPFTRACE_LOG_SIZE; ebpf-go: LogSizeStart, formerly "
        + "LogSize; libbpf: kernel_log_size), or a lower log level; look at dmesg for a verifier bug.",
      weight: .consequence, origin: .environment),
    LoaderRefusal(
      .libbpf,
      [
        "owner_prog_type", "incompatible with the program type", "prog array map is incompatible",
        "prog_array owner", "tail call map owner", "incompatible prog array",
        "failed to initialize slot [*] to prog", "update prog array", "prog array*invalid argument",
      ],
      headline: "a tail call's map belongs to programs of another type",
      explanation:
        "The first program that uses a map of programs (BPF_MAP_TYPE_PROG_ARRAY) makes it the "
        + "map of its own type, attach type and JIT; others cannot use it or be put into it.",
      suggestion:
        "Use one map for each program type, with the same type and attach type for all programs "
        + "in it; delete a stale pin of the map."),
    LoaderRefusal(
      .libbpf,
      [
        "couldn't reuse pinned map", "map spec * doesn't match", "parameter mismatch",
        "incompatible map specs",
      ],
      headline: "a pinned map does not fit the object's",
      explanation: "A map of this name is pinned already, with another type, size or flags.",
      suggestion: "Remove the pin (rm under /sys/fs/bpf), or give the map another name."),
  ]

  /// libbpf, bcc, bpftrace, ebpf-go, aya, iproute2: what they say when a place to attach to fails.
  static let ofAttaching: [LoaderRefusal] = [
    // kernel/trace/bpf_trace.c, perf_event_attach_bpf_prog(); max_ctx_offset in perf_event_set_bpf_prog().
    LoaderRefusal(
      .attach, ["create BPF link for perf_event FD *: -13"],
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
        "symbol not found", "function not found",
      ],
      headline: "the place to attach to does not exist",
      explanation: "The function, tracepoint or device is not there.",
      suggestion: "Check the name against this kernel's symbols, tracepoints and devices.",
      weight: .consequence),
    LoaderRefusal(
      .attach,
      [
        "Exclusivity flag on, cannot modify", "XDP program already attached",
        "already attached", "prog already attached", "Native and generic XDP can't be active",
      ],
      headline: "the place to attach to is taken",
      explanation: "Another program is attached and does not share the place.",
      suggestion:
        "Detach the other one first (ip link set dev … xdp off, bpftool net detach), or replace "
        + "it (ip link … -force, tc filter replace)."),
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
    LoaderRefusal(
      .attach,
      [
        "XDP expects", "XDP requires", "XDP is not", "XDP not supported", "enable XDP", "for XDP",
        "set up XDP", "XDP mode not supported", "does not support XDP",
      ],
      headline: "the network driver does not support native XDP",
      explanation: "The driver of this device cannot run XDP programs itself, or not in this "
        + "configuration (MTU, queues, LRO).",
      suggestion:
        "Attach in generic mode (xdpgeneric, -m skb, XDP_FLAGS_SKB_MODE), or change the device's "
        + "settings that dmesg names."),
  ]
}
