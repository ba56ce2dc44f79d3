// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Kernels
import Machine
import Record
import Scenarios
import Trials
import Verdicts

/// Small faults by rule, at every place of the disarmed twins where they fit: what nobody picked.
struct MutantSuite: Suite {
  private let choice: SuiteChoice
  private let scenarios: [Scenario]
  private let emit: EventSink

  /// - Throws: ``LabError`` if an operator or a pattern is unknown.
  init(_ choice: SuiteChoice, repository: String, emit: EventSink) throws {
    self.choice = choice
    self.emit = emit
    let known = FaultOperator.codes
    for code in choice.operators where !known.contains(code) {
      throw LabError(
        "There is no operator \(code): there are \(known.joined(separator: ", ")).")
    }
    scenarios = try Catalogue.load(repository: repository).select([]).filter {
      Self.isWanted($0.name, choice.patterns)
    }
    guard !scenarios.isEmpty else {
      throw LabError("No scenario has mutants of these names.")
    }
  }

  /// Whether a pattern may name items of a scenario, or of one of its twins.
  private static func isWanted(_ name: String, _ patterns: [String]) -> Bool {
    patterns.isEmpty
      || patterns.contains { pattern in
        NamePattern.matches(name, pattern) || pattern.hasPrefix(name + ".")
          || name.hasPrefix(pattern + ".") || pattern.contains("*") || pattern.contains("?")
      }
  }

  var header: RunHeader.Suite { RunHeader.Suite(name: SuiteChoice.Name.mutants.rawValue) }
  var kernel: String? { nil }
  var profile: String? { nil }
  var sharesGuests: Bool { true }
  var looksAgain: Bool { true }

  func items(on kernel: PreparedKernel) async throws -> SuiteItems {
    let began = ContinuousClock.now
    let name = "mutants of \(scenarios.count) scenarios"
    emit(.preparing(name))
    let all = try await kernel.forge.mutantBases(scenarios) { base in
      choice.patterns.isEmpty
        || choice.patterns.contains {
          !$0.contains(".") || $0.contains("*") || $0.hasPrefix(base + ".") || $0 == base
        }
    }
    guard !all.isEmpty else { throw LabError("No twin has mutants of these names.") }
    let chosen = MutantSample.of(all, choice)
    let made = try await kernel.forge.mutants(chosen, of: scenarios)
    emit(.prepared(name, seconds: (ContinuousClock.now - began).seconds))
    return items(all, chosen, made, kernel)
  }

  private func items(
    _ all: [MutantBase], _ chosen: [MutantBase], _ made: [MadeMutants], _ kernel: PreparedKernel
  ) -> SuiteItems {
    let scenarios = Dictionary(uniqueKeysWithValues: scenarios.map { ($0.name, $0) })
    let pairs = MutantPairs.of(all)
    var result = SuiteItems(items: [])
    var campaign = Campaign(
      operators: choice.operators, sample: choice.sample, seed: choice.seed,
      fieldShares: FaultOperator.fieldShares, bases: [], mutants: [])
    for ((whole, base), made) in zip(zip(all, chosen), made) {
      guard let scenario = scenarios[base.scenario] else { continue }
      campaign.bases.append(facts(whole, base, made, scenario))
      guard made.objects["base"] != nil else {
        var control = item(base, "base", made, scenario, kernel)
        control.skipped = base.obstacle ?? made.obstacle ?? "nothing was compiled"
        result.items.append(control)
        continue
      }
      result.items.append(item(base, "base", made, scenario, kernel))
      for place in base.places {
        if made.objects[place.name] != nil {
          result.items.append(item(base, place.name, made, scenario, kernel))
        }
        let same = made.duplicates[place.name]
        guard made.objects[place.name] != nil || same != nil else { continue }
        campaign.mutants.append(
          Campaign.Mutant(
            name: "\(base.name).\(place.name)", base: base.name, code: place.code,
            function: place.function, line: place.line, before: place.before, after: place.after,
            same: same.map { "\(base.name).\($0)" }, pair: pairs["\(base.name).\(place.name)"]))
      }
    }
    result.campaign = campaign.droppingHalfPairs
    result.about = about(campaign)
    return result
  }

  private func facts(
    _ whole: MutantBase, _ base: MutantBase, _ made: MadeMutants, _ scenario: Scenario
  ) -> Campaign.Base {
    Campaign.Base(
      name: base.name, scenario: base.scenario, mechanism: base.mechanism,
      family: scenario.family.rawValue,
      hook: String(scenario.hook.bpf.prefix { !" /:,".contains($0) }),
      places: whole.places.count, chosen: base.places.count, spanned: base.spanned,
      refused: made.refused.count, equivalent: made.equivalent.count,
      obstacle: base.obstacle ?? made.obstacle)
  }

  private func item(
    _ base: MutantBase, _ name: String, _ made: MadeMutants, _ scenario: Scenario,
    _ kernel: PreparedKernel
  ) -> SuiteItem {
    let path = made.path(name, base.mechanism)
    var item = SuiteItem(
      name: "\(base.name).\(name)", mechanism: base.mechanism,
      twin: ForgedTwin(
        scenario: base.scenario, mechanism: base.mechanism,
        result: .success(.init(object: path, full: path, sources: []))),
      scenario: scenario,
      expected: .init(verdict: .survived, observation: scenario.observation.value),
      expectation: MutantExpectation(isControl: name == "base", mechanism: base.mechanism))
    item.overrides.isDisarmed = true
    item.overrides.isMutant = name != "base"
    item.identity = made.objects[name] ?? ""
    if let gone = scenario.modules.first(where: { !kernel.modules.has($0) }) {
      item.skipped = "kernel \(kernel.kernel.name) has no module \(gone), which the scenario loads"
    }
    return item
  }

  private func about(_ campaign: Campaign) -> [String] {
    let bases = campaign.bases
    func sum(_ count: KeyPath<Campaign.Base, Int>) -> Int {
      bases.map { $0[keyPath: count] }.reduce(0, +)
    }
    var lines = [
      "\(sum(\.chosen)) of \(sum(\.places)) places in \(bases.count) disarmed twins",
      "\(sum(\.equivalent)) equivalent (the twin's own object code), \(sum(\.refused)) don't "
        + "compile, \(campaign.mutants.count { $0.same != nil }) share another's object code; "
        + "\(sum(\.spanned)) macros are left as they are",
    ]
    for base in bases {
      if let obstacle = base.obstacle { lines.append("\(base.name) has no mutants: \(obstacle)") }
    }
    return lines
  }
}

extension Campaign {
  /// A pair has two: one whose other half does not compile, or is equivalent, is single.
  fileprivate var droppingHalfPairs: Campaign {
    var campaign = self
    let names = Set(mutants.map(\.name))
    for index in mutants.indices {
      if let pair = mutants[index].pair, !names.contains(pair) {
        campaign.mutants[index].pair = nil
      }
    }
    return campaign
  }
}

/// What a mutant may do: a program that the verifier accepts does no harm. A module may do anything.
struct MutantExpectation: ItemExpectation {
  var isControl: Bool
  var mechanism: Mechanism

  func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision {
    let verdict = record.verdict
    if isControl {
      let isWhole = verdict.ruling == .survived && record.observed == record.expected.observation
      let difference =
        "it is \(verdict.ruling.rawValue), with the observation "
        + "\(record.observed.map(String.init) ?? "none") instead of "
        + "\(record.expected.observation.map(String.init) ?? "none")"
      return decision("control", isWhole ? nil : difference)
    }
    if mechanism == .lkm, verdict.title == Self.lacksVersion {
      // kbuild's own answer for the changed module would have it.
      return OutcomeDecision(
        .skipped,
        "it calls a function of the kernel that the unchanged module doesn't, and was linked with "
          + "the symbol versions of that")
    }
    let harms = [.damaged, .crashed].contains(verdict.ruling.rulingClass)
    let title = verdict.title.map { " (\($0))" } ?? ""
    return decision(
      mechanism == .bpf ? "no accepted program harms the kernel" : "a module may do anything",
      mechanism == .bpf && harms
        ? "the verifier accepted it, and the kernel is \(verdict.ruling.rawValue)\(title)" : nil)
  }

  /// The judge's words for a symbol without a version (`Verdicts/Refusals/Loader/ModuleRefusals.swift`).
  private static let lacksVersion = "the module was built against another kernel's symbols"

  private func decision(_ what: String, _ difference: String?) -> OutcomeDecision {
    let check = TrialRecord.Check(what, difference: difference)
    return difference.map { OutcomeDecision(.unmet, $0, checks: [check]) }
      ?? OutcomeDecision(.met, checks: [check])
  }
}
