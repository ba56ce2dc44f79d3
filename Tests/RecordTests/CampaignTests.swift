// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct CampaignTests {
  @Test func anIntervalIsOverClustersNotOverTheirMembers() {
    // Few scenarios say nothing of others.
    let few = Resampling.share((0..<9).map { _ in .init(hits: 30, size: 40) })
    #expect(few.share == 0.75 && few.low == nil && few.high == nil && few.method == nil)
    let many = Resampling.share((0..<100).map { .init(hits: $0 % 2, size: 1) })
    #expect(many.share == 0.5 && many.method == .bootstrap)
    #expect((0.38...0.42).contains(many.low ?? 0) && (0.58...0.62).contains(many.high ?? 0))
    // Clusters of 50 are ten observations, not 500.
    let ten = Resampling.share((0..<10).map { .init(hits: $0 % 2 * 50, size: 50) })
    #expect((0.1...0.3).contains(ten.low ?? 0) && (0.7...0.9).contains(ten.high ?? 0))
    #expect(Resampling.share((0..<100).map { .init(hits: $0 % 2, size: 1) }) == many)
  }

  @Test func noneAndAllHaveAnExactBound() {
    let none = Resampling.share((0..<10).map { _ in .init(hits: 0, size: 40) })
    #expect(none.share == 0 && none.low == 0 && none.method == .exact)
    #expect(abs((none.high ?? 0) - 0.3085) < 0.0001)
    let all = Resampling.share((0..<10).map { _ in .init(hits: 40, size: 40) })
    #expect(all.share == 1 && all.high == 1 && all.method == .exact)
    #expect(abs((all.low ?? 0) - 0.6915) < 0.0001)
  }

  private func base(_ mechanism: Mechanism) -> Campaign.Base {
    Campaign.Base(
      name: "one.\(mechanism.rawValue)", scenario: "one", mechanism: mechanism, family: "memory",
      hook: "kprobe", places: 3, chosen: 3, spanned: 0, refused: 0, equivalent: 0, obstacle: nil)
  }

  private func mutant(
    _ mechanism: Mechanism, _ name: String, pair: String? = nil, same: String? = nil
  ) -> Campaign.Mutant {
    let base = "one.\(mechanism.rawValue)"
    return Campaign.Mutant(
      name: "\(base).\(name)", base: base, code: String(name.prefix { $0 != "." }),
      function: "count", line: 3, before: "a", after: "b", same: same.map { "\(base).\($0)" },
      pair: pair)
  }

  private func run(
    _ results: [(String, Mechanism, Ruling, Int64?)], _ campaign: Campaign
  ) -> RunRecord {
    let trials = results.map { name, mechanism, ruling, observed in
      var record = Samples.record(Samples.id(name, mechanism), ruling)
      record.observed = observed
      record.outcome = name.hasSuffix("base") && ruling != .survived ? .unmet : .met
      return record
    }
    var header = Samples.header(trials.map(\.id))
    header.suite = .init(name: "mutants")
    header.suite?.campaign = campaign
    return RunRecord(header: header, trials: trials, scenarios: [])
  }

  private var campaign: Campaign {
    Campaign(
      operators: [], sample: nil, seed: 1, fieldShares: ["MIA": 4, "MFC": 1],
      bases: [base(.bpf), base(.lkm)],
      mutants: [
        mutant(.bpf, "MIA.1", pair: "one.lkm.MIA.1"), mutant(.lkm, "MIA.1", pair: "one.bpf.MIA.1"),
        mutant(.bpf, "MFC.1", pair: "one.lkm.MFC.1"), mutant(.lkm, "MFC.1", pair: "one.bpf.MFC.1"),
        mutant(.lkm, "MFC.2"), mutant(.lkm, "MRS.1", same: "MFC.2"),
      ])
  }

  @Test func whatMutantsComeToIsCountedByTwinAndByPair() throws {
    let run = run(
      [
        ("one.bpf.base", .bpf, .survived, 64), ("one.lkm.base", .lkm, .survived, 64),
        ("one.bpf.MIA.1", .bpf, .rejected, nil), ("one.lkm.MIA.1", .lkm, .oopsed, nil),
        ("one.bpf.MFC.1", .bpf, .survived, 64), ("one.lkm.MFC.1", .lkm, .survived, 63),
        ("one.lkm.MFC.2", .lkm, .leaked, 64),
      ], campaign)
    let figures = try #require(CampaignFigures.all(of: run).first)
    #expect(figures.all.bpf.by == [.rejected: 1, .noEffect: 1])
    // The one that shares an object counts, too.
    #expect(figures.all.lkm.by == [.crashed: 1, .wrongResult: 1, .damaged: 2])
    #expect(figures.harmfulModules.pairs == 1 && figures.harmfulModules.rejected.share == 1)
    #expect(figures.harmlessModules.pairs == 1 && figures.harmlessModules.harmless.share == 1)
    #expect(figures.singles == 2)
    // 4 parts MIA, all rejected, and 1 part MFC, none.
    #expect(figures.weighted["bpf"]?["rejected"] == 0.8)
    #expect(figures.harmfulPrograms.isEmpty)
  }

  @Test func mutantsOfATwinThatFailsByItselfDoNotCount() throws {
    let run = run(
      [
        ("one.bpf.base", .bpf, .rejected, nil), ("one.bpf.MIA.1", .bpf, .rejected, nil),
        ("one.lkm.base", .lkm, .survived, 64), ("one.lkm.MIA.1", .lkm, .hung, nil),
      ], campaign)
    let figures = try #require(CampaignFigures.all(of: run).first)
    #expect(figures.failedControls == ["one.bpf": 1])
    #expect(figures.all.bpf.judged == 0 && figures.all.lkm.by == [.hung: 1])
  }

  @Test func whatHasNoResultYetIsCountedApart() throws {
    var run = run(
      [
        ("one.bpf.base", .bpf, .survived, 64), ("one.bpf.MIA.1", .bpf, .rejected, nil),
        ("one.lkm.base", .lkm, .survived, 64), ("one.lkm.MIA.1", .lkm, .oopsed, nil),
        ("one.bpf.MFC.1", .bpf, .notRun, nil),
      ], campaign)
    // The module's control did not run yet, nor did a program.
    run.trials.removeAll { ["one.lkm.base", "one.bpf.MIA.1"].contains($0.id.scenario) }
    let figures = try #require(CampaignFigures.all(of: run).first)
    #expect(figures.unjudged == 2)
    #expect(figures.all.lkm.by.isEmpty && figures.all.bpf.by == [.notRun: 1])
    #expect(figures.all.bpf.judged == 0)
  }

  @Test func aProgramThatHarmsIsNamedWithItsChange() throws {
    let run = run(
      [
        ("one.bpf.base", .bpf, .survived, 64), ("one.bpf.MIA.1", .bpf, .hung, nil),
      ], campaign)
    let figures = try #require(CampaignFigures.all(of: run).first)
    #expect(figures.harmfulPrograms.map(\.name) == ["one.bpf.MIA.1"])
    #expect(figures.harmfulPrograms.map(\.after) == ["b"])
  }
}
