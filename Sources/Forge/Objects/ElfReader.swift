// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CLibelf

/// Parses an ELF file with libelf; the only user of libelf.
struct ElfReader {
  var sections: [ObjectFile.Section] = []
  var functions: [ObjectFile.Function] = []
  /// Variables that have a place in a section.
  var variables: [ObjectFile.Function] = []
  var isProgram = false
  var isNative = false
  private var names: BoundedStrings

  /// The number of the eBPF machine in an ELF header (Linux: include/uapi/linux/elf-em.h).
  private static let machineOfPrograms: UInt16 = 247

  static func read(_ bytes: [UInt8], path: String) throws(ForgeError) -> ElfReader {
    // libelf takes a writable buffer, though it doesn't write to one that it only reads.
    var copy = bytes
    let reader = copy.withUnsafeMutableBytes { buffer -> ElfReader? in
      guard elf_version(UInt32(EV_CURRENT)) != UInt32(EV_NONE), let base = buffer.baseAddress,
        let elf = elf_memory(base.assumingMemoryBound(to: CChar.self), buffer.count)
      else { return nil }
      defer { elf_end(elf) }
      return ElfReader(elf, size: buffer.count)
    }
    guard let reader else {
      throw ForgeError(
        what: "\(path) is no whole ELF object: \(complaint(bytes))",
        remedy: "remove it and run again, to build it again")
    }
    return reader
  }

  private init?(_ elf: OpaquePointer, size: Int) {
    self.names = BoundedStrings(objectOf: size)
    var header = GElf_Ehdr()
    var names = 0
    guard elf_kind(elf) == ELF_K_ELF, gelf_getehdr(elf, &header) != nil,
      elf_getshdrstrndx(elf, &names) == 0
    else { return nil }
    isProgram = header.e_machine == Self.machineOfPrograms
    isNative = header.e_machine == UInt16(EM_X86_64)
    var symbols: [(section: OpaquePointer, header: GElf_Shdr)] = []
    // Section 0 means none; functions name theirs by number.
    sections = [ObjectFile.Section(name: "", size: 0, isExecutable: false, contents: nil)]
    var section = elf_nextscn(elf, nil)
    while let current = section {
      guard let (header, entry) = self.section(current, in: elf, names: names, size: size) else {
        return nil
      }
      sections.append(entry)
      if header.sh_type == UInt32(SHT_SYMTAB) { symbols.append((current, header)) }
      section = elf_nextscn(elf, current)
    }
    // For a truncated file libelf shows no sections, and reports no error.
    guard sections.count == max(Int(header.e_shnum), 2) else { return nil }
    // An object has one table of symbols; libbpf and the kernel refuse one that has more.
    guard symbols.count <= 1 else { return nil }
    for table in symbols {
      guard readSymbols(table.section, table.header, in: elf, size: size) else { return nil }
    }
    sections.removeFirst()
  }

  private mutating func section(
    _ section: OpaquePointer, in elf: OpaquePointer, names: Int, size: Int
  ) -> (GElf_Shdr, ObjectFile.Section)? {
    var header = GElf_Shdr()
    guard gelf_getshdr(section, &header) != nil,
      let start = elf_strptr(elf, names, Int(header.sh_name)),
      let name = self.names.string(start, within: size)
    else { return nil }
    var contents: Range<Int>?
    if header.sh_type != UInt32(SHT_NOBITS) {
      let (end, overflow) = header.sh_offset.addingReportingOverflow(header.sh_size)
      guard !overflow, end <= UInt64(size) else { return nil }
      contents = Int(header.sh_offset)..<Int(end)
    }
    let entry = ObjectFile.Section(
      name: name, size: Int(clamping: header.sh_size),
      isExecutable: header.sh_flags & UInt64(SHF_EXECINSTR) != 0, contents: contents)
    return (header, entry)
  }

  /// - Returns: false for names that can't be.
  private mutating func readSymbols(
    _ section: OpaquePointer, _ header: GElf_Shdr, in elf: OpaquePointer, size: Int
  ) -> Bool {
    guard let data = elf_getdata(section, nil), header.sh_entsize > 0 else { return true }
    for index in 0..<Int32(clamping: header.sh_size / header.sh_entsize) {
      var symbol = GElf_Sym()
      // The macros GELF_ST_TYPE and GELF_ST_BIND (gelf.h), which Swift doesn't see.
      guard gelf_getsym(data, index, &symbol) != nil,
        [UInt8(STT_FUNC), UInt8(STT_OBJECT)].contains(symbol.st_info & 0xf),
        Int(symbol.st_shndx) > 0, Int(symbol.st_shndx) < sections.count,
        let start = elf_strptr(elf, Int(header.sh_link), Int(symbol.st_name))
      else { continue }
      guard let name = names.string(start, within: size) else { return false }
      let found = ObjectFile.Function(
        name: name, section: sections[Int(symbol.st_shndx)].name,
        offset: Int(clamping: symbol.st_value), size: Int(clamping: symbol.st_size),
        isGlobal: symbol.st_info >> 4 == UInt8(STB_GLOBAL))
      if symbol.st_info & 0xf == UInt8(STT_FUNC) {
        functions.append(found)
      } else {
        variables.append(found)
      }
    }
    return true
  }

  /// What is wrong, in words: libelf has no message for a file that has none of its formats.
  private static func complaint(_ bytes: [UInt8]) -> String {
    if bytes.isEmpty { return "it is empty" }
    if !bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) { return "it does not begin as one does" }
    // 0: the thread's last error; nil if there was none (elf_errmsg in elfutils).
    return elf_errmsg(0).map { String(cString: $0) }
      ?? "it is truncated, or its headers are damaged"
  }
}
