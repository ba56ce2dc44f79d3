// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoaderRefusal {
  /// libbpf 0.x and 1.x: src/libbpf.c, relo_core.c, btf.c; and what other loaders say of the same.
  static let ofLibbpf: [LoaderRefusal] =
    ofObjects + ofDeclarations + ofNames + ofFeatures + ofTypeInformation + ofRelocations
    + ofTheKernel
    + [
      // Anything else that the kernel did not allow.
      LoaderRefusal(
        .libbpf, by: .policy, ["permission denied by kernel lockdown"],
        headline: "not enough privilege to load programs",
        explanation: "The kernel did not allow this process to load the program.",
        suggestion: "Load with CAP_BPF and what the program type needs besides.",
        weight: .consequence)
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
      [
        "failed to perform CO-RE relocations", "failed to relocate", "error relocating",
        "relocating function", "relocating section",
      ],
      headline: "a CO-RE relocation has no match in this kernel",
      explanation: "The object names a type, field or value that this kernel's BTF does not have.",
      suggestion: "Guard the access with bpf_core_field_exists(), or build for this kernel.",
      weight: .consequence),
    LoaderRefusal(
      .libbpf,
      [
        "not found in kernel or module BTFs", "not found in kernel BTF",
        "failed to find vmlinux or module", "extern (func ksym) '*': not",
        "extern (func ksym) '*': func", "(strong): not resolved",
        "extern (var ksym) '*': not", "unresolved extern", "extern (ksym) '*': resolution",
        "kfunc '*' is referenced but wasn't resolved", "strong extern `*` not resolvable",
        "kernel variable '*' not found", "kernel variable '*' has incompatible",
        "kernel function '*' has incompatible", "kernel is missing symbol",
        "resolve required ksyms",
        "extern (var ksym) '*': incompat", "unrecognized extern section",
        "find extern definition for",
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
      .libbpf,
      [
        "bad map relo", "bad relo for", "invalid relo for", "unexpected relo",
        "bad call relo against",
        "bad data relo against", "bad subprog addr relo", "invalid relo against",
        "not found while relocating", "no .text section found yet", "referenced by relocation #",
        "no jump target found", "extern relo failed",
        "ELF contains non-{map,call} related relo",
      ],
      headline: "a reference in the object that libbpf cannot resolve",
      explanation:
        "An instruction refers to a section or symbol that is neither a map, a function, nor a "
        + "variable that libbpf knows; global variables need libbpf, and iproute2 without it takes none.",
      suggestion:
        "Load with a current libbpf; keep strings and variables in .rodata, .data or .bss, or "
        + "on the stack.", origin: .source),
  ]

  /// Loaders ask what the kernel can do before they load (ebpf-go's feature tests, libpman, libxdp).
  private static let ofFeatures: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf,
      [
        "rogram type is not supported", "ap type is not supported", "not supported (requires >= v",
        "rogram type not supported", "ap type not supported", "kernel doesn't support global data",
        "not supported by the current kernel", "not supported by the running kernel",
        "not supported on current kernel", "kernel * does not support fentry",
        "Missing required kernel feature", "not available for your kernel version",
        "kernel doesn't support USDT semaphore", "not support BPF", "not support eBPF",
      ],
      headline: "the kernel lacks a feature that the loader needs",
      explanation:
        "The loader tried what this kernel can do before it loaded the program, and a program type, "
        + "attach type or map type is not there.",
      suggestion:
        "Use a newer kernel, or one with the option for it (bpftool feature probe lists what "
        + "there is); some loaders can do without if told so.", weight: .consequence)
  ]

  private static let ofTypeInformation: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf, ["nsupported BTF_KIND", "unknown BTF kind", "Unknown BTF kind", "unknown kind"],
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
    // ebpf-go reads what the compiler wrote beside the instructions before it loads them.
    LoaderRefusal(
      .libbpf, ["parse func info", "parse line info", "parse CO-RE relo", "but expected a Func"],
      headline: "the object's type information does not fit its instructions",
      explanation:
        "The loader could not make sense of the object's .BTF.ext, which names the function, source "
        + "line and relocation of each instruction.",
      suggestion:
        "Compile the object again, with -g and another clang, or use a newer version of the loader.",
      origin: .compiler),
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
      [
        "failed to find valid kernel BTF", "kernel BTF is missing", "Error loading vmlinux BTF",
        "failed to parse target BTF", "find vmlinux BTF, but not found", "unable to find BTF",
        "/sys/kernel/btf/vmlinux*No such file", "/sys/kernel/btf/vmlinux: no such file",
        "/sys/kernel/btf/vmlinux not found", "/sys/kernel/btf/vmlinux does not exist",
        "ernel lacks BTF", "load vmlinux BTF", "BTF file for", "ernel BTF not found",
        "ernel does not support BTF",
        "ernel does not have BTF", "ernel doesn't support BTF", "BTF is not supported",
        "no kernel BTF",
        "ernel has no BTF", "BTF not supported", "ot find kernel BTF",
        "ould not find BTF",
      ],
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
        "BTF is required, but is missing or corrupted", "no BTF parsed for object", "NoBtf",
        "Error loading .BTF into kernel*mandatory",
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
      .libbpf, by: .policy,
      [
        "bump RLIMIT_MEMLOCK", "increase RLIMIT_MEMLOCK", "RLIMIT_MEMLOCK limit", "set rlimit",
        "emlock rlimit", "ing memlock", "remove memlock", "emove memory lock",
        "running as the root user",
        "super-user privileges to run", "bpf: operation not permitted",
        "bpf: Operation not permitted",
        "bpf() * not permitted", "bpf(2) * not permitted", "bpf * requires root", "root to use bpf",
        "root to load bpf", "oot privileges to load",
      ],
      headline: "not enough privilege, or locked memory, for bpf(2)",
      explanation:
        "The tool could not raise its limit of locked memory, which maps and programs count against before "
        + "5.11, or the kernel did not allow the call at all.",
      suggestion:
        "Run as root, or with CAP_BPF, CAP_PERFMON and, to raise the limit, CAP_SYS_RESOURCE; in a "
        + "container give it these capabilities and allow bpf(2) in its seccomp profile.",
      weight: .consequence),
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
        "log buffer is too small", "og buffer too small", "increase LogSizeStart",
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
        "prog_array owner", "Tail call map *, but prog", "array map owner types differ",
        "tail call map owner", "incompatible prog array",
        "failed to initialize slot [*] to prog", "update prog array", "prog array*invalid argument",
      ],
      headline: "a tail call's map belongs to programs of another type",
      explanation:
        "The first program that uses a map of programs (BPF_MAP_TYPE_PROG_ARRAY) makes it the "
        + "map of its own type, attach type and JIT; others cannot use it or be put into it.",
      suggestion:
        "Use one map for each program type, with the same type and attach type for all programs "
        + "in it; delete a stale pin of the map."),
    // kernel/bpf/inode.c, bpf_obj_get_user().
    LoaderRefusal(
      .libbpf,
      [
        "get object *: ", "BPF_OBJ_GET", "bpf_obj_get", "load pinned", "open pinned",
        "retrieve pinned", "opening pin ", "find pinned map", "bpf obj get (",
      ],
      headline: "a pinned map or program cannot be opened",
      explanation:
        "A pin is a file in a bpf file system that names a map or program. The path leads to nothing, to "
        + "an ordinary file, or to a pin that this process may not open.",
      suggestion:
        "Mount the file system (mount -t bpf bpf /sys/fs/bpf), pin the map or program there first "
        + "(bpftool map pin), and open it as root.", weight: .consequence),
    // kernel/bpf/inode.c, bpf_obj_pin_user().
    LoaderRefusal(
      .libbpf,
      [
        "failed to pin", "ailed to pin program", "ailed to pin map", "ailed to auto-pin",
        "annot pin", "is not on BPF FS", "ObjPin", "BPF_OBJ_PIN", "bpf_obj_pin", "o bpffs found",
        "bpffs is not mounted",
        "an't pin", "ould not pin", "equested pinning. pinning failed",
        "no BPF file system found", "mount BPF file system", "couldn't build pin path",
        "pin map to ",
      ],
      headline: "the program or map was loaded, but could not be pinned",
      explanation:
        "A pin is a file in a bpf file system. Its path exists already, lies in another file system, a "
        + "folder on the way is missing, or the process may not write there.",
      suggestion:
        "Remove the old pin (rm), mount the file system (mount -t bpf bpf /sys/fs/bpf), create the "
        + "folder, and run as root; names must not contain a dot.", weight: .consequence),
    LoaderRefusal(
      .libbpf,
      [
        "couldn't reuse pinned map", "map spec * doesn't match", "parameter mismatch",
        "incompatible map specs", "map spec is incompatible with existing map",
        "error reusing pinned map", "Map specification differs from pinned",
        "map * reuse fd failed",
        "already has pin path",
      ],
      headline: "a pinned map does not fit the object's",
      explanation: "A map of this name is pinned already, with another type, size or flags.",
      suggestion: "Remove the pin (rm under /sys/fs/bpf), or give the map another name."),
  ]
}
