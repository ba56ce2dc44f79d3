// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The reader of kernel logs, built into one program with the sources of `Verdicts`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let log = input(bytes, count)
  let findings = KernelLog.findings(in: log)
  var reader = KernelLog()
  for piece in pieces(of: log) { reader.feed(piece) }
  demand(reader.finish() == findings, "the same bytes in pieces give other findings")

  examine(findings, lines: lineCount(log))
  // The judge must have an answer to whatever was found.
  demand((Judge.ruling(ofConsole: findings) == nil) == findings.isEmpty, "a console has no ruling")

  // The same bytes as somebody's paste.
  let reading = KernelLog.reading(of: log)
  var pasted = KernelLog(from: .anywhere)
  for piece in pieces(of: log) { pasted.feed(piece) }
  demand(pasted.finished() == reading, "the same bytes in pieces are read differently")
  examine(reading.findings, lines: lineCount(log))
  demand((reading.ruling == nil) == reading.findings.isEmpty, "a log has no ruling")
  demand(reading.fatal.map { reading.findings.indices.contains($0) } ?? true, "no such finding")
  demand(reading.notes.count <= 24, "the notes are not bounded")
  for note in reading.notes { demand(isHarmless(note.text), "a note can steer a terminal") }
  for context in reading.findings.map(\.context) {
    demand(
      [context.release, context.command, context.hardware, context.workqueue, context.taint]
        .allSatisfy(isHarmless), "the machine's lines can steer a terminal")
  }
  demand(isHarmless(reading.release), "the release can steer a terminal")
  _ = LogExpectation().outcomes(of: reading)
  return 0
}

private func examine(_ findings: [Finding], lines: Int) {
  demand(findings.count <= 48 + 16, "the findings are not bounded")
  demand(findings.count(where: \.primary) == (findings.isEmpty ? 0 : 1), "there is one cause")
  for finding in findings {
    demand((1...lines).contains(finding.line), "a finding's line is not in the log")
    demand(
      [finding.title, finding.text, finding.frame, finding.address].allSatisfy(isHarmless),
      "a finding can steer a terminal")
    demand(finding.text.utf8.count <= 3 * 4096, "a finding's text is not bounded")
    // The trace, where an object was made or freed, and what the headline itself names.
    demand(finding.frames.count <= 48 + 48 + 2, "the frames are not bounded")
    for frame in finding.frames {
      demand((1...lines).contains(frame.line), "a frame's line is not in the log")
      demand(
        isHarmless(frame.symbol) && isHarmless(frame.module), "a frame can steer a terminal")
    }
  }
}
