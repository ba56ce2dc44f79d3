// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads what a refusal left behind when nobody says which gate it came from: the verifier's raw
/// log, libbpf's output with that log inside, what other loaders say (ebpf-go, aya, bcc, bpftrace,
/// tc), or a module loader's lines (the kernel's log, `insmod`, `modprobe`), however they were passed
/// on. It comes in pieces, and memory is bounded whatever comes.
public struct RefusalLog: Sendable {
  private var splitter = LineSplitter()
  private var lines = RefusalLines()
  /// Away while a piece is read, so that nothing is copied.
  fileprivate var state: State? = State()

  fileprivate struct State: Sendable {
    var verifier = VerifierLogReader()
    var words = LoaderWords()
    /// The text shows that the verifier or libbpf wrote it.
    var isVerifiers = false
    /// It speaks of BPF at all.
    var isAboutPrograms = false
  }

  public init() {}

  /// What the log in `bytes` refuses, and at which gate; nil if no refusal is recognised.
  public static func rejection(in bytes: some Collection<UInt8>) -> Rejection? {
    var log = RefusalLog()
    log.feed(bytes)
    return log.finish()
  }

  /// Takes in the next piece of the log, cut anywhere.
  public mutating func feed(_ bytes: some Collection<UInt8>) {
    guard var state else { return }
    var lines = lines
    (self.state, self.lines) = (nil, RefusalLines())
    splitter.feed(bytes) { line, number in
      state.verifier.isKernels = LinePrefix.stampLength(line) != nil
      lines.take(line, number: number) { state.take($0, number: $1) }
    }
    (self.state, self.lines) = (state, lines)
  }

  /// Ends the log and returns what was found; afterwards the reader can be used again.
  public mutating func finish() -> Rejection? {
    guard var state else { return nil }
    var lines = lines
    self.state = nil
    splitter.finish { line, number in
      state.verifier.isKernels = LinePrefix.stampLength(line) != nil
      lines.take(line, number: number) { state.take($0, number: $1) }
    }
    lines.finish { state.take($0, number: $1) }
    self = RefusalLog()
    return state.rejection()
  }
}

extension RefusalLog.State {
  fileprivate mutating func take(_ text: Text, number: Int) {
    isVerifiers = isVerifiers || text.hasPrefix("libbpf:")
    guard !verifier.take(text, number: number) else { return }
    isVerifiers = isVerifiers || verifier.isVerifiers
    if !isVerifiers, !isAboutPrograms {
      isAboutPrograms = text.containsAny(["bpf", "BPF", "erifier", "XDP", "xdp", "kprobe"])
    }
    words.take(text, number: number, modulesToo: !isVerifiers)
  }

  /// Words that only the verifier's messages have.
  private static func speaksOfPrograms(_ message: Text) -> Bool {
    message.containsAny([
      "kfunc", "kernel function", "btf_id", "func_info", "line_info", "core_relo", "func info",
      "subprog", "insn", "JIT", "CONFIG_DEBUG_INFO_BTF", "attach_btf", "fentry", "kernel BTF",
      "arena", "noreturn", "Extension program", "FENTRY", "fexit", "static functions",
      "kernel symbol",
      "func_proto", "bpf_", "tracing program",
    ])
  }

  fileprivate func rejection() -> Rejection? {
    var verifier = verifier
    verifier.loadErrno = verifier.loadErrno ?? words.loadErrno
    let isVerifiers = isVerifiers || verifier.isVerifiers
    let found = verifier.rejection()
    // Without a mark of the verifier, only texts that are known to be its own count.
    if let found, isVerifiers { return found }
    let ofModule = words.ofKernel ?? words.ofTool?.rejection
    if isVerifiers {
      return verifier.libraryWords ?? words.ofLibrary?.rejection ?? verifier.unexplained ?? ofModule
        ?? words.ofAnybody
    }
    if found?.category == nil, ofModule == nil, words.ofLibrary == nil { return words.ofAnybody }
    let known = found?.category == nil ? nil : found
    if verifier.isVague {
      let isOfPrograms = isAboutPrograms || known?.message.withText(Self.speaksOfPrograms) == true
      return ofModule ?? words.ofLibrary?.rejection ?? (isOfPrograms ? known : words.ofAnybody)
    }
    return ofModule ?? known ?? words.ofLibrary?.rejection
  }
}
