// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts
import Wire

/// All of an agent's way into the harness: bytes → frames → messages → report → verdict, built with the
/// sources of the target `Trials` that need no guest.
///
/// A line of the input is a message's JSON, which gets its frame here, as a fuzzer finds lengths hardly
/// ever; one that begins with `b` is a blob, with so many bytes as the line has; one that begins with `r`
/// goes as it is. The input's first byte says what the host has asked for.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = input(bytes, count)
  let sent = stream(of: input.dropFirst())
  let (items, broken) = take(pieces(of: sent), asked: input.first ?? 0)
  let (whole, wholeBroken) = take([sent[...]], asked: input.first ?? 0)
  demand(items == whole && broken == wholeBroken, "the same bytes in pieces are something else")
  demand(items.count <= count + 1, "there is more than was sent")

  var report = AgentFacts(objectName: "twin")
  var ending = Ending.laboratoryFailed(broken.map { "\($0)" } ?? "the guest ended")
  for (index, item) in items.enumerated() {
    switch item {
    case .blob(let bytes): report.add(blob: bytes)
    case .message(let message):
      let again = try? AgentMessage(message.frame)  // nil is no message's equal
      demand(again == message, "a message is not read as it was written")
      report.add(message, line: index + 1)
      if message == .finished { ending = .answered }
    }
  }
  weigh(report, ending)

  // The guest's side reads the host's messages by the same functions.
  for line in input.split(separator: UInt8(ascii: "\n")) {
    if let message = try? HostMessage(.message(Array(line))) {  // what is none is refused
      let again = try? HostMessage(message.frame)  // nil is no message's equal
      demand(again == message, "a message of the host's is not read as it was written")
    }
  }
  return 0
}

private func stream(of lines: ArraySlice<UInt8>) -> [UInt8] {
  lines.split(separator: UInt8(ascii: "\n")).flatMap { line -> [UInt8] in
    switch line.first {
    case UInt8(ascii: "b"): WireFrame.blob(Array(line.dropFirst())).encoded()
    case UInt8(ascii: "r"): Array(line.dropFirst())
    default: WireFrame.message(Array(line)).encoded()
    }
  }
}

private func take(
  _ pieces: [ArraySlice<UInt8>], asked: UInt8
) -> (items: [AgentIntake.Item], broken: WireError?) {
  var intake = AgentIntake()
  switch asked {
  case UInt8(ascii: "t"), UInt8(ascii: "i"):
    intake.said(
      .trial(
        TrialPlan(
          scenario: "twin", mechanism: .bpf, armed: true, inspected: asked == UInt8(ascii: "i"),
          objectName: "twin", objectSize: 1, workload: [], observation: .variable("events"),
          test: ProgramTest(program: "p", showsRewritten: true))), now: 0)
  case UInt8(ascii: "s"):
    intake.said(.shell(ShellPlan(terminal: "dumb", size: nil)), now: 0)
    intake.sent(blob: 100)
  case UInt8(ascii: "o"): intake.said(.tool(arguments: []), now: 0)
  default: break
  }
  var items: [AgentIntake.Item] = []
  var broken: WireError?
  for piece in pieces {
    let taken = intake.take(piece, now: 0)
    demand(broken == nil || taken.items.isEmpty, "something is believed behind a broken rule")
    items += taken.items.map { $0.0 }
    broken = broken ?? taken.broken
  }
  return (items, broken)
}

private func weigh(_ report: AgentFacts, _ ending: Ending) {
  demand(report.facts.count == report.lines.count, "a fact has no line")
  let frames = ["f", "twin", "count"].map {
    Frame(symbol: "bpf_prog_0123456789abcdef_\($0)", offset: 7, line: 1)
  }
  for place in report.compiled.places(of: frames).values {
    demand(place.line > 0, "a source line is not positive")
  }
  let rejection = report.verifierLog.isEmpty ? nil : VerifierLog.rejection(in: report.verifierLog)
  for armed in [true, false] {
    let verdict = Judge.verdict(
      of: TrialFacts(
        mechanism: .bpf, armed: armed, agent: report.facts, rejection: rejection, ending: ending,
        agentLines: report.lines))
    if case .laboratoryFailed = ending {
      demand(verdict.ruling != .survived, "a laboratory that failed lets a twin survive")
    }
    for line in verdict.evidence where line.file == "agent.jsonl" {
      demand(report.lines.contains(line.line), "evidence points to no line")
    }
  }
}
