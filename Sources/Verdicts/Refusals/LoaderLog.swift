// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What libbpf, the module loader and other gates in front of the verifier say when they refuse.
public enum LoaderLog {
  /// The refusal by `gate`.
  ///
  /// - Parameters:
  ///   - errno: positive, as in `errno.h`; 0 if there is none.
  ///   - message: the loader's message.
  ///   - log: more of them: libbpf's log lines, or what the module loader printed to the console.
  public static func rejection(
    by gate: Gate, errno: Int32, message: String, log: [UInt8] = []
  ) -> Rejection {
    if gate == .verifier || gate == .libbpf, let rejection = verifierRejection(log) {
      return rejection
    }
    // The kernel's message says more than the library's.
    for bytes in [log, Array(message.utf8)] {
      if let found = search(bytes, gate: gate) { return found }
    }
    let refusal = LoaderRefusal.of(errno: errno, gate: gate)
    return refusal.rejection(message: message.isEmpty ? refusal.headline : message, line: 1)
  }

  private static func search(_ bytes: [UInt8], gate: Gate) -> Rejection? {
    var found: Rejection?
    func take(_ line: Text, _ number: Int) {
      let text = LinePrefix.stripped(line).prefix(400).trimmed()
      if found == nil, let refusal = LoaderRefusal.matching(text, gate: gate) {
        found = refusal.rejection(message: text.string, line: number)
      }
    }
    var splitter = LineSplitter()
    splitter.feed(bytes, take)
    splitter.finish(take)
    return found
  }

  private static func verifierRejection(_ log: [UInt8]) -> Rejection? {
    let marks: [StaticString] = [
      "-- BEGIN PROG LOAD LOG --", "processed ", "Verification failed: ",
    ]
    let isVerifiers = log.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { Text(start: $0, count: buffer.count).containsAny(marks) } ?? false
    }
    return isVerifiers ? VerifierLog.rejection(in: log) : nil
  }
}

/// One way of being refused before the verifier, or instead of it.
struct LoaderRefusal: Sendable {
  let gate: Gate
  /// The gate to report, if the text shows that it was another than the one that passed it on.
  let by: Gate
  /// Parts of the text; `*` matches anything.
  let patterns: [StaticString]
  let category: Category?
  let headline: String
  let explanation: String
  let suggestion: String

  init(
    _ gate: Gate, by: Gate? = nil, _ patterns: [StaticString], category: Category? = nil,
    headline: String, explanation: String, suggestion: String
  ) {
    self.gate = gate
    self.by = by ?? gate
    self.patterns = patterns
    self.category = category
    self.headline = headline
    self.explanation = explanation
    self.suggestion = suggestion
  }

  static func matching(_ text: Text, gate: Gate) -> LoaderRefusal? {
    index.first(in: text, where: { all[$0].gate == gate }).map { all[$0] }
  }

  func rejection(message: String, line: Int) -> Rejection {
    Rejection(
      by: by, category: category, headline: headline, message: message,
      explanation: explanation, suggestion: suggestion, line: line)
  }

  static let all = ofLibbpf + ofTheModuleLoader

  private static let index = PhraseIndex(all.map(\.patterns))
}

extension LoaderRefusal {
  /// libbpf 1.x: src/libbpf.c, relo_core.c, btf.c.
  static let ofLibbpf: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf, by: .policy, ["Operation not permitted", "permission denied by kernel lockdown"],
      headline: "not enough privilege to load programs",
      explanation: "The kernel did not allow this process to load the program.",
      suggestion: "Load with CAP_BPF and what the program type needs besides."),
    LoaderRefusal(
      .libbpf,
      ["failed to find valid kernel BTF", "kernel BTF is missing", "Error loading vmlinux BTF"],
      headline: "the kernel has no type information",
      explanation: "The object needs the kernel's BTF, and this kernel has none.",
      suggestion: "Use a kernel built with CONFIG_DEBUG_INFO_BTF."),
    LoaderRefusal(
      .libbpf,
      [
        "BTF is required, but is missing or corrupted", "Error loading .BTF into kernel*mandatory",
        "failed to find BTF for extern",
        "Error finalizing", "Error loading BTF",
      ],
      headline: "the object's type information is missing or refused",
      explanation: "libbpf or the kernel could not use the object's .BTF section.",
      suggestion: "Compile with -g, with a clang that this libbpf understands."),
    LoaderRefusal(
      .libbpf,
      [
        "failed to resolve CO-RE relocation", "failed to perform CO-RE relocations",
        "failed to relocate",
      ],
      headline: "a CO-RE relocation has no match in this kernel",
      explanation: "The object names a type, field or value that this kernel's BTF does not have.",
      suggestion: "Guard the access with bpf_core_field_exists(), or build for this kernel."),
    LoaderRefusal(
      .libbpf,
      [
        "failed to create map", "failed to create: ", "Error in bpf_create_map",
        "map create failed", "map '*' is referenced but wasn't created",
      ],
      headline: "a map could not be created",
      explanation: "The kernel refused the map's type, sizes or flags.",
      suggestion: "Check the map's definition; a size may be too large or the type unknown here."),
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
      .libbpf,
      [
        "failed to find kernel BTF type ID of", "is not found in vmlinux BTF",
        "failed to find BTF info for attach", "not found in vmlinux BTF",
      ],
      headline: "the attach target does not exist in this kernel",
      explanation: "The function or hook that the section names is not in the kernel's BTF.",
      suggestion: "Name a function that this kernel has and does not inline."),
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
        "missing BPF prog type", "failed to guess program type", "is not a valid eBPF object",
        "unrecognized ELF section", "elf: failed to", "elf: ", "invalid license",
        "no program type",
      ],
      headline: "the object is not one that libbpf can load",
      explanation: "A section's name, or the file itself, is not what this libbpf understands.",
      suggestion: "Check the sections' names against libbpf's list."),
    // The kernel's answer if its log is not available.
    LoaderRefusal(
      .libbpf, by: .verifier, ["BPF program load failed: Argument list too long"],
      category: .verifierLimit, headline: "the program is too long or too complex to verify",
      explanation: "The kernel gave up on the program: it has too many instructions, or too many "
        + "paths. Its log is not here.",
      suggestion: "Bound loops more tightly, use bpf_loop(), or split the program."),
    LoaderRefusal(
      .libbpf, by: .verifier,
      ["BPF program load failed: Permission denied", "BPF program load failed: Invalid argument"],
      headline: "the kernel refused the program, and its log is not here",
      explanation: "The verifier says in its log which instruction it refused and why; only its "
        + "error number is here.",
      suggestion: "Load again with the verifier's log (bpftool -d, or libbpf's log level 1)."),
    LoaderRefusal(
      .attach,
      [
        "failed to create kprobe", "failed to create kretprobe", "perf event: No such file",
        "failed to determine tracepoint", "No such file or directory", "No such device",
        "failed to open /",
      ],
      headline: "the place to attach to does not exist",
      explanation: "The function, tracepoint or device is not there.",
      suggestion: "Check the name against this kernel's symbols, tracepoints and devices."),
    LoaderRefusal(
      .attach, ["Invalid argument", "Operation not supported", "not supported"],
      headline: "the program cannot be attached there",
      explanation: "The kernel does not take a program of this type at this place.",
      suggestion: "Use another attach type or place."),
    LoaderRefusal(
      .attach, ["Device or resource busy", "File exists"],
      headline: "the place to attach to is taken",
      explanation: "Another program is attached and does not share the place.",
      suggestion: "Detach the other one first."),
  ]

  /// kernel/module/main.c, version.c, signing.c; the lines that they print to the kernel's log.
  static let ofTheModuleLoader: [LoaderRefusal] = [
    LoaderRefusal(
      .moduleLoader, ["disagrees about version of symbol", "no symbol version for"],
      headline: "the module was built against another kernel's symbols",
      explanation: "The checksum of a symbol's prototype differs from the running kernel's.",
      suggestion: "Build against the headers of exactly this kernel."),
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "uses GPL-only symbol", "GPL-incompatible module",
        "inherits taint", "that uses GPL-only",
        "module using GPL-only symbols uses symbols",
      ],
      category: nil, headline: "the module's licence does not allow this symbol",
      explanation: "The symbol is exported to GPL-compatible modules only.",
      suggestion: "Declare a GPL-compatible licence, if that is true, or do without the symbol."),
    LoaderRefusal(
      .moduleLoader, ["Unknown symbol"],
      headline: "the module needs a symbol that the kernel does not export",
      explanation:
        "A function or variable that the module uses is not exported by the kernel or by "
        + "any loaded module, or only to modules under the GPL.",
      suggestion: "Load the module that exports it first, or use an exported function."),
    LoaderRefusal(
      .moduleLoader, ["version magic"],
      headline: "the module was built for another kernel",
      explanation: "Its version magic names another release or configuration.",
      suggestion: "Build against the headers of exactly this kernel."),
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "Loading of unsigned module is rejected",
        "Loading of module with unsupported crypto is rejected", "unavailable key is rejected",
        "Key was rejected", "Required key not available", "unsigned module loading is restricted",
      ],
      headline: "the module's signature is missing or not trusted",
      explanation: "This kernel only loads modules that are signed with a key it trusts.",
      suggestion: "Sign the module, or boot without signature enforcement and lockdown."),
    LoaderRefusal(
      .moduleLoader,
      [
        "Invalid architecture in ELF header", "Invalid module architecture", "ELF Spec violation",
        "No module found in object", "has an invalid section index", "invalid WRITE|EXEC flags",
        "please compile with -fno-common", "module has no symbols (stripped?)",
        "must occupy memory during process", "section must have a size set",
        "Only one .modinfo section", "Exactly one .gnu.linkonce", "empty section name table",
        "has both .ctors and .init_array", "not a gzip compressed module",
        "not an xz compressed module", "not a zstd compressed module", "decompression failed with",
        "Invalid module format", "invalid module format", "Exec format error", "Invalid ELF",
        "No license section", "invalid module", "section size must match",
        ".gnu.linkonce.this_module", "failed to validate module [", "invalid relocation target",
        "overflow in relocation type",
      ],
      headline: "the file is not a module that this kernel can load",
      explanation: "The file is damaged, for another architecture, or built for another kernel.",
      suggestion: "Look at the kernel's log for the reason, and build it again for this kernel."),
    LoaderRefusal(
      .moduleLoader, by: .policy, ["Module * is blacklisted", "Module hash * is blacklisted"],
      headline: "the module is on a list of modules that may not be loaded",
      explanation: "The kernel's command line or its keyring forbids this very module.",
      suggestion: "Take it off module_blacklist= or the revocation list, if you may."),
    LoaderRefusal(
      .moduleLoader, ["exports duplicate symbol"],
      headline: "the module exports a symbol that another one exports",
      explanation: "Two modules cannot export the same symbol.",
      suggestion: "Take the other module out first, or rename the symbol."),
    LoaderRefusal(
      .moduleLoader, ["Could not allocate * bytes percpu data", "per-cpu alignment"],
      headline: "no room for the module's per-CPU data",
      explanation: "The kernel's reserve for modules' per-CPU variables is used up.",
      suggestion: "Make the per-CPU data smaller, or allocate it when the module starts."),
    LoaderRefusal(
      .moduleLoader, ["gave up waiting for init of module"],
      headline: "a module that this one needs does not finish its start",
      explanation: "The module that exports a needed symbol has been starting for 30 seconds.",
      suggestion: "Look at why that module's init function does not return."),
    // kmod's and busybox's texts for errno, if the kernel printed nothing.
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "could not insert *: Operation not permitted", "could not insert *: Permission denied",
        "can't insert *: Operation not permitted", "can't insert *: Permission denied",
      ],
      headline: "not enough privilege to load modules",
      explanation: "The kernel did not allow this process to load a module.",
      suggestion:
        "Load as root (CAP_SYS_MODULE), with kernel.modules_disabled at 0 and no lockdown."),
    LoaderRefusal(
      .moduleLoader,
      [
        "could not insert *: File exists", "can't insert *: File exists",
        // The agent's message, which is all there is if the loaded module is not part of the
        // kernel.
        "load *: File exists", "module is already loaded",
      ],
      headline: "a module of this name is there already",
      explanation:
        "The kernel keeps one module of a name, loaded or built in. A module is named as its file "
        + "is.",
      suggestion:
        "Give yours another name: rename its source file. Or take a loaded one out first (rmmod)."),
  ]

  /// What errno alone says (include/uapi/asm-generic/errno.h).
  static func of(errno: Int32, gate: Gate) -> LoaderRefusal {
    switch (gate, errno) {
    case (.moduleLoader, 17): return byErrno(gate, ["module is already loaded"])
    case (.moduleLoader, 8): return byErrno(gate, ["Invalid module format"])
    case (.moduleLoader, 126), (.moduleLoader, 127), (.moduleLoader, 129):
      return byErrno(gate, ["Key was rejected"])
    case (_, 1), (.policy, _):
      return LoaderRefusal(
        gate, by: .policy, [], headline: "not enough privilege",
        explanation: "The kernel did not allow it (errno \(errno)).",
        suggestion: "Check privilege, lockdown and licence.")
    // The loader logs why it refuses a module. It logs nothing if the module's own init function fails
    // (kernel/module/main.c, do_init_module()).
    case (.moduleLoader, 1...):
      return LoaderRefusal(
        gate, [], headline: "the module's init function returned an error (errno \(errno))",
        explanation:
          "The module loader logged no objection, so the module's own init function failed, "
          + "and the kernel took the module out again.",
        suggestion: "Look at what your init function returns, and at what it printed before.")
    default:
      return LoaderRefusal(
        gate, [], headline: "rejected by the \(gate.rawValue) with errno \(errno)",
        explanation: "The \(gate.rawValue) rejected the twin with errno \(errno) and said no more.",
        suggestion: "Look at the kernel's log for the reason.")
    }
  }

  private static func byErrno(_ gate: Gate, _ words: [StaticString]) -> LoaderRefusal {
    let bytes = UnsafeBufferPointer(start: words[0].utf8Start, count: words[0].utf8CodeUnitCount)
    let text = bytes.baseAddress.map { Text(start: $0, count: bytes.count) }
    return text.flatMap { matching($0, gate: gate) }
      ?? LoaderRefusal(gate, [], headline: "rejected", explanation: "", suggestion: "")
  }
}
