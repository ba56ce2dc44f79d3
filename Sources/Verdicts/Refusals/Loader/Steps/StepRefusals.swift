// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoaderRefusal {
  /// What an error number means at a step; nil where it says nothing that helps.
  ///
  /// - Parameter errno: positive.
  static func of(_ step: LoadStep, errno: Int32) -> LoaderRefusal? {
    byStep.first { $0.step == step && $0.errno == errno }?.refusal
      ?? byStep.first { $0.step == step && $0.errno == 0 }?.refusal
  }

  private typealias Entry = (step: LoadStep, errno: Int32, refusal: LoaderRefusal)

  private static let byStep: [Entry] =
    [ofLoading, ofMaps, ofTypes, ofObjectSteps, ofAttachSteps, ofInserting].flatMap { $0 }
    + [(step: LoadStep.findModule, errno: 0, refusal: notFound)]

  private static func entry(
    _ step: LoadStep, _ errno: Int32, by gate: Gate, category: Category? = nil,
    _ headline: String, _ explanation: String, _ suggestion: String
  ) -> Entry {
    (
      step, errno,
      LoaderRefusal(
        gate, [], category: category, headline: headline, explanation: explanation,
        suggestion: suggestion, weight: .consequence,
        id: "\(step.rawValue)-\(errno == 0 ? "failed" : "errno-\(errno)")")
    )
  }

  /// How each loader gives back the verifier's log.
  static let howToSeeTheLog =
    "Load again with the verifier's log: bpftool prog load -d; in libbpf, "
    + "libbpf_set_print() or LIBBPF_LOG_LEVEL=debug; in ebpf-go, print the error with %+v and set "
    + "LogLevel; in aya, print the whole error and set VerifierLogLevel; in bcc, debug=0x8; in "
    + "bpftrace, -d verifier (before 0.21 -v); in tc, `verbose` behind the object."

  /// kernel/bpf/syscall.c, bpf_prog_load() and what it calls.
  private static let ofLoading: [Entry] = [
    entry(
      .loadProgram, 1, by: .policy, "not enough privilege to load programs",
      "The kernel did not allow this process to load a program of this type. Before 5.11 the same "
        + "number says that RLIMIT_MEMLOCK is too low.",
      "Load as root, or with CAP_BPF and CAP_PERFMON (tracing) or CAP_NET_ADMIN (network); in a "
        + "container also allow bpf(2) in its seccomp profile. Look at kernel.unprivileged_bpf_disabled "
        + "and /sys/kernel/security/lockdown, and before 5.11 raise RLIMIT_MEMLOCK."),
    entry(
      .loadProgram, 2, by: .libbpf, "something that the program names does not exist here",
      "The kernel found no function, type or map of the name or number in the request.",
      "Check the object file's path, and the attach target and the maps against this kernel."),
    entry(
      .loadProgram, 3, by: .libbpf, "a function or type that the program names does not exist here",
      "libbpf answers with ESRCH if it finds no function, type or kernel BTF of the name that the program "
        + "or its section asks for, or no type information at all.",
      "Check the names against this kernel (bpftool btf dump file /sys/kernel/btf/vmlinux), and that "
        + "the kernel has BTF (CONFIG_DEBUG_INFO_BTF); libbpf's own log says which name it is."),
    entry(
      .loadProgram, 7, by: .verifier, category: .verifierLimit,
      "the program is too long or too complex to verify",
      "The kernel gave the program up (E2BIG), and its log is not here. With a log that ends after "
        + "1,000,000 instructions the paths were too many; without a log the program itself was too long "
        + "(4096 instructions before 5.2 and without CAP_BPF, 1,000,000 otherwise), or the loader passed "
        + "a field that this kernel does not know.",
      "Bound loops more tightly, use bpf_loop() or functions that are not inlined, or split the "
        + "program with tail calls. If the program is small, use the loader's version that belongs to this "
        + "kernel. " + howToSeeTheLog),
    // kernel/bpf/verifier.c, do_check().
    entry(
      .loadProgram, 11, by: .verifier, "the load was interrupted",
      "The verifier stops with EAGAIN when the process gets a signal; most loaders try again some times. "
        + "Nothing is said against the program.",
      "Load again; block signals (Go's profiler and scheduler send many), or use a loader that tries "
        + "more often, and look at the kernel's log."),
    entry(
      .loadProgram, 12, by: .libbpf, "no memory for the program",
      "The kernel had no memory for the program or its log, or its limit for compiled code is used "
        + "up (net.core.bpf_jit_limit).",
      "Raise net.core.bpf_jit_limit, and before 5.11 RLIMIT_MEMLOCK; use a smaller log buffer."),
    entry(
      .loadProgram, 13, by: .verifier, "the kernel refused the program, and its log is not here",
      "The verifier says in its log which instruction it refused and why; only its error number is "
        + "here.",
      howToSeeTheLog),
    entry(
      .loadProgram, 14, by: .verifier, "the kernel could not write its log, or the verifier failed",
      "The kernel answered with EFAULT. Up to 6.3 it does so when the log does not fit the buffer in "
        + "some cases; otherwise the verifier met a state that its authors thought impossible.",
      "Enlarge the log buffer (in ebpf-go LogSizeStart, formerly LogSize), or load without a log; "
        + "look at dmesg for a verifier bug."),
    entry(
      .loadProgram, 22, by: .verifier, "the kernel refused the program, and its log is not here",
      "The verifier says in its log which instruction it refused and why; only its error number is "
        + "here. Without any log the request itself was wrong: a program type or attach type that this "
        + "kernel does not know, or a kernel version that does not match (kprobes before 5.0).",
      howToSeeTheLog),
    entry(
      .loadProgram, 28, by: .verifier, "the verifier's log does not fit its buffer",
      "The kernel stopped because its log was longer than the buffer that the loader gave it. What "
        + "it would have refused, if anything, is not known.",
      "Give a larger log buffer (bpftrace: BPFTRACE_LOG_SIZE; ebpf-go: LogSizeStart; libbpf: "
        + "kernel_log_size), or a lower log level."),
    entry(
      .loadProgram, 38, by: .libbpf, "the kernel has no bpf(2)",
      "The system call does not exist (ENOSYS): the kernel was built without CONFIG_BPF_SYSCALL, or a "
        + "sandbox (gVisor, a seccomp profile) hides it.",
      "Use a kernel with CONFIG_BPF_SYSCALL, outside the sandbox."),
    entry(
      .loadProgram, 524, by: .verifier,
      "the verifier accepted the program, and the JIT could not take it",
      "ENOTSUPP (524): the kernel's compiler does not know an instruction or a call in this "
        + "program on this architecture, or the JIT is off and the program needs it.",
      "Set net.core.bpf_jit_enable to 1, use a newer kernel for this architecture, or do without "
        + "kfuncs, bpf-to-bpf calls with tail calls, and atomics."),
    entry(
      .loadProgram, 0, by: .verifier, "the kernel refused the program, and its log is not here",
      "Only the loader's words are here: the verifier's log says which instruction it refused and "
        + "why.",
      howToSeeTheLog),
  ]

  /// kernel/bpf/syscall.c map_create(), and the map types' alloc_check().
  private static let ofMaps: [Entry] = [
    entry(
      .createMap, 1, by: .policy, "not enough privilege, or locked memory, for a map",
      "The kernel did not allow this process to create the map: a capability is missing, or, before "
        + "5.11, RLIMIT_MEMLOCK is too low for its size.",
      "Raise RLIMIT_MEMLOCK (ulimit -l unlimited; rlimit.RemoveMemlock() in ebpf-go), and load with "
        + "CAP_BPF (before 5.8 CAP_SYS_ADMIN)."),
    entry(
      .createMap, 7, by: .libbpf, "a map is too large for the kernel",
      "The key, the value or the number of entries is beyond what this map type can hold (E2BIG).",
      "Make max_entries, the key or the value smaller; per-CPU values may have 32 KiB."),
    entry(
      .createMap, 12, by: .libbpf, "no memory for a map",
      "The kernel could not allocate the map's memory: hash maps take all of it at once, per-CPU maps "
        + "for each CPU.",
      "Make max_entries smaller, use BPF_F_NO_PREALLOC where the program type allows it, or give the "
        + "machine or the container's memory cgroup more memory."),
    entry(
      .createMap, 22, by: .libbpf, "a map could not be created",
      "The kernel refused the map's type, sizes or flags (EINVAL): unknown to this kernel, 0, not a "
        + "power of two or of pages for a ring buffer, a key that is not 4 bytes for an array, or types "
        + "without BTF where the map needs them.",
      "Check the map's definition against what this kernel knows (bpftool feature probe)."),
    entry(
      .createMap, 13, by: .policy, "the kernel did not allow the map",
      "A security module (SELinux, AppArmor), a container's rules or the file's permissions forbid it, or "
        + "the kernel's BPF is a distribution's port with rules of its own (RHEL 7).",
      "Look at the audit log; load as root with CAP_BPF, or use a newer kernel."),
    unknownMap(95), unknownMap(524),
    entry(
      .createMap, 24, by: .libbpf, "too many files are open",
      "Each map, program and probe takes a descriptor, and the process may have no more (EMFILE).",
      "Raise the limit (ulimit -n), or use fewer maps and probes."),
    entry(
      .createMap, 38, by: .libbpf, "the kernel has no bpf(2)",
      "The system call does not exist (ENOSYS): the kernel was built without CONFIG_BPF_SYSCALL, or a "
        + "sandbox (gVisor, a seccomp profile) hides it.",
      "Use a kernel with CONFIG_BPF_SYSCALL, outside the sandbox."),
    entry(
      .createMap, 0, by: .libbpf, "a map could not be created",
      "The kernel refused the map's type, sizes or flags.",
      "Check the map's definition; a size may be too large or the type unknown here."),
  ]

  private static func unknownMap(_ errno: Int32) -> Entry {
    entry(
      .createMap, errno, by: .libbpf, "this kernel does not support the map",
      "The kernel knows the map's type, but not this kind or use of it, or was built without it.",
      "Use a newer kernel, or one with the option that the map needs (for struct_ops that of the "
        + "subsystem, such as CONFIG_SCHED_CLASS_EXT); bpftool feature probe lists what there is.")
  }

  private static let ofTypes: [Entry] = [
    entry(
      .loadTypes, 1, by: .policy, "not enough privilege to load type information",
      "The kernel did not allow this process to load BTF.",
      "Load with CAP_BPF (before 5.8 CAP_SYS_ADMIN), and before 5.11 raise RLIMIT_MEMLOCK."),
    entry(
      .loadTypes, 28, by: .libbpf, "the log of the type information does not fit its buffer",
      "The kernel's log on the object's BTF is longer than the buffer that the loader gave it.",
      "Give a larger log buffer."),
    entry(
      .loadTypes, 0, by: .libbpf, "the kernel refused the object's type information",
      "The object's BTF has a kind, a flag or a name that this kernel does not accept, often because "
        + "the compiler is newer than the kernel. libbpf goes on without it if no map or program needs it.",
      "Load through a current libbpf, which takes out what the kernel does not know; or compile with "
        + "an older clang, or without -g for what doesn't need BTF."),
  ]

  /// What a loader does with an object before the kernel sees a program.
  private static let ofObjectSteps: [Entry] = [
    entry(
      .prepareObject, 1, by: .policy, "not enough privilege for what the object needs",
      "The kernel did not allow this process to create a map, load a program or read type information.",
      "Load as root, or with CAP_BPF and what the program type needs besides, and before 5.11 raise "
        + "RLIMIT_MEMLOCK."),
    entry(
      .prepareObject, 13, by: .policy, "not enough privilege for what the object needs",
      "The kernel or the file system did not allow it: the object's file, a pin, or type information "
        + "cannot be read, or a capability is missing.",
      "Check the files' permissions, and load as root or with CAP_BPF."),
    entry(
      .prepareObject, 2, by: .libbpf, "a file, or what the object names, does not exist",
      "The object's file is not at that path, or a type, a symbol or a pin that the object names is not "
        + "there.",
      "Check the path (compile the object first), and the names against this kernel."),
    entry(
      .prepareObject, 95, by: .libbpf, "this kernel does not support what the object needs",
      "The loader asked what the kernel can do, and a feature that the object needs is not there.",
      "Use a newer kernel, or one with the option for it (bpftool feature probe lists what there is)."
    ),
    entry(
      .prepareObject, 0, by: .libbpf, "the loader gave the object up",
      "The loader could not make of the object what the kernel takes; its words say which part: a "
        + "program, a map, a relocation or type information.",
      "Look at the words behind the last colon, and at the loader's own log; compile the object again, "
        + "with -g and the version of the headers that belongs to the loader."),
  ]

  private static let ofAttachSteps: [Entry] = [
    entry(
      .attach, 1, by: .policy, "not enough privilege to attach",
      "The kernel did not allow this process to attach the program or to open the event.",
      "Attach with CAP_PERFMON (before 5.8 CAP_SYS_ADMIN) or CAP_NET_ADMIN; look at "
        + "kernel.perf_event_paranoid and at lockdown."),
    entry(
      .attach, 13, by: .policy, "not enough privilege to attach",
      "The kernel did not allow this process to attach the program or to open the event.",
      "Attach with CAP_PERFMON (before 5.8 CAP_SYS_ADMIN) or CAP_NET_ADMIN; look at "
        + "kernel.perf_event_paranoid and at tracefs's permissions."),
    missing(2), missing(3), missing(6), missing(19), taken(16), taken(17),
    entry(
      .attach, 99, by: .attach, "no probe can be set there",
      "The address is not one where a probe may be: not the start of an instruction, behind an "
        + "ENDBR or a hook of the tracer, or in a function marked notrace.",
      "Attach to the function's entry (offset 0), or to another function."),
    entry(
      .attach, 24, by: .attach, "too many files are open",
      "Each probe takes a descriptor per CPU or link, and the process has no more (EMFILE).",
      "Raise the limit (ulimit -n), or attach to fewer places or with kprobe.multi."),
    entry(
      .attach, 12, by: .attach, "no memory for what the attachment needs",
      "The kernel, or the device's driver that sets up queues and buffers of its own for XDP, could not "
        + "allocate what it needs for this program.",
      "Look at dmesg; use fewer or shorter queues (ethtool -L, -G), a smaller MTU, or generic XDP."),
    unsupported(22), unsupported(95), unsupported(524),
    entry(
      .attach, 38, by: .attach, "the kernel has no such probes",
      "The call does not exist here (ENOSYS): the kernel was built without this kind of probe or link, or a "
        + "sandbox hides it.",
      "Check CONFIG_KPROBES, CONFIG_KPROBE_EVENTS, CONFIG_UPROBE_EVENTS and CONFIG_PERF_EVENTS, or use a "
        + "newer kernel."),
    entry(
      .attach, 7, by: .attach, "too many programs are attached there",
      "The place takes no more programs (64 for a cgroup, 38 for a trampoline's function).",
      "Detach others first."),
    entry(
      .attach, 0, by: .attach, "the program cannot be attached there",
      "The kernel does not take a program of this type at this place.",
      "Use another attach type or place; dmesg and libbpf's log may say more."),
  ]

  private static func missing(_ errno: Int32) -> Entry {
    entry(
      .attach, errno, by: .attach, "the place to attach to does not exist",
      "The function, tracepoint or device is not there: this kernel has none of the name, or "
        + "the compiler has inlined or renamed it (.isra, .constprop).",
      "Check the name against this kernel's symbols, tracepoints and devices: "
        + "/proc/kallsyms, available_filter_functions and available_events in tracefs, ip link.")
  }

  private static func taken(_ errno: Int32) -> Entry {
    entry(
      .attach, errno, by: .attach, "the place to attach to is taken",
      "Another program is attached and does not share the place"
        + (errno == 16
          ? "; or, for fentry and fexit, the function does not begin with the call that ftrace patches "
            + "(notrace functions, and those that are compiled without it)." : "."),
      "Detach the other one first (bpftool net, bpftool link), or replace it "
        + "(ip link … xdp -force, tc filter replace)."
        + (errno == 16
          ? " For fentry, see whether available_filter_functions in tracefs has the function." : "")
    )
  }

  private static func unsupported(_ errno: Int32) -> Entry {
    entry(
      .attach, errno, by: .attach, "the program cannot be attached there",
      "The kernel does not support this kind of attachment at this place"
        + (errno == 524
          ? " (ENOTSUPP, 524): fentry, fexit and LSM programs need a trampoline, which this "
            + "architecture, kernel or function does not support (arm64 before 6.4, functions that "
            + "are not traced)."
          : ": the function may be inlined, marked notrace or have too many arguments, the driver "
            + "may have no native XDP, or the kernel lacks the feature."),
      "Use a kprobe in place of fentry, generic XDP in place of native, another attach type or "
        + "another function.")
  }

  // MARK: Modules

  /// How a module is signed where Secure Boot is on.
  static let howToSign =
    "Check with mokutil --sb-state whether Secure Boot is on. Then sign the module with a key that "
    + "the machine trusts (scripts/sign-file or kmodsign; mokutil --import enrols it: for DKMS "
    + "/var/lib/dkms/mok.pub or /var/lib/shim-signed/mok/MOK.der, then reboot), or switch Secure Boot off."

  /// How a module comes to fit the running kernel.
  static let howToRebuild =
    "Build against the headers of exactly this kernel (linux-headers-$(uname -r) or kernel-devel); "
    + "for DKMS install them and run dkms autoinstall, or boot the kernel that it was built for."

  /// kmod's, busybox's and systemd's words for what finit_module(2) answered, if the kernel's
  /// line is not here.
  private static let ofInserting: [Entry] = [
    entry(
      .insertModule, 1, by: .policy, "the kernel does not let modules be loaded, or not this one",
      "The kernel did not allow it: not root, modules switched off (kernel.modules_disabled), or, as "
        + "root, lockdown: under Secure Boot only signed modules may be loaded.",
      "Load as root (CAP_SYS_MODULE) with kernel.modules_disabled at 0. " + howToSign),
    entry(
      .insertModule, 13, by: .policy, "the kernel does not let modules be loaded, or not this one",
      "A security module (SELinux, AppArmor) or the file's permissions forbid it.",
      "Look at the audit log; load as root from /lib/modules."),
    entry(
      .insertModule, 12, by: .moduleLoader, "no memory for the module",
      "The kernel could not allocate the module's memory, or its init function answered so.",
      "Look at the kernel's log for an allocation failure."),
    entry(
      .insertModule, 19, by: .moduleLoader, "the module's init function found no device",
      "The module was loaded, and its own init function answered with ENODEV.",
      "Look at the kernel's log: the hardware is missing, or a driver has it already."),
    entry(
      .insertModule, 16, by: .moduleLoader, "the module's init function found something busy",
      "The module was loaded, and its own init function answered with EBUSY.",
      "Look at the kernel's log: another driver or module has what it needs."),
    entry(
      .insertModule, 2, by: .moduleLoader, "the module's file does not exist",
      "The tool did not find the file, or, for modprobe, a file that the module needs: it was built or "
        + "packed for another kernel, or the path is wrong. insmod takes a path, not a name.",
      "Check the path and uname -r, and install the module for this kernel. " + howToRebuild),
    initFailed(5, "EIO"), initFailed(6, "ENXIO"), initFailed(14, "EFAULT"),
    initFailed(95, "EOPNOTSUPP"),
    initFailed(110, "ETIMEDOUT"),
    entry(
      .insertModule, 3, by: .moduleLoader, "the module was built against another kernel's symbols",
      "kmod's words for ESRCH: a symbol has another version than the module was built with.",
      howToRebuild),
    entry(
      .insertModule, 22, by: .moduleLoader, "a parameter, or the file, is not valid",
      "The kernel answered with EINVAL: a parameter's value, a symbol's version, or a damaged file.",
      "Look at the kernel's log (dmesg) for its reason, and check the parameters (modinfo -p). "
        + howToRebuild),
    entry(
      .insertModule, 74, by: .policy, "the module's signature is damaged",
      "The signature at the end of the file cannot be read (EBADMSG): the module was stripped or "
        + "changed after it was signed.", howToSign),
    entry(
      .insertModule, 0, by: .moduleLoader, "the kernel refused the module",
      "The tool passes on an error number alone; the kernel's own log has the reason.",
      "Look at the kernel's log (dmesg). " + howToRebuild),
  ]

  /// Errors that only the module's own init function gives back.
  private static func initFailed(_ errno: Int32, _ name: String) -> Entry {
    entry(
      .insertModule, errno, by: .moduleLoader, "the module's init function failed with \(name)",
      "The module was loaded, and its own init function answered with \(name).",
      "Look at the kernel's log (dmesg) for what the module, or a warning, says there.")
  }

  private static let notFound = LoaderRefusal(
    .moduleLoader, [], headline: "there is no such module for the running kernel",
    explanation: "The folder of this kernel's modules has none of this name: it was built for "
      + "another kernel, is not installed, or depmod has not seen it. Without the folder (a container) "
      + "modprobe finds none at all.",
    suggestion:
      "Install it for this kernel and run depmod; in a container load it on the host, or mount "
      + "the host's /lib/modules. " + howToRebuild)
}
