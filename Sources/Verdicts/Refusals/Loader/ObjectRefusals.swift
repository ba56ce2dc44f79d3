// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoaderRefusal {
  /// What the object itself lacks or declares wrongly, before the kernel sees any of it.
  static let ofDeclarations = ofMapsAndConfiguration + ofSections

  static let ofObjects: [LoaderRefusal] = [
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
      .libbpf,
      [
        "failed to open system Kconfig", "find a kconfig file", "/proc/config.gz provide a kconfig",
      ],
      headline: "the kernel's configuration cannot be read",
      explanation: "The object asks for a CONFIG_ value, and neither /proc/config.gz nor "
        + "/boot/config-* of this kernel is there.",
      suggestion: "Make the file available, or declare the extern __weak."),
    LoaderRefusal(
      .libbpf,
      [
        "struct_ops init_kern*is not", "struct_ops init_kern*annot find",
        "struct_ops init_kern*match",
        "struct_ops init_kern*invalid reuse", "struct_ops init_kern*fail",
        "struct_ops init_kern*rror in size", "struct_ops reloc*failed",
        "struct_ops reloc*not found",
        "struct_ops reloc*annot", "struct_ops reloc*invalid", "struct_ops reloc*unsupported",
        "struct_ops reloc*is not", "program isn't referenced anywhere", "struct_ops init: *not",
        "struct_ops init: *annot",
      ],
      headline: "the kernel cannot take this set of operations",
      explanation: "The struct_ops type or one of its members does not fit what the kernel has.",
      suggestion: "Compare the type's name and members with this kernel's.",
      id: "struct-ops-init-kern"),
    LoaderRefusal(
      .libbpf,
      [
        "is not a valid eBPF object", "elf: failed to",
        "invalid license",
        "elf: * is corrupted", "elf: * is not a valid", "elf: * is malformed", "invalid ELF",
        "bad magic number", "parsing BPF object", "parsing ELF data", "failed to open *.o: ",
        "elf: endianness mismatch", "elf: '*' is not", "elf: '*' has unknown byte",
        "elf: could not",
        "elf: init internal", "elf: multiple symbol", "elf: couldn't find symbol table",
        "No ELF library support", "ELF file not for eBPF", "BPF object format invalid",
        "parse BPF ELF", "Cannot initialize ELF",
        "invalid kver section",
        "loading non-native endianness", "endian, eBPF object is", "rror parsing map `",
        "invalid program section `", "invalid map name `", "object file doesn't contain",
        "program crosses section", "crosses section boundary", "rror parsing section with index",
        "is static and not supported", "BPF program * not found in object",
        "contain any bpf program",
        "byte order * does not match ELF", "elf: sec '", "struct bpf_elf_map",
        "wrong endianness info", "relo data for non",
        "rror mapping object", "rror opening object",
        "elf: invalid", "elf: symbol strings", "fetching ELF ancillary data", "no such section",
        "parse ELF", "not an ELF",
      ],
      headline: "the object is not one that libbpf can load",
      explanation: "A section's name, or the file itself, is not what this loader understands.",
      suggestion:
        "Check that the file was compiled with -target bpf for this machine's byte order, "
        + "and the sections' names against libbpf's list.", origin: .compiler),
  ]

  /// libbpf goes on without a program whose section it does not know.
  private static let ofSections: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf, ["unrecognized ELF section"],
      headline: "the section's name does not say what type the program has",
      explanation:
        "libbpf takes the program's type from its section's name, and does not know this one.",
      suggestion: "Name the section as libbpf's list of program types has it, or set the type with "
        + "bpf_program__set_type().", weight: .tool, origin: .source)
  ]

  /// Loaders look programs and maps up by name in what the object has.
  static let ofNames: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf,
      [
        "program for section * not found", "program '*' not found", "program \"*\" not found",
        "missing program", "missing map", "map '*' doesn't exist",
        "program '*' doesn't exist", "no program named", "ailed to find program",
        "ould not find program", "ouldn't find program", "an't find program", "ould not find map",
        "annot find map", "an't find map", "annot find program", "not found in ELF file",
        "Bad ELF section name", "Object not found",
        "ouldn't find map", "ailed to find map",
      ],
      headline: "the object has no program or map of that name",
      explanation:
        "The loader looked for a section, program or map that the object does not have, or has "
        + "under another name. An empty name is a variable or a string (.rodata) that this loader takes "
        + "for a map.",
      suggestion:
        "Compare the name with the object's (llvm-objdump -t, bpftool gen skeleton), and check that "
        + "program and object come from the same version; with an old loader keep strings on the stack.",
      weight: .consequence, origin: .source)
  ]

  /// What an object says of its maps and of the kernel's configuration.
  private static let ofMapsAndConfiguration: [LoaderRefusal] = [
    LoaderRefusal(
      .libbpf,
      [
        "conflicting key size", "conflicting value size", "unsupported map linkage",
        "map '*': unknown field", "map type isn't specified", "key spec is not PTR",
        "value spec is not PTR", "determine key size", "determine value size",
        "def is of unexpected kind", "unexpected def kind", "multi-level inner maps",
        "multi-level map-in-map", "should be map-in-map", "map '*': attr '", "invalid def size",
        "unexpected var kind", "inner def can't be pinned", "map definition cannot be pinned",
        "nner maps can't be pinned", "nner maps cannot be pinned", "only single ARENA map",
        "invalid pinning value", "unsupported pinning type", "both key and key_size",
        "both value and value_size", "KeySize must be", "ValueSize must be",
        "key type is not a pointer: ",
        "outer map needs to be", "must be the last member in a BTF map", "member should be last",
        ".maps relo #*failed", ".maps relo #*not found", ".maps relo #*should",
        "isn't a BTF-defined map",
        "isn't a valid map ref", "isn't a valid program ref", "isn't an entry-point program",
        "invalid map type ", "invalid page count", "page count should be power of two",
        "page_cnt must be a power of two", "parse BTF map definition",
        "in the `maps` section doesn't have",
        "not supported in current map section", "Too many BPF maps in ELF",
        "no inner map ID defined",
        "Inner map with ID", "BPF map symbols are not multiple",
      ],
      headline: "a map's declaration is not valid",
      explanation:
        "The loader reads the map's type, key, value and other attributes from what the object declares, "
        + "and an attribute is missing, is unknown to it or contradicts another.",
      suggestion:
        "Compare the declaration in SEC(\".maps\") with the loader's documentation: __uint(type, …), "
        + "__uint(max_entries, …), __type(key, …) or __uint(key_size, …), and no attribute that this version "
        + "does not know; compile with -g.", origin: .source),
    LoaderRefusal(
      .libbpf,
      [
        "extern (kcfg) '*': value", "extern (kcfg) '*': invalid", "extern (kcfg) '*': type is",
        "of extern (kcfg)", "unrecognized virtual extern", "extern (kcfg) '*': failed",
        "Kconfig line '", "in-memory Kconfig", "config option * does not exist",
        "kconfig * not found in .kconfig", "load virtual .kconfig",
      ],
      headline: "a value of the kernel's configuration does not fit the object's variable",
      explanation:
        "The object declares a variable __kconfig, which libbpf fills in from the kernel's configuration: "
        + "the option is not there, or its value is of another type or too large for the variable.",
      suggestion:
        "Declare it with the option's own type (bool, enum libbpf_tristate, int, char[]), and __weak if a "
        + "kernel may lack the option.", origin: .source),
    LoaderRefusal(
      .libbpf,
      [
        "(was it loaded?)", "(was it created?)", "can't attach before loaded",
        "not yet loaded; load it",
        "load can't be attempted twice", "loading can't be attempted twice",
        "program is already loaded",
        "rogram is not loaded", "before the BPF object is loaded", "program that wasn't loaded",
        "no BTF-based attach target is specified", "attach program FD is not set",
        "an't load a program from a nil spec", "an't marshal a nil Map",
        "can't load program of unspecified",
        "without loading its whole collection", "unsatisfied map reference",
      ],
      headline: "the loader's functions are called in the wrong order",
      explanation:
        "Programs and maps exist only once the object is loaded, and what a program is attached to has to "
        + "be set before that. It may also be that the program was not loaded, because autoload is off.",
      suggestion:
        "Open, set up (types, sizes, attach targets, autoload), load, then attach, in this order, and check "
        + "what each call returned.", weight: .consequence, origin: .source),
  ]
}
