// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What libbpf, the module loader and other gates in front of the verifier say when they refuse.
public enum LoaderLog {
  /// The refusal by `gate`.
  ///
  /// - Parameters:
  ///   - errno: positive, as in `errno.h`; 0 if unknown.
  ///   - message: the loader's message.
  ///   - log: more of them: libbpf's log lines, or what the module loader printed to the console.
  public static func rejection(
    by gate: Gate, errno: Int32, message: String, log: [UInt8] = []
  ) -> Rejection {
    if gate == .verifier || gate == .libbpf, let rejection = verifierRejection(log) {
      return rejection
    }
    // The kernel's message says more than the library's.
    for bytes in [log, Array(message.utf8)] {
      if let found = search(bytes, gate: gate) { return found }
    }
    let refusal = LoaderRefusal.of(errno: errno, gate: gate)
    return refusal.rejection(message: message.isEmpty ? refusal.headline : message, line: 1)
  }

  private static func search(_ bytes: [UInt8], gate: Gate) -> Rejection? {
    var found: LoaderWords.Found?
    func take(_ line: Text, _ number: Int) {
      let text = LinePrefix.stripped(line).prefix(400).trimmed()
      guard let refusal = LoaderRefusal.matching(text, gate: gate) ?? step(text, gate) else {
        return
      }
      LoaderWords.keepHeavier(&found, refusal, text, number)
    }
    var splitter = LineSplitter()
    splitter.feed(bytes, take)
    splitter.finish(take)
    return found?.rejection
  }

  /// The gate is known: the words need not say at which step the error number came.
  private static func step(_ text: Text, _ gate: Gate) -> LoaderRefusal? {
    guard gate == .attach || gate == .libbpf, let errno = ErrorNumber.named(in: text) else {
      return nil
    }
    return LoaderRefusal.of(LoadStep.named(in: text) ?? LoadStep(gate), errno: errno)
  }

  private static func verifierRejection(_ log: [UInt8]) -> Rejection? {
    let marks: [StaticString] = [
      "-- BEGIN PROG LOAD LOG --", "processed ", "Verification failed: ",
    ]
    let isVerifiers = log.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { Text(start: $0, count: buffer.count).containsAny(marks) } ?? false
    }
    return isVerifiers ? VerifierLog.rejection(in: log) : nil
  }
}
