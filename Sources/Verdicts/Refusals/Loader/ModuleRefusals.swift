// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoaderRefusal {
  /// kernel/module/main.c, version.c, signing.c, security/lockdown; the lines that they print to the
  /// kernel's log.
  static let ofTheModuleLoader: [LoaderRefusal] = ofSymbols + ofPolicy + ofFiles + ofTools

  private static let ofSymbols: [LoaderRefusal] = [
    LoaderRefusal(
      .moduleLoader, ["disagrees about version of symbol", "no symbol version for"],
      headline: "the module was built against another kernel's symbols",
      explanation: "The checksum of a symbol's prototype differs from the running kernel's.",
      suggestion: howToRebuild),
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "uses GPL-only symbol", "GPL-incompatible module", "symbol_get of non-GPLONLY",
        "inherits taint", "that uses GPL-only",
        "module using GPL-only symbols uses symbols",
      ],
      category: nil, headline: "the module's licence does not allow this symbol",
      explanation: "The symbol is exported to GPL-compatible modules only.",
      suggestion: "Declare a GPL-compatible licence, if that is true, or do without the symbol."),
    LoaderRefusal(
      .moduleLoader, ["Unknown symbol", "unknown symbol in module"],
      headline: "the module needs a symbol that the kernel does not export",
      explanation:
        "A function or variable that the module uses is not exported by the kernel or by "
        + "any loaded module, or only to modules under the GPL.",
      suggestion:
        "Load the module that exports it first (modprobe does that, insmod doesn't). If no module "
        + "does, build against the headers of exactly this kernel, check its configuration (CONFIG_…), or "
        + "use an exported function; dmesg names the symbol."),
    LoaderRefusal(
      .moduleLoader, ["exports duplicate symbol"],
      headline: "the module exports a symbol that another one exports",
      explanation: "Two modules cannot export the same symbol.",
      suggestion:
        "Take the other module out first (rmmod, or blacklist the kernel's own driver), or "
        + "rename the symbol."),
    LoaderRefusal(
      .moduleLoader, ["gave up waiting for init of module"],
      headline: "a module that this one needs does not finish its start",
      explanation: "The module that exports a needed symbol has been starting for 30 seconds.",
      suggestion: "Look at why that module's init function does not return."),
    LoaderRefusal(
      .moduleLoader,
      [
        "invalid for parameter `", "too large for parameter `", "parameter * expects",
        "set-but-unused parameter", "Unknown parameter `", "string parameter too long",
        "can only take * arguments", "needs at least * arguments", "string doesn't fit in * chars",
      ],
      headline: "a parameter's value is not valid",
      explanation: "The module's parameter does not take the value that was given.",
      suggestion: "Check the parameter's type and range (modinfo -p)."),
  ]

  private static let ofPolicy: [LoaderRefusal] = [
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "Loading of unsigned module is rejected",
        "Loading of * is rejected", "unavailable key is rejected", "appraise a module without",
        "Key was rejected", "Required key not available", "unsigned module loading is restricted",
        "key was rejected", "equired*key not available", "Key has been revoked",
        "Key has expired",
        "lockdown_reason=\"unsigned module loading", "lockdown prevents loading",
        "Invalid signature of module",
      ],
      headline: "the module's signature is missing or not trusted",
      explanation:
        "This kernel only loads modules that are signed with a key it trusts: Secure Boot has "
        + "switched lockdown on, or signatures are enforced (module.sig_enforce).",
      suggestion: howToSign),
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "denied * module_load ", "denied * module_request ", "denied * load_module ",
        "init_module denied", "finit_module denied",
      ],
      headline: "a security module does not allow modules to be loaded",
      explanation:
        "The rules of a security module (SELinux, a distribution's own) do not let this process "
        + "load a module, or not from this file.",
      suggestion:
        "Give the file its label (restorecon), load it from /lib/modules as root, or change the "
        + "rules (audit2allow)."),
    LoaderRefusal(
      .libbpf, by: .policy,
      [
        "lockdown_reason=\"use of bpf", "BPF is restricted; see man kernel_lockdown",
        "use of bpf to read kernel RAM is restricted", "use of bpf to write user RAM is restricted",
        "lockdown_reason=", "is restricted; see man kernel_lockdown", "tclass=lockdown",
      ],
      headline: "lockdown forbids this",
      explanation:
        "The kernel is locked down, usually because of Secure Boot: it gives no program access "
        + "to its memory (confidentiality) or to what could change it (integrity).",
      suggestion:
        "Look at /sys/kernel/security/lockdown; boot with Secure Boot off or with lockdown at "
        + "integrity or none, sign what has to be signed, or do without the helper."),
    LoaderRefusal(
      .libbpf, by: .policy, ["denied * prog_load ", "denied * map_create ", "tclass=bpf"],
      headline: "a security module does not allow bpf(2)",
      explanation: "SELinux's rules do not let this process load programs or create maps.",
      suggestion: "Run it in a domain that may, or change the rules (audit2allow)."),
    LoaderRefusal(
      .moduleLoader, by: .policy,
      ["Module * is blacklisted", "Module hash * is blacklisted", "Module * is deny-listed"],
      headline: "the module is on a list of modules that may not be loaded",
      explanation: "The kernel's command line or its keyring forbids this very module.",
      suggestion: "Take it off module_blacklist= or the revocation list, if you may."),
  ]

  private static let ofFiles: [LoaderRefusal] = [
    LoaderRefusal(
      .moduleLoader, ["version magic"],
      headline: "the module was built for another kernel",
      explanation: "Its version magic names another release or configuration.",
      suggestion: howToRebuild),
    LoaderRefusal(
      .moduleLoader, ["failed to validate module ["],
      headline: "the module's type information does not fit this kernel's",
      explanation:
        "The module's BTF refers to the types of the vmlinux that it was built beside, and the "
        + "running kernel has others: same release, another build. The file is not damaged.",
      suggestion: "Build the module beside this very kernel's vmlinux, remove its BTF (objcopy "
        + "--remove-section .BTF), or use a kernel with CONFIG_MODULE_ALLOW_BTF_MISMATCH."),
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
        ".gnu.linkonce.this_module", "invalid relocation target", "Invalid relocation target",
        "overflow in relocation type", "likely not compiled with", "nknown rela relocation",
        "nknown relocation: ", "unsupported RELA relocation", "-bit data relocation",
        "compressed data has", "livepatch support is disabled", "not for this architecture",
        "xz: File", "gzip: invalid", "magic check fail",
      ],
      headline: "the file is not a module that this kernel can load",
      explanation: "The file is damaged, for another architecture, or built for another kernel.",
      suggestion: "Look at the kernel's log (dmesg) for the reason. " + howToRebuild),
    LoaderRefusal(
      .moduleLoader, ["Could not allocate * bytes percpu data", "per-cpu alignment"],
      headline: "no room for the module's per-CPU data",
      explanation: "The kernel's reserve for modules' per-CPU variables is used up.",
      suggestion: "Make the per-CPU data smaller, or allocate it when the module starts."),
    LoaderRefusal(
      .moduleLoader,
      [
        "kernel headers for kernel * cannot be found", "Your kernel headers",
        "/build: No such file",
        "Bad return status for module build", "Unable to locate * kernel headers",
        "module build failed", "headers are missing", "bad exit status", "Unable to find * headers",
        "kernel source * cannot be found", "kernel source tree", "build the NVIDIA kernel module",
        "to build kernel modules", "header files for your current",
        "\"header\" files matching", "ailed to build vm", "build the kernel module",
        "build kernel module",
        "due to missing BUILD_DEPENDS", "rror building module", "DKMS module '*' failed to build",
        "DKMS module * FAILED", "skipped since the kernel headers", "build DKMS module",
        "kmod [FAILED]", "Checking kmods exist",
        "performing the step: \"Building kernel", "(dkms apport)",
        "vboxdrv.sh: failed: Look",
        "headers * not found", "build directory does not exist",
      ],
      headline: "the module could not be built for this kernel",
      explanation:
        "DKMS builds modules when a kernel is installed: this kernel's headers are not there, or "
        + "the source does not compile with them.",
      suggestion:
        "Install the headers (linux-headers-$(uname -r), kernel-devel) and run dkms autoinstall; "
        + "if it then fails, its make.log under /var/lib/dkms says why: the driver may be too old for this "
        + "kernel."),
  ]

  private static let ofTools: [LoaderRefusal] = [
    LoaderRefusal(
      .moduleLoader, ["is not newer than what is already found in kernel"],
      headline: "DKMS did not install the module, because the kernel has it as new",
      explanation: "The kernel's own module of the name has the same or a newer version.",
      suggestion: "Use the kernel's module, or dkms install --force."),
    LoaderRefusal(
      .moduleLoader,
      [
        "module source directory", "locate dkms.conf", "valid dkms.conf", "Malformed dkms.conf",
        "DKMS tree already contains", "is already added! Aborting", "located in the DKMS tree",
        "modules failed to install", "Problems with depmod", "contain a dkms.conf",
        "Missing module * in ",
        "pre_install failed", "DKMS archive", "dkms kernel_preinst for",
        "Missing the source directory",
      ],
      headline: "DKMS does not have the module's source as it needs it, or could not install it",
      explanation:
        "DKMS keeps each module's source in /usr/src/NAME-VERSION with a dkms.conf and what it built in "
        + "/var/lib/dkms: one of them is missing, does not fit, or is there from an earlier try.",
      suggestion:
        "Look at dkms status; remove the earlier try (dkms remove NAME/VERSION --all), check dkms.conf, "
        + "then dkms add, build and install again.", weight: .consequence),
    LoaderRefusal(
      .moduleLoader,

      [
        "couldn't communicate with the NVIDIA driver", "Kernel driver not installed (rc=",
        "kernel module is not loaded", "make sure that the kernel module",
        "Missing * kernel module",
        "(do you need to insmod?)", "modules are not loaded", "vboxdrv.sh: failed",
      ],
      headline: "the driver's module is not loaded",
      explanation: "The tool found no driver to talk to.",
      suggestion: "Load it (modprobe nvidia) and look at the error and at dmesg. " + howToRebuild,
      weight: .tool),
    // What a driver says itself: the messages that are asked about most.
    LoaderRefusal(
      .moduleLoader,
      ["NVRM: * not supported by", "NVRM: No NVIDIA * found", "NVRM: None of the NVIDIA"],
      headline: "the driver found no device that it can drive",
      explanation:
        "The module's own init function looked for its hardware, found none that this version of the "
        + "driver supports, and answered with ENODEV.",
      suggestion:
        "Install the version of the driver that supports the GPU (an older branch, or the proprietary "
        + "modules instead of the open ones), and check lspci -k for another driver that has it."),
    LoaderRefusal(
      .moduleLoader, by: .policy,
      [
        "could not insert *: Operation not permitted", "could not insert *: Permission denied",
        "can't insert *: Operation not permitted", "can't insert *: Permission denied",
        "ailed to insert *: Operation not permitted", "can't insert *: operation not permitted",
      ],
      headline: "the kernel does not let modules be loaded, or not this one",
      explanation: "The kernel did not allow it: not root, modules switched off "
        + "(kernel.modules_disabled), or, as root, lockdown: under Secure Boot only signed modules may be "
        + "loaded.",
      suggestion: "Load as root (CAP_SYS_MODULE) with kernel.modules_disabled at 0. " + howToSign,
      weight: .consequence),
    LoaderRefusal(
      .moduleLoader,
      [
        "could not insert *: File exists", "can't insert *: File exists",
        "ailed to insert *: File exists", "inserting '*File exists",
        // The agent's words, which are all there is where the loaded one is no part of the kernel.
        "load *: File exists", "module is already loaded",
      ],
      headline: "a module of this name is there already",
      explanation:
        "The kernel keeps one module of a name, loaded or built in. A module is named as its file "
        + "is.",
      suggestion:
        "Give yours another name: rename its source file. Or take a loaded one out first (rmmod)."),
  ]
}
