// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct FilterTests {
  private func scenarios() throws -> [Scenario] {
    let other = Sample.yaml.replacing("sample-fault", with: "other")
      .replacing("family: memory", with: "family: locks").replacing("CWE-476", with: "CWE-667")
      .replacing("bpf: kprobe/__x64_sys_getpgid", with: "bpf: fentry/a and fexit/a")
      .replacing("oopsed", with: "hung").replacing("null-dereference", with: "soft-lockup")
    return [
      try ScenarioFile.parse(Sample.yaml, file: "sample-fault.yaml"),
      try ScenarioFile.parse(other, file: "other.yaml"),
    ]
  }

  private func names(_ filter: ScenarioFilter) throws -> [String] {
    let all = try scenarios()
    return try filter.select(all, of: all).map(\.name)
  }

  @Test func filtersNarrowTogetherAndRepetitionsWiden() throws {
    #expect(try names(ScenarioFilter()) == ["sample-fault", "other"])
    #expect(try names(ScenarioFilter(families: ["locks"])) == ["other"])
    #expect(try names(ScenarioFilter(families: ["locks", "memory"])).count == 2)
    #expect(try names(ScenarioFilter(weaknesses: ["476"])) == ["sample-fault"])
    #expect(try names(ScenarioFilter(hooks: ["fexit"])) == ["other"])
    #expect(try names(ScenarioFilter(families: ["memory"], verdicts: ["hung"])) == [])
  }

  @Test func aMechanismSaysWhichTwinIsAsked() throws {
    #expect(try names(ScenarioFilter(verdicts: ["rejected"], mechanisms: ["bpf"])).count == 2)
    #expect(try names(ScenarioFilter(verdicts: ["rejected"], mechanisms: ["lkm"])) == [])
    #expect(try names(ScenarioFilter(hooks: ["kprobe"], mechanisms: ["bpf"])) == ["sample-fault"])
  }

  @Test(arguments: [
    (ScenarioFilter(families: ["memroy"]), "memory"),
    (ScenarioFilter(verdicts: ["opsed"]), "oopsed"),
    (ScenarioFilter(weaknesses: ["CWE-477"]), "CWE-476"),
    (ScenarioFilter(hooks: ["fentri"]), "fentry"),
    (ScenarioFilter(mechanisms: ["bfp"]), "bpf"),
  ])
  func aWordThatFindsNothingGetsASuggestion(filter: ScenarioFilter, meant: String) throws {
    let all = try scenarios()
    #expect {
      try filter.select(all, of: all)
    } throws: { "\($0)".contains("did you mean \"\(meant)\"?") }
  }

  @Test func aSourceMustFitOnASlide() {
    let long = String(repeating: "int x;\n", count: 61)
    #expect(
      Sample.problems(lkm: ["static bool armed;\n": "static bool armed;\n" + long]).contains {
        $0.message.contains("don't fit on a slide")
      })
    #expect(
      Sample.problems(bpf: ["Hook: c": "Huk: c"]).map(\.message)
        == ["the header comment does not say Hook"])
    #expect(
      Sample.problems(bpf: ["  events++;\n": "  events++; // " + Sample.words(30) + "\n"])
        .contains { $0.line == 9 && $0.message.contains("columns: 100 at most") })
  }

  @Test func hooksThatAreNotTheSameMustSayWhatDiffers() {
    #expect(
      Sample.problems(yaml: ["lkm: kprobe __x64_sys_getpgid": "lkm: netfilter on lo"]).contains {
        $0.message.contains("say what differs")
      })
  }

  @Test(arguments: [
    ("CVE-2021-31440: a bound that was wrong", true), ("commit 4b81ccebaeee a fix", true),
    ("CVE-21-1: short", false), ("CVE-2021-31440", false), ("commit 4b81cc: short", false),
  ])
  func whatIsMirroredHasANumberAndAText(text: String, fits: Bool) {
    let problems = Sample.problems(yaml: ["lesson: |": "mirrors: [\"\(text)\"]\nlesson: |"])
    #expect(problems.isEmpty == fits)
  }
}
