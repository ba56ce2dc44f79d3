// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

/// Attaching programs whose section leaves a name to the application.
extension ProgramObject {
  public mutating func attachKprobe(
    _ program: String, function: String, onReturn: Bool
  ) throws(LoadRefusal) {
    try keep(program, "\(onReturn ? "kretprobe" : "kprobe") \(function)") {
      bpf_program__attach_kprobe($0, onReturn, function)
    }
  }

  /// - Parameter tracepoint: `category/name`.
  public mutating func attachTracepoint(
    _ program: String, tracepoint: String
  ) throws(LoadRefusal) {
    let parts = tracepoint.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw LoadRefusal.ofRequest("\(tracepoint) is no tracepoint such as sched/sched_switch")
    }
    try keep(program, "tracepoint \(tracepoint)") {
      bpf_program__attach_tracepoint($0, parts[0], parts[1])
    }
  }

  public mutating func attachRawTracepoint(
    _ program: String, tracepoint: String
  ) throws(LoadRefusal) {
    try keep(program, "raw tracepoint \(tracepoint)") {
      bpf_program__attach_raw_tracepoint($0, tracepoint)
    }
  }

  private static let knownSymbol = "/lib/x86_64-linux-gnu/libc.so.6:malloc"

  /// - Parameter place: `path:symbol`.
  public mutating func attachUprobe(
    _ program: String, place: String, onReturn: Bool
  ) throws(LoadRefusal) {
    guard let colon = place.lastIndex(of: ":") else {
      throw LoadRefusal.ofRequest("\(place) is no file and symbol such as \(Self.knownSymbol)")
    }
    let path = String(place[..<colon])
    let symbol = String(place[place.index(after: colon)...])
    do {
      try attachUprobe(program, path, symbol, onReturn)
    } catch {
      // libbpf.c, elf.c: `elf: failed to find symbol 'main' in '/bin/busybox'`.
      guard error.message.contains("failed to find symbol") else { throw error }
      throw LoadRefusal.ofRequest(
        "the guest's \(path) has no symbol \(symbol); its programs have none, its libraries have, "
          + "such as \(Self.knownSymbol)")
    }
  }

  private mutating func attachUprobe(
    _ program: String, _ path: String, _ symbol: String, _ onReturn: Bool
  ) throws(LoadRefusal) {
    try keep(program, "\(onReturn ? "uretprobe" : "uprobe") \(path):\(symbol)") { program in
      symbol.withCString { symbol in
        var options = bpf_uprobe_opts()
        options.sz = optionsSize(through: \bpf_uprobe_opts.func_name)
        options.retprobe = onReturn
        options.func_name = symbol
        return bpf_program__attach_uprobe_opts(program, -1, path, 0, &options)
      }
    }
  }

  /// Attaches a program whose target was set before the load.
  public mutating func attachTrampoline(
    _ program: String, words: String, isPolicy: Bool
  ) throws(LoadRefusal) {
    try keep(program, words) {
      isPolicy ? bpf_program__attach_lsm($0) : bpf_program__attach_trace($0)
    }
  }

  private mutating func keep(
    _ name: String, _ words: String, _ attach: (OpaquePointer) -> OpaquePointer?
  ) throws(LoadRefusal) {
    let program = try self.program(name)
    cguest_forget_libbpf_messages()
    guard let link = attach(program) else { throw attachRefusal(Glibc.errno) }
    links.append(.link(link))
    attached[name] = words
  }
}
