// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Lab
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct MutantPairTests {
  private func base(_ mechanism: Mechanism, _ places: [(String, Int, String)]) -> MutantBase {
    MutantBase(
      scenario: "one", mechanism: mechanism,
      places: places.map { code, number, construct in
        MutantPlace(
          code: code, number: number, function: "count", line: number, offset: 0, length: 1,
          replacement: "", construct: construct)
      })
  }

  @Test func theSameConstructOfBothTwinsIsAPair() {
    let pairs = MutantPairs.of([
      base(.bpf, [("MIA", 1, "if ( ! count ) return 0"), ("MFC", 1, "call")]),
      base(.lkm, [("MIA", 1, "if ( x ) y"), ("MIA", 2, "if ( ! count ) return 0")]),
    ])
    #expect(pairs == ["one.bpf.MIA.1": "one.lkm.MIA.2", "one.lkm.MIA.2": "one.bpf.MIA.1"])
  }

  @Test func equalConstructsArePairedInTheirOrderIfThereAreAsMany() {
    let twice = [("MFC", 1, "call"), ("MFC", 2, "call")]
    let pairs = MutantPairs.of([base(.bpf, twice), base(.lkm, twice)])
    #expect(pairs["one.bpf.MFC.1"] == "one.lkm.MFC.1")
    #expect(pairs["one.bpf.MFC.2"] == "one.lkm.MFC.2")
    #expect(MutantPairs.of([base(.bpf, twice), base(.lkm, [("MFC", 1, "call")])]).isEmpty)
  }

  @Test func aSampleHasItsSizeAndIsTheSameForTheSameSeed() {
    let places = (1...90).map { ("MIA", $0, "a") } + (1...10).map { ("MFC", $0, "b") }
    let bases = [base(.bpf, places)]
    func drawn(_ seed: UInt64) -> [String] {
      var choice = SuiteChoice(name: .mutants)
      (choice.sample, choice.seed) = (20, seed)
      return MutantSample.of(bases, choice).flatMap { $0.places.map(\.name) }
    }
    #expect(drawn(1).count == 20)
    #expect(drawn(1).filter { $0.hasPrefix("MFC") }.count == 2)
    #expect(drawn(1) == drawn(1))
    #expect(drawn(1) != drawn(2))
  }

  @Test func aSampleHasPairsAsAWhole() {
    let bases = [
      base(.bpf, (1...40).map { ("MIA", $0, "a\($0 / 2)") } + [("MFC", 1, "b")]),
      base(.lkm, (1...30).map { ("MIA", $0, "a\($0 / 2)") } + [("MFC", 1, "c")]),
    ]
    let all = MutantPairs.of(bases)
    for seed in 1...20 as ClosedRange<UInt64> {
      var choice = SuiteChoice(name: .mutants)
      (choice.sample, choice.seed) = (15, seed)
      let sample = MutantSample.of(bases, choice)
      let names = Set(sample.flatMap { base in base.places.map { "\(base.name).\($0.name)" } })
      #expect((14...15).contains(names.count))
      #expect(names.allSatisfy { all[$0].map(names.contains) ?? true })
      // What is a pair in the sample is one of all places.
      let pairs = all.filter { names.contains($0.key) }
      #expect(pairs.allSatisfy { all[$0.value] == $0.key && names.contains($0.value) })
    }
  }
}
