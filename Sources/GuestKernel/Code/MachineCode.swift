// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf

extension ProgramObject {
  /// One function of a loaded program as the JIT wrote it.
  public struct MachineCode: Sendable, Equatable {
    public var function: String
    public var bytes: [UInt8]
  }

  /// The functions of all loaded programs, in the order of ``compiledFunctions()``, without those
  /// of a program whose code the kernel doesn't reveal (no JIT, addresses hidden).
  ///
  /// bpftool's `prog dump jited` can't provide them: if it was built without a disassembler, as
  /// Debian's is, it doesn't write raw code, either (bpftool: prog.c, `do_dump`).
  public func machineCode() -> [MachineCode] {
    compiledPrograms().flatMap { descriptor, functions in
      guard let code = JITedCode.bytes(of: descriptor),
        code.count == functions.reduce(0, { $0 + $1.size })
      else { return [MachineCode]() }
      var begin = 0
      return functions.map { function in
        defer { begin += function.size }
        return MachineCode(
          function: function.name, bytes: Array(code[begin..<begin + function.size]))
      }
    }
  }
}

extension JITedCode {
  /// The machine code of a program and its functions, one after the other (Linux:
  /// kernel/bpf/syscall.c, `bpf_prog_get_info_by_fd`); nil if the kernel doesn't reveal it.
  static func bytes(of descriptor: Int32) -> [UInt8]? {
    var counts = bpf_prog_info()
    guard ask(descriptor, &counts), counts.jited_prog_len > 0 else { return nil }
    var code = [UInt8](repeating: 0, count: Int(counts.jited_prog_len))
    let isFilled = code.withUnsafeMutableBytes { buffer in
      var info = bpf_prog_info()
      info.jited_prog_len = counts.jited_prog_len
      info.jited_prog_insns = address(buffer)
      return ask(descriptor, &info) && info.jited_prog_insns != 0
    }
    return isFilled ? code : nil
  }
}
