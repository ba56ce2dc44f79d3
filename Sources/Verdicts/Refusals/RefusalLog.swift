// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the log of a refusal by an unknown gate: the verifier's raw log, libbpf's output with that
/// log inside, or a module loader's lines (the kernel's log, `insmod`, `modprobe`). It arrives in
/// pieces, and memory is bounded whatever arrives.
public struct RefusalLog: Sendable {
  private var splitter = LineSplitter()
  fileprivate var state = State()

  fileprivate struct State: Sendable {
    var verifier = VerifierLogReader()
    /// The text shows that the verifier or libbpf wrote it.
    var isVerifiers = false
    /// What the module loader printed; the kernel's message says more than a tool's `errno`.
    var ofModule: Rejection?
    var ofModuleTool: Rejection?
    /// libbpf's message without libbpf's prefix.
    var ofLibrary: Rejection?
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
    var state = self.state
    self.state = State()
    splitter.feed(bytes) { state.take($0, number: $1) }
    self.state = state
  }

  /// Ends the log and returns what was found; afterwards the reader can be used again.
  public mutating func finish() -> Rejection? {
    var state = self.state
    splitter.finish { state.take($0, number: $1) }
    self = RefusalLog()
    return state.rejection()
  }
}

extension RefusalLog.State {
  fileprivate mutating func take(_ line: Text, number: Int) {
    let text = line.trimmedRight()
    guard !text.isEmpty else { return }
    verifier.take(text, number: number)
    isVerifiers = isVerifiers || Self.isVerifiers(text)
    guard !isVerifiers, ofModule == nil else { return }
    let words = LinePrefix.stripped(text).prefix(400).trimmed()
    if let refusal = LoaderRefusal.matching(words, gate: .moduleLoader) {
      let rejection = refusal.rejection(message: words.string, line: number)
      if !Self.isTool(words) {
        ofModule = rejection
      } else if ofModuleTool == nil {
        ofModuleTool = rejection
      }
    } else if ofLibrary == nil, let refusal = LoaderRefusal.matching(words, gate: .libbpf) {
      ofLibrary = refusal.rejection(message: words.string, line: number)
    }
  }

  /// Whether a line is one that only the verifier or libbpf prints.
  private static func isVerifiers(_ text: Text) -> Bool {
    let marks: [StaticString] = ["libbpf: ", "processed ", "Verification failed: ", "func#"]
    if marks.contains(where: { text.hasPrefix($0) }) { return true }
    return text.contains("-- BEGIN PROG LOAD LOG --")
      || InstructionLine(text) != nil
  }

  /// kmod's programs and busybox's: `insmod: ERROR: could not insert module f.ko: …`,
  /// `insmod: can't insert 'f.ko': …`.
  private static func isTool(_ text: Text) -> Bool {
    text.hasPrefix("insmod: ") || text.hasPrefix("modprobe: ") || text.contains("init_module")
  }

  fileprivate func rejection() -> Rejection? {
    let found = verifier.rejection()
    // Without a mark of the verifier, only texts that are known to be its own count.
    if let found, isVerifiers { return found }
    if isVerifiers { return ofModule ?? ofModuleTool }
    let known = found?.category == nil ? nil : found
    return ofModule ?? ofModuleTool ?? known ?? ofLibrary
  }
}
