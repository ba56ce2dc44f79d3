// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
public import Kernels

/// A module or a program as a file: what can be found out without loading it.
public struct ObjectFile: Sendable, CustomStringConvertible {
  public let path: String
  public let sections: [Section]
  /// Functions, in the order of the symbol table.
  public let functions: [Function]
  /// Whether it is made for the kernel's eBPF machine instead of a CPU.
  public let isProgram: Bool
  /// Whether it is made for x86-64, the machine of the guests.
  public let isNative: Bool
  private let variables: [Function]
  private let bytes: [UInt8]

  public var description: String { path }

  public struct Section: Sendable, Equatable {
    public var name: String
    /// In bytes.
    public var size: Int
    public var isExecutable: Bool
    /// Where its contents are in the file; nil if it has none there (`.bss`).
    var contents: Range<Int>?
  }

  public struct Function: Sendable, Equatable {
    public var name: String
    /// The name of the section it is in.
    public var section: String
    /// From the beginning of the section, in bytes.
    public var offset: Int
    /// In bytes.
    public var size: Int
    public var isGlobal: Bool
  }

  /// Reads a file.
  ///
  /// - Throws: `HostError` if it can't be read, ``ForgeError`` if it is not an ELF file.
  public init(path: String) throws {
    bytes = try Files.read(path)
    let elf = try ElfReader.read(bytes, path: path)
    self.path = path
    sections = elf.sections
    functions = elf.functions
    variables = elf.variables
    isProgram = elf.isProgram
    isNative = elf.isNative
  }

  /// The bytes of a section; nil if there is none of this name or it has none.
  public func contents(of section: String) -> ArraySlice<UInt8>? {
    guard let range = sections.first(where: { $0.name == section })?.contents else { return nil }
    return bytes[range]
  }

  /// The programs in the object, each with the section that says how it attaches. Functions in
  /// `.text` are subprograms, which libbpf appends to the programs that call them.
  public var programs: [Function] {
    guard isProgram else { return [] }
    let executable = Set(sections.filter(\.isExecutable).map(\.name))
    return functions.filter {
      $0.isGlobal && $0.section != ".text" && executable.contains($0.section)
    }
  }

  /// A program's maps that are declared with types, by name.
  public var maps: [String] { variables.filter { $0.section == ".maps" }.map(\.name) }

  /// A program's global variables, by name: those that a loader can set.
  public var globals: [String] {
    let kinds = [".data", ".rodata", ".bss"]
    return variables.filter { variable in
      kinds.contains { variable.section == $0 || variable.section.hasPrefix($0 + ".") }
    }.map(\.name)
  }

  /// A module's parameters, by name, those with functions of their own (`module_param_cb`) included
  /// (Linux: include/linux/moduleparam.h, `__module_param_call`).
  public var parameters: [String] {
    let prefix = "__param_"
    return variables.filter { $0.section == "__param" && $0.name.hasPrefix(prefix) }
      .map { String($0.name.dropFirst(prefix.count)) }
  }

  /// The names of the functions that load and unload a module (Linux: include/linux/module.h,
  /// `module_init`, makes them aliases).
  public var entryPoints: Set<String> {
    let places = functions.filter { ["init_module", "cleanup_module"].contains($0.name) }
    return Set(
      functions.filter { function in
        places.contains { $0.section == function.section && $0.offset == function.offset }
      }.map(\.name))
  }

  /// The licence it declares: the section `license` of a program, `license=` of a module.
  public var licence: String? {
    if let section = contents(of: "license") {
      // The kernel takes 128 bytes of it (Linux: kernel/bpf/syscall.c, `bpf_prog_load`).
      return String(decoding: section.prefix(128).prefix { $0 != 0 }, as: UTF8.self)
    }
    return moduleInfo("license").first
  }

  /// The values of a key in a module's `.modinfo`: `vermagic`, `depends`, `parm`…
  public func moduleInfo(_ key: String) -> [String] {
    // Real ones have some KiB; a crafted one has millions of entries.
    let entries = (contents(of: ".modinfo") ?? []).prefix(1 << 20).split(separator: 0)
    let start = Array("\(key)=".utf8)
    return entries.filter { $0.starts(with: start) }
      .map { String(decoding: $0.dropFirst(start.count), as: UTF8.self) }
  }

  /// The object with its constant `armed` set, for a loader that can't set it; nil if it has none.
  public func armed() -> [UInt8]? {
    guard let variable = variables.first(where: { $0.name == "armed" && $0.section == ".rodata" }),
      let section = contents(of: variable.section), (0..<section.count).contains(variable.offset)
    else { return nil }
    var changed = bytes
    // One byte, as the machine is little-endian.
    changed[section.startIndex + variable.offset] = 1
    return changed
  }

  /// The release of the kernel that a module was built for; nil if this is not a module.
  public var kernelRelease: String? {
    moduleInfo("vermagic").first?.split(separator: " ").first.map(String.init)
  }

  /// Throws if this is a module for another kernel, which this one would refuse.
  public func requireFit(_ kernel: Kernel) throws(ForgeError) {
    guard let release = kernelRelease, release != kernel.release else { return }
    throw ForgeError(
      what: "\(path) is a module for the kernel \(release), not for \(kernel.release)",
      remedy: "remove it from the cache and run again, to build it again")
  }
}
