// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

/// One function of a loaded program, as the kernel's JIT compiled it.
public struct JITedFunction: Sendable, Equatable {
  public var name: String
  /// In bytes.
  public var size: Int
  /// The source files, each once.
  public var files: [String]
  public var lines: [Line]

  public struct Line: Sendable, Equatable {
    /// Of the line's first instruction from the beginning of the function, in bytes.
    public var offset: Int
    /// Its place in ``JITedFunction/files``.
    public var file: Int
    public var number: Int
  }
}

extension ProgramObject {
  /// The kernel's numbers of all loaded programs.
  public var ids: [UInt32] {
    programs().compactMap { program in
      var info = bpf_prog_info()
      return JITedCode.ask(bpf_program__fd(program), &info) ? info.id : nil
    }
  }

  /// The functions of all loaded programs; none if the kernel doesn't reveal them (no JIT,
  /// addresses hidden). Then only source lines are missing, nothing that a trial rests on.
  public func compiledFunctions() -> [JITedFunction] {
    compiledPrograms().flatMap(\.functions)
  }

  /// Each loaded program's descriptor, and its functions.
  func compiledPrograms() -> [(descriptor: Int32, functions: [JITedFunction])] {
    guard let types = bpf_object__btf(object) else { return [] }
    return programs().map { program in
      let descriptor = bpf_program__fd(program)
      return (descriptor, JITedCode(descriptor: descriptor)?.functions(types) ?? [])
    }
  }
}

/// What the kernel says about a program's code (Linux: kernel/bpf/syscall.c,
/// `bpf_prog_get_info_by_fd`): the address and size of each function, its type, and for each line
/// of C the address of its first instruction.
struct JITedCode {
  private var addresses: [UInt64]
  private var sizes: [UInt32]
  private var types: [bpf_func_info]
  private var lines: [bpf_line_info]
  private var lineAddresses: [UInt64]

  /// Nil if the kernel doesn't say.
  init?(descriptor: Int32) {
    var counts = bpf_prog_info()
    guard descriptor >= 0, Self.ask(descriptor, &counts), counts.nr_jited_ksyms > 0,
      counts.nr_line_info == counts.nr_jited_line_info, counts.nr_line_info > 0
    else { return nil }
    func room<Element>(_ zero: Element, _ count: UInt32) -> [Element] {
      Array(repeating: zero, count: Int(count))
    }
    addresses = room(0, counts.nr_jited_ksyms)
    sizes = room(0, counts.nr_jited_func_lens)
    types = room(bpf_func_info(), counts.nr_func_info)
    lines = room(bpf_line_info(), counts.nr_line_info)
    lineAddresses = room(0, counts.nr_jited_line_info)
    let isFilled = addresses.withUnsafeMutableBytes { addresses in
      sizes.withUnsafeMutableBytes { sizes in
        types.withUnsafeMutableBytes { types in
          lines.withUnsafeMutableBytes { lines in
            lineAddresses.withUnsafeMutableBytes { lineAddresses in
              var info = bpf_prog_info()
              info.nr_jited_ksyms = counts.nr_jited_ksyms
              info.jited_ksyms = Self.address(addresses)
              info.nr_jited_func_lens = counts.nr_jited_func_lens
              info.jited_func_lens = Self.address(sizes)
              info.nr_func_info = counts.nr_func_info
              info.func_info_rec_size = UInt32(MemoryLayout<bpf_func_info>.size)
              info.func_info = Self.address(types)
              info.nr_line_info = counts.nr_line_info
              info.line_info_rec_size = UInt32(MemoryLayout<bpf_line_info>.size)
              info.line_info = Self.address(lines)
              info.nr_jited_line_info = counts.nr_jited_line_info
              info.jited_line_info_rec_size = UInt32(MemoryLayout<UInt64>.size)
              info.jited_line_info = Self.address(lineAddresses)
              return Self.ask(descriptor, &info)
            }
          }
        }
      }
    }
    // Addresses that are hidden read as nothing.
    guard isFilled, addresses.allSatisfy({ $0 != 0 }), sizes.count == addresses.count,
      types.count == addresses.count
    else { return nil }
  }

  static func ask(_ descriptor: Int32, _ info: inout bpf_prog_info) -> Bool {
    var size = UInt32(MemoryLayout<bpf_prog_info>.size)
    return bpf_obj_get_info_by_fd(descriptor, &info, &size) == 0
  }

  static func address(_ buffer: UnsafeMutableRawBufferPointer) -> UInt64 {
    UInt64(UInt(bitPattern: buffer.baseAddress))
  }

  func functions(_ btf: OpaquePointer) -> [JITedFunction] {
    addresses.indices.compactMap { index in
      guard let type = btf__type_by_id(btf, types[index].type_id),
        let name = btf__name_by_offset(btf, type.pointee.name_off)
      else { return nil }
      var function = JITedFunction(
        name: String(cString: name), size: Int(sizes[index]), files: [], lines: [])
      let range = addresses[index]..<addresses[index] + UInt64(sizes[index])
      for (line, address) in zip(lines, lineAddresses)
      where range.contains(address) && line.line_col >> 10 > 0 {
        guard let path = btf__name_by_offset(btf, line.file_name_off) else { continue }
        let file = String(cString: path)
        let place = function.files.firstIndex(of: file) ?? function.files.count
        if place == function.files.count { function.files.append(file) }
        function.lines.append(
          .init(
            offset: Int(address - range.lowerBound), file: place, number: Int(line.line_col >> 10)))
      }
      function.lines.sort { $0.offset < $1.offset }
      return function
    }
  }
}
