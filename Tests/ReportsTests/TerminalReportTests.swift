// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct TerminalReportTests {
  @Test(arguments: [80, 120]) func theTableIsAsRecorded(width: Int) throws {
    try expectGolden(
      TerminalReport.render(Samples.run, width: width, colour: false), "run-\(width).txt")
  }

  @Test func coloursAreAsRecorded() throws {
    try expectGolden(
      TerminalReport.render(Samples.run, width: 80, colour: true), "run-80-colour.txt")
  }

  @Test(arguments: [1, 60, 79, 80, 100, 200]) func noLineIsWiderThanTheTerminal(width: Int) {
    var run = Samples.run
    let long = String(repeating: "字e\u{301}x ", count: 60)
    run.trials[1].outcome = .unmet
    run.trials[1].reason = long
    run.trials[1].verdict.title = String(repeating: "字", count: 90)
    run.trials[1].verdict.source?.file = String(repeating: "深", count: 50)
    run.warnings = [long]
    for index in run.header.trials.indices
    where run.header.trials[index].scenario == "divide-by-zero" {
      run.header.trials[index].scenario = String(repeating: "長い", count: 20)
    }
    for line in TerminalReport.render(run, width: width, colour: false).split(separator: "\n") {
      // In these texts only the wide scripts take two columns, and combining marks none.
      let columns = line.unicodeScalars.reduce(0) { sum, scalar in
        sum + (scalar == "\u{301}" ? 0 : (0x3000...0x9fff).contains(scalar.value) ? 2 : 1)
      }
      #expect(columns <= max(width, 60), "\(line)")
    }
  }

  @Test func noForeignEscapeSequenceReachesTheTerminal() {
    var run = Samples.run
    let attack = "\u{1b}]0;x\u{7}\u{9b}31m\r\n\u{202e}\u{7f}"
    run.header.kernels[0].release = attack
    run.warnings = [attack]
    run.trials[9].reason = attack
    run.trials[9].verdict.title = attack
    run.trials[9].evidenceDirectory = attack
    run.trials[0].verdict.by = attack
    run.trials[0].verdict.category = nil
    run.trials[0].verdict.source = .init(file: attack, line: 1)
    run.trials[5].reason = attack
    let text = TerminalReport.render(run, width: 132, colour: false)
    let bad = text.unicodeScalars.filter {
      ($0.properties.generalCategory == .control && $0 != "\n") || $0 == "\u{202e}"
    }
    #expect(bad.isEmpty)
    #expect(text.contains("\\x1b]0;x\\x07\\x9b31m\\r\\n\\u{202e}\\x7f"))
    let coloured = TerminalReport.render(run, width: 132, colour: true)
    let foreign = coloured.replacing(/\u{1b}\[[0-9;]+m/, with: "")
    #expect(!foreign.contains("\u{1b}"))
  }

  @Test func everyKernelAndProfileHasItsTable() {
    var run = Samples.run
    run.header.kernels.append(.init(name: "debian-7.2", release: "7.2.1-cloud-amd64"))
    run.header.profiles.append("sensitive")
    let more = [("debian-6.1", "sensitive"), ("debian-7.2", "stock")].map { kernel, profile in
      TrialID(
        scenario: "null-map-value", mechanism: .lkm, armed: true, kernel: kernel,
        profile: profile, repetition: 1)
    }
    run.header.trials += more
    let text = TerminalReport.render(run, width: 80, colour: false)
    #expect(text.matches(of: #/(?m)^Linux\b/#).count == 3)
    #expect(text.contains("Linux 7.2.1-cloud-amd64  debian-7.2, stock, tcg"))
    #expect(text.contains("· not run"))
  }

  @Test(arguments: [(Int64(9), false), (0, true)])
  func aSurvivorThatCountedSomethingElseSaysSo(observed: Int64, isTold: Bool) {
    let trials = [(false, Int64(9)), (true, observed)].map { armed, observed in
      TrialRecord(
        id: Samples.id("null-map-value", .lkm, armed: armed), verdict: Verdict(.survived),
        observed: observed, expected: .init(verdict: .survived), outcome: .met)
    }
    let run = RunRecord(
      header: Samples.header(trials: trials.map(\.id)), trials: trials, scenarios: [])
    let text = TerminalReport.render(run, width: 80, colour: false)
    #expect(text.contains("counted 0, not 9") == isTold)
  }

  @Test func repetitionsShareACell() {
    let ids = (1...3).map { Samples.id("null-map-value", .lkm, repetition: $0) }
    let trials = ids.enumerated().map { index, id in
      TrialRecord(
        id: id, verdict: Verdict(index == 1 ? .survived : .oopsed),
        expected: .init(verdict: .oopsed), outcome: index == 1 ? .unmet : .met,
        reason: index == 1 ? "expected oopsed, got survived" : nil)
    }
    let run = RunRecord(
      header: Samples.header(repetitions: 3, trials: ids), trials: trials, scenarios: [])
    let text = TerminalReport.render(run, width: 80, colour: false)
    #expect(text.contains("1 of 3 alike"))
    #expect(text.contains("[1]  null-map-value, kernel module, armed, repetition 2: unmet"))
  }

  @Test func aRepeatedPairCountsOnceAndAsItsWorst() {
    let mechanisms: [Mechanism] = [.bpf, .lkm]
    let trials = mechanisms.flatMap { mechanism in
      [
        TrialRecord(
          id: Samples.id("lost-updates", mechanism, armed: false), verdict: Verdict(.survived),
          expected: .init(verdict: .survived), outcome: .met)
      ]
        + (1...3).map { repetition in
          let crashes = mechanism == .lkm && repetition == 2
          return TrialRecord(
            id: Samples.id("lost-updates", mechanism, repetition: repetition),
            verdict: Verdict(crashes ? .oopsed : .survived),
            expected: .init(verdict: .survived), outcome: .met)
        }
    }
    let run = RunRecord(
      header: Samples.header(trials: trials.map(\.id)), trials: trials, scenarios: [])
    let text = TerminalReport.render(run, width: 80, colour: false)
    #expect(
      text.contains(
        """
        1 paired fault
          eBPF           ○ 1 unnoticed
          kernel module  ✖ 1 crashed
          1 pair's repetitions differ: it counts as the worst of them

        """))
  }

  @Test(arguments: [60, 80]) func noClassIsCutOff(width: Int) {
    let rulings: [Ruling] = [.rejected, .contained, .survived, .warned, .oopsed]
    let mechanisms: [Mechanism] = [.bpf, .lkm]
    let trials = (0..<60).flatMap { number in
      mechanisms.flatMap { mechanism in
        [true, false].map { armed in
          TrialRecord(
            id: Samples.id("s\(number)", mechanism, armed: armed),
            verdict: Verdict(armed ? rulings[number % 5] : .survived),
            expected: .init(verdict: .survived), outcome: .met)
        }
      }
    }
    let run = RunRecord(
      header: Samples.header(trials: trials.map(\.id)), trials: trials, scenarios: [])
    let text = TerminalReport.render(run, width: width, colour: false)
    let closing = text.split(separator: "60 paired faults").last ?? ""
    #expect(!closing.contains("…"))
    for word in ["rejected", "contained", "unnoticed", "damaged", "crashed"] {
      #expect(closing.matches(of: try! Regex("12 \(word)")).count == 2)
    }
  }

  @Test func aCompilersRefusalIsToldWithItsPlaceAndIsNoGateThatHeld() {
    let mechanisms: [Mechanism] = [.bpf, .lkm]
    let trials = [true, false].flatMap { armed in
      mechanisms.map { mechanism in
        TrialRecord(
          id: Samples.id("null-map-value", mechanism, armed: armed),
          verdict: Verdict(
            .rejected, by: "compiler", title: "expected ';' after expression",
            source: Samples.place("bpf/null_map_value.bpf.c", 31)),
          expected: .init(verdict: .survived), outcome: .unmet,
          reason: "expected survived, got rejected by compiler")
      }
    }
    let run = RunRecord(
      header: Samples.header(trials: trials.map(\.id)), trials: trials, scenarios: [])
    let text = TerminalReport.render(run, width: 80, colour: false)
    #expect(text.contains("\n     bpf/null_map_value.bpf.c:31: expected ';' after expression\n"))
    #expect(text.contains("0 paired faults\n  1 fault left out, because its control is not met\n"))
    #expect(!text.contains("1 rejected"))
  }
}
