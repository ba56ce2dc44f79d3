// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The readers of refusals, the verifier's and the loaders', built into one program with the sources
/// of `Verdicts`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let log = input(bytes, count)
  let refusal = RefusalLog.rejection(in: log)
  var reader = RefusalLog()
  for piece in pieces(of: log) { reader.feed(piece) }
  demand(reader.finish() == refusal, "the same bytes in pieces give another refusal")
  let lines = lineCount(log)
  for rejection in [refusal, VerifierLog.rejection(in: log)].compactMap({ $0 }) {
    demand((1...lines).contains(rejection.line), "a refusal's line is not in the log")
    demand(
      [
        rejection.message, rejection.headline, rejection.sourceText, rejection.explanation,
        rejection.suggestion, rejection.instruction?.text, rejection.source?.file,
      ].allSatisfy(isHarmless), "a refusal can steer a terminal")
    demand(rejection.message.utf8.count <= 1 << 16, "a refusal's message is not bounded")
    demand((rejection.instruction?.index ?? 0) >= 0, "an instruction's number is negative")
    demand((rejection.source?.line ?? 1) > 0, "a source line is not positive")
  }
  // libbpf's and the loader's words come to the judge like this, too.
  let words = String(decoding: log, as: UTF8.self)
  for gate in [Gate.libbpf, .attach, .moduleLoader, .policy] {
    let found = LoaderLog.rejection(by: gate, errno: 22, message: words)
    demand(isHarmless(found.headline), "a headline can steer a terminal")
  }
  return 0
}
