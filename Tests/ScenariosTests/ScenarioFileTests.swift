// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import TestSupport
import Testing
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct ScenarioFileTests {
  private func problems(_ changes: [String: String]) -> [String] {
    do throws(InvalidScenario) {
      _ = try ScenarioFile.parse(
        Sample.yaml.replacing(all: changes), file: "scenarios/sample-fault.yaml")
      return []
    } catch {
      return error.problems.map(\.description)
    }
  }

  @Test func whatIsLeftOutHasItsDefault() throws {
    let scenario = try ScenarioFile.parse(Sample.yaml, file: "sample-fault.yaml")
    #expect(scenario.cpus == 1)
    #expect(scenario.modules == [])
    #expect(scenario.attach == [])
    #expect(scenario.watch == [])
    #expect(scenario.references == [])
    #expect(scenario.twins.bpf.armed.kinds == [])
    #expect(scenario.twins.lkm.armed.kinds == [.nullDereference])
    #expect(scenario.workload == [.systemCall(name: "getpgid", times: 64)])
    #expect(scenario.objectName == "sample_fault")
    #expect(scenario.sourcePath(.bpf) == "bpf/sample_fault.bpf.c")
    #expect(scenario.sourcePath(.lkm) == "lkm/sample_fault.c")
  }

  @Test func everyOptionalFieldAndEveryStepIsRead() throws {
    let yaml = Sample.yaml.replacing(all: [
      "workload:\n": """
      cpus: 2
      modules: [sch_ingress]
      watch: [task_struct, kmalloc-64]
      references: [a, b]
      attach:
        - program: count
          to: tc-ingress
          device: lo
      workload:
        - files: 8
        - packets: 7
        - connections: 6
        - processes: 5
        - sleep_ms: 300
        - trigger: 1
        - unload: true

      """,
      "  variable: events": "  map: hits", "  bpf:\n    armed": "  bpf:\n    guard: g\n    armed",
    ])
    let scenario = try ScenarioFile.parse(yaml, file: "sample-fault.yaml")
    #expect(scenario.cpus == 2)
    #expect(scenario.modules == ["sch_ingress"])
    #expect(scenario.watch == ["task_struct", "kmalloc-64"])
    #expect(scenario.references == ["a", "b"])
    #expect(scenario.attach.map(\.program) == ["count"])
    #expect(scenario.attach.map(\.to) == [.tcIngress])
    #expect(scenario.attach.map(\.device) == ["lo"])
    #expect(
      scenario.workload == [
        .files(count: 8), .packets(count: 7), .connections(count: 6), .processes(count: 5),
        .sleep(milliseconds: 300), .trigger(times: 1), .unload,
        .systemCall(name: "getpgid", times: 64),
      ])
    #expect(scenario.observation.map == "hits")
    #expect(scenario.twins.bpf.guardName == "g")
  }

  @Test(arguments: [
    (["title: A sample": "titel: A sample"], 2, "unknown key \"titel\"; did you mean \"title\"?"),
    (["title: A sample\n": ""], 1, "missing key \"title\""),
    (["title: A sample": "title:"], 2, "title must be a text"),
    (["family: memory": "family: memry"], 3, "family can't be \"memry\"; did you mean \"memory\"?"),
    (["hook:\n  lkm:": "hook:\n  lmk:"], 8, "unknown key \"lmk\" in hook"),
    (
      ["times: 64": "times: many"], 12, "workload[0].times must be a whole number from 1 to 1000000"
    ),
    (["times: 64": "times: 1000001"], 12, "a whole number from 1 to 1000000"),
    (["  - syscall: getpgid\n    times: 64": "  - sleep_ms: 60001"], 11, "from 1 to 60000"),
    (["  - syscall: getpgid\n    times: 64": "  - packets: 0"], 11, "from 1 to 1000000"),
    (["family: memory": "family: \"\\e[31m\""], 3, "family can't be \"\\x1b[31m\""),
    (["times: 64": "times: \"64\""], 12, "workload[0].times must be a whole number"),
    (["value: 64": "value: 9223372036854775808"], 15, "observation.value must be a whole number"),
    (["kinds: [null-dereference]": "kinds: null-dereference"], 20, "must be a list"),
    (["[null-dereference]": "[null]"], 20, "twins.lkm.armed.kinds must be one of"),
    (["verdict: rejected": "verdict: refused"], 24, "(allowed: rejected, contained"),
    (["syscall: getpgid": "reboot: now"], 11, "unknown key \"reboot\" in workload[0]"),
    (["  - syscall": "  - files: 1\n    syscall"], 11, "exactly one of syscall, files"),
    (["workload:": "cpus: 64\nworkload:"], 10, "cpus must be a whole number from 1 to 2"),
    (["      because: The type says so.\n": ""], 23, "missing key \"because\""),
    (["because: The type says so.": "because: ''"], 27, "because must be a text"),
    (["family: memory": "family: memory\nfamily: memory"], 4, "the same key twice: family"),
    (["title: A sample": "title: [unclosed"], 3, "not YAML"),
    (["variable: events": "variable: ../../x"], 14, "must be a name in C"),
    (["workload:": "watch: [../../x]\nworkload:"], 10, "\"../../x\" in watch must be"),
    (["workload:": "modules: [/x]\nworkload:"], 10, "\"/x\" in modules must be"),
    (["name: sample-fault": "name: ../sample-fault"], 1, "must be lower-case letters"),
    (["name: sample-fault": "name: Sample"], 1, "must be lower-case letters"),
    (["name: sample-fault": "name: other"], 1, "must be the file's: sample-fault.yaml"),
  ])
  func aFlawIsToldWithItsPlace(changes: [String: String], line: Int, message: String) {
    let problems = problems(changes)
    #expect(problems.contains { $0.hasPrefix("scenarios/sample-fault.yaml:\(line): ") })
    #expect(problems.contains { $0.contains(message) }, "\(problems)")
  }

  @Test func allFlawsAreToldAtOnce() {
    let problems = problems([
      "title: A sample": "titel: A sample", "family: memory": "family: x",
      "verdict: oopsed": "verdict: boom", "value: 64": "value: no",
    ])
    #expect(problems.count == 5)
  }

  @Test(arguments: ["- a\n- b", "word", "~"]) func whatIsNoMappingIsToldOnce(yaml: String) {
    let error = #expect(throws: InvalidScenario.self) {
      try ScenarioFile.parse(yaml, file: "a.yaml")
    }
    #expect(error?.description == "a.yaml:1: the file must be a mapping of keys to values")
    #expect(
      problems(["  lkm: kprobe __x64_sys_getpgid\n": "", "  bpf: kprobe/__x64_sys": "  - sys"])
        == ["scenarios/sample-fault.yaml:7: hook must be a mapping of keys to values"])
  }

  @Test func ofManyProblemsTheFirstAreTold() {
    let keys = (0..<70).map { "key\($0): 1\n" }.joined()
    let problems = problems(["name: sample-fault\n": "name: sample-fault\n\(keys)"])
    #expect(problems.count == 51)
    #expect(problems.last == "scenarios/sample-fault.yaml:52: … and 20 more problems")
  }

  @Test func anEmptyFileAndAListAreNoScenario() {
    #expect(throws: InvalidScenario.self) { try ScenarioFile.parse("", file: "a.yaml") }
    #expect(throws: InvalidScenario.self) { try ScenarioFile.parse("- a", file: "a.yaml") }
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: UnreadableFile.self) { try ScenarioFile.read("/nowhere/a.yaml") }
    #expect(error?.description == "can't read /nowhere/a.yaml: there is no such file")
  }
}
