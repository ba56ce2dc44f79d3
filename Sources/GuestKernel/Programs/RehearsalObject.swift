// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

/// An eBPF object of one program that does nothing, one constant and one variable, made in memory.
///
/// At the first load in a process, libbpf finds out what the kernel can do by some fifteen loads of
/// its own (libbpf.c, `feature_probes`), and remembers the result. Loading this object triggers
/// that.
package enum RehearsalObject {
  private struct Section {
    var name: String
    var type: UInt32
    var flags: UInt64 = 0
    var bytes: [UInt8]
    var link: UInt32 = 0
    var info: UInt32 = 0
    var entrySize: UInt64 = 0
  }

  /// `r0 = 0; exit` in the section of a socket filter.
  package static func bytes() throws(SystemError) -> [UInt8] {
    let program: [UInt8] = [0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]
    let names = ["rehearse", "terms", "constant", "variable"]
    var strings: [UInt8] = [0]
    var symbols = [UInt8](repeating: 0, count: MemoryLayout<Elf64_Sym>.size)
    for (index, name) in names.enumerated() {
      symbols += record(
        Elf64_Sym(
          st_name: UInt32(strings.count),
          // Global; the first is a function, the others are data.
          st_info: UInt8(1 << 4 | (index == 0 ? 2 : 1)), st_other: 0,
          st_shndx: UInt16(index + 1), st_value: 0, st_size: index == 0 ? 16 : 4))
      strings += Array(name.utf8) + [0]
    }
    let sections = [
      Section(name: "", type: 0, bytes: []),
      Section(name: "socket", type: 1, flags: 6, bytes: program),
      Section(name: "license", type: 1, flags: 3, bytes: Array("GPL\0".utf8)),
      Section(name: ".rodata", type: 1, flags: 2, bytes: [0, 0, 0, 0]),
      Section(name: ".data", type: 1, flags: 3, bytes: [1, 0, 0, 0]),
      Section(name: ".BTF", type: 1, bytes: try types()),
      Section(name: ".symtab", type: 2, bytes: symbols, link: 7, info: 1, entrySize: 24),
      Section(name: ".strtab", type: 3, bytes: strings),
    ]
    return assemble(sections)
  }

  private static func types() throws(SystemError) -> [UInt8] {
    guard let types = btf__new_empty() else {
      throw SystemError("make BTF for the rehearsal", errno: Glibc.errno)
    }
    defer { btf__free(types) }
    let integer = btf__add_int(types, "int", 4, BTF_INT_SIGNED)
    let prototype = btf__add_func_proto(types, integer)
    btf__add_func(types, "rehearse", BTF_FUNC_GLOBAL, prototype)
    for (section, variable) in [(".rodata", "constant"), (".data", "variable")] {
      let id = btf__add_var(types, variable, Int32(BTF_VAR_GLOBAL_ALLOCATED), integer)
      btf__add_datasec(types, section, 4)
      btf__add_datasec_var_info(types, id, 0, 4)
    }
    var size: UInt32 = 0
    guard let bytes = btf__raw_data(types, &size) else {
      throw SystemError("make BTF for the rehearsal", errno: Glibc.errno)
    }
    return Array(UnsafeRawBufferPointer(start: bytes, count: Int(size)))
  }

  private static func assemble(_ sections: [Section]) -> [UInt8] {
    var names: [UInt8] = []
    var body: [UInt8] = []
    var headers: [UInt8] = []
    let bodyStart = MemoryLayout<Elf64_Ehdr>.size
    let all = sections + [Section(name: ".shstrtab", type: 3, bytes: [])]
    var nameTable: [UInt8] = []
    for section in all { nameTable += Array(section.name.utf8) + [0] }
    for section in all {
      let bytes = section.name == ".shstrtab" ? nameTable : section.bytes
      headers += record(
        Elf64_Shdr(
          sh_name: UInt32(names.count), sh_type: section.type, sh_flags: section.flags,
          sh_addr: 0, sh_offset: UInt64(bodyStart + body.count), sh_size: UInt64(bytes.count),
          sh_link: section.link, sh_info: section.info, sh_addralign: 8,
          sh_entsize: section.entrySize))
      names += Array(section.name.utf8) + [0]
      body += bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    }
    var header = Elf64_Ehdr()
    withUnsafeMutableBytes(of: &header.e_ident) {
      $0.copyBytes(from: [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] as [UInt8])
    }
    header.e_type = 1
    header.e_machine = 247
    header.e_version = 1
    header.e_shoff = UInt64(bodyStart + body.count)
    header.e_ehsize = UInt16(bodyStart)
    header.e_shentsize = UInt16(MemoryLayout<Elf64_Shdr>.size)
    header.e_shnum = UInt16(all.count)
    header.e_shstrndx = UInt16(all.count - 1)
    return record(header) + body + headers
  }

  private static func record<Record: BitwiseCopyable>(_ value: Record) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }
}

/// Loads an object that does nothing and takes it out again, so that libbpf knows the kernel.
public func rehearseLoading() throws(LoadRefusal) {
  let bytes: [UInt8]
  do {
    bytes = try RehearsalObject.bytes()
  } catch {
    throw LoadRefusal(gate: .libbpf, errno: error.errno, message: "\(error)")
  }
  _ = try ProgramObject.loading(bytes, name: "rehearsal", armed: false)
}
