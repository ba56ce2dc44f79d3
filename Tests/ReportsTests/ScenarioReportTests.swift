// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import Scenarios
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ScenarioReportTests {
  private let yaml = """
    name: null-map-value
    title: A map lookup that nobody checked
    family: memory
    weakness: CWE-476
    job: Count the getpgid calls of each process in a hash map, which holds as many as there are.
    fault: The lookup of a key that is not there is followed without a check.
    hook: {lkm: kprobe __x64_sys_getpgid, bpf: kprobe/__x64_sys_getpgid, differs: Nothing.}
    workload: [{syscall: getpgid, times: 64}, {sleep_ms: 30}, {unload: true}]
    observation: {variable: events, value: 64}
    twins:
      lkm:
        armed: {verdict: oopsed, kinds: [null-dereference, page-fault], because: Nothing is there.}
      bpf:
        armed: {verdict: rejected, by: verifier, category: memory-safety, because: It may be NULL.}
    lesson: |
      The first paragraph of the lesson goes on for longer than one line of a narrow
      terminal has room for.

      The second is short.
    references: [https://docs.kernel.org/bpf/verifier.html]
    """

  private let source = """
    // one
    // two
    // three
    static int count(void)
    {
    \tif (!armed && !value)\t\t/* armed */
    \t\treturn 0;
    \t++*value;
    \tevents++;
    \treturn 0;
    }
    // twelve
    // thirteen
    int again(void)\t/* armed */
    {
    """

  private func scenario(name: String = "null-map-value") throws -> Scenario {
    try ScenarioFile.parse(
      yaml.replacing("name: null-map-value", with: "name: \(name)"), file: "\(name).yaml")
  }

  @Test func aScenarioIsShownAsRecorded() throws {
    let text = ScenarioText(name: "null-map-value", yaml: yaml, lkm: source, bpf: nil)
    try expectGolden(ShowReport.render(try scenario(), text, width: 80), "show.txt")
  }

  @Test func wideTerminalsHaveTheTwinsSideBySide() throws {
    let text = ScenarioText(name: "null-map-value", yaml: yaml, lkm: source, bpf: source)
    let wide = ShowReport.render(try scenario(), text, width: 120).split(separator: "\n")
    let narrow = ShowReport.render(try scenario(), text, width: 119).split(separator: "\n")
    func isShared(_ line: Substring) -> Bool {
      line.contains("bpf/null_map_value.bpf.c") && line.contains("lkm/null_map_value.c")
    }
    #expect(wide.contains(where: isShared) && !narrow.contains(where: isShared))
    #expect(wide.contains { $0.matches(of: #/> +if \(!armed && !value\)/#).count == 2 })
    #expect(wide.allSatisfy { $0.count <= 120 })
  }

  @Test func realBugsAreShown() throws {
    var mirroring = try scenario()
    let text = ScenarioText(name: "null-map-value", yaml: yaml, lkm: source, bpf: nil)
    #expect(!ShowReport.render(mirroring, text, width: 80).contains("Real bugs"))
    mirroring.mirrors = ["CVE-2021-31440: a bound that was wrong"]
    #expect(
      ShowReport.render(mirroring, text, width: 80)
        .contains("Real bugs like it\n  CVE-2021-31440: a bound that was wrong\n"))
  }

  @Test func programsGetTheWholeScenarioAndItsArmedLines() throws {
    var shown = try scenario()
    shown.mirrors = ["CVE-2021-31440: a bound that was wrong"]
    let text = ScenarioText(name: "null-map-value", yaml: yaml, lkm: source, bpf: nil)
    let json = try ScenarioJSON.show(shown, text)
    let answer = try JSONDecoder().decode(Answer.self, from: Data(json.utf8))
    #expect(answer.scenario == shown)
    #expect(answer.sources["lkm"]?.armedLines == [6, 14])
    #expect(answer.sources["lkm"]?.text == source)
    #expect(answer.sources["bpf"]?.text == nil)
  }

  private struct Answer: Decodable {
    struct Source: Decodable {
      var text: String?
      var armedLines: [Int]

      enum CodingKeys: String, CodingKey {
        case text
        case armedLines = "armed_lines"
      }
    }
    var scenario: Scenario
    var sources: [String: Source]
  }

  @Test(arguments: [80, 120]) func theListIsAsRecorded(width: Int) throws {
    let scenarios = [try scenario(), try scenario(name: "a-scenario-with-quite-a-long-name")]
    try expectGolden(ListReport.render(scenarios, width: width), "list-\(width).txt")
  }

  @Test(arguments: [60, 80, 100]) func noLineIsWiderThanTheTerminal(width: Int) throws {
    let long = try scenario(name: "a" + String(repeating: "-very", count: 20))
    let text = ScenarioText(
      name: long.name, yaml: yaml,
      lkm: source.replacing("++*", with: String(repeating: "+", count: 200)),
      bpf: source)
    for output in [
      ListReport.render([long], width: width), ShowReport.render(long, text, width: width),
    ] {
      for line in output.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }
  }
}
