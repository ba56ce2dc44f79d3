// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct CheckTests {
  @Test func aFlawlessScenarioHasNoProblems() {
    #expect(Sample.problems() == [])
  }

  @Test func aFileThatCantBeReadTellsItsProblems() {
    #expect(
      Sample.problems(yaml: ["family: memory": "family: x"]).map(\.line) == [3])
  }

  @Test func aTwinThatIsBuiltTwiceAsksTheCompiler() {
    let yaml = [
      "  lkm:\n    armed": "  lkm:\n    built: twice\n    built_because: so\n    armed"
    ]
    let asks = ["  if (armed) { faults++; } /* armed */": "#if ARMED /* armed */\n#endif"]
    #expect(Sample.problems(yaml: yaml, lkm: asks) == [])
    #expect(
      Sample.problems(yaml: yaml).map(\.message)
        == ["the twin is built: twice, but nothing asks #if ARMED"])
    #expect(
      Sample.problems(lkm: asks).map(\.message)
        == ["ARMED is defined only for a twin that is built: twice"])
  }

  @Test func whereArmingTakesPrivilegesTheSourcesKnowNothingOfIt() {
    let plain = ["  if (armed) { faults++; } /* armed */\n": ""]
    #expect(!Sample.problems(lkm: plain).isEmpty)
    #expect(
      Sample.problems(
        yaml: ["workload:": "armed_privileges: none\nworkload:"], lkm: plain, bpf: plain) == [])
  }

  @Test(arguments: [
    (["CWE-476": "cwe 476"], 4, "weakness \"cwe 476\" must be like CWE-476"),
    ([Sample.words(120): Sample.words(99)], 28, "100 to 200 words, and has 99"),
    ([Sample.words(120): Sample.words(201)], 28, "100 to 200 words, and has 201"),
    (["value: 64": "value: 0"], 15, "an observation of 0 proves nothing"),
    (["  variable: events\n": ""], 13, "either a variable or a map"),
    (["variable: events": "variable: events\n  map: hits"], 13, "either a variable or a map"),
    (["getpgid\n": "getpgpid\n"], 11, "no system call \"getpgpid\"; did you mean \"getpgid\"?"),
    (["  - syscall: getpgid\n    times: 64": "  []"], 10, "at least one step"),
    (
      ["workload:": "attach:\n  - program: count\n    to: xdp\nworkload:"], 11,
      "xdp needs a device, such as lo"
    ),
    (
      ["workload:": "attach:\n  - program: count\n    to: tc-egress\nworkload:"], 11,
      "tc-egress needs a device"
    ),
    (
      ["workload:": "attach:\n  - program: count\n    to: cgroup\n    device: lo\nworkload:"], 13,
      "cgroup has no device"
    ),
    (["verdict: oopsed": "verdict: inconclusive"], 19, "not an expectation"),
    (["      by: verifier\n": ""], 23, "rejected needs by: compiler, libbpf, verifier"),
    (["by: verifier": "by: module-loader"], 25, "\"module-loader\" can't refuse this twin"),
    (["by: verifier": "by: magic"], 25, "\"magic\" can't refuse this twin"),
    (["by: verifier": "by: libbpf"], 26, "a category goes only with rejected by verifier"),
    (["verdict: oopsed": "verdict: oopsed\n      by: verifier"], 20, "by goes only with rejected"),
    (
      ["  lkm:\n    armed": "  lkm:\n    built: twice\n    armed"], 18,
      "built: twice needs built_because"
    ),
    (
      ["  lkm:\n    armed": "  lkm:\n    built_because: so\n    armed"], 18,
      "built_because goes only with built: twice"
    ),
    (
      ["workload:": "attach:\n  - {program: count, to: cgroup, map: hits}\nworkload:"], 11,
      "a map goes with an iterator only"
    ),
    (
      ["workload:": "repeat: {times: 2, agree: 0.4, because: luck}\nworkload:"], 10,
      "of 2 trials a share of 0.4 is less than one"
    ),
    (["verdict: oopsed": "verdict: contained"], 17, "must name its guard"),
    (
      ["  lkm:\n    armed": "  lkm:\n    guard: g\n    armed"], 18,
      "a guard goes only with contained"
    ),
    (
      [
        "  lkm:\n    armed:\n      verdict: oopsed\n":
          "  lkm:\n    guard: g\n    armed:\n      verdict: contained\n      by: h\n"
      ], 21, "by must be the twin's guard"
    ),
    (["[null-dereference]": "[soft-lockup]"], 20, "soft-lockup can't go with oopsed"),
    (["[null-dereference]": "[reboot]"], 20, "reboot can't go with oopsed"),
    (
      ["verdict: oopsed\n      kinds: [null-dereference]": "verdict: survived"], 17,
      "must say under sensitive what"
    ),
    (
      [
        "because: Nothing stands in between.":
          "because: x\n    sensitive:\n      verdict: corrupted\n      kinds: [reboot]\n"
          + "      because: x"
      ], 24, "reboot can't go with corrupted"
    ),
    (
      [
        "because: Nothing stands in between.":
          "because: x\n    sensitive:\n      verdict: contained\n      because: x"
      ], 17, "must name its guard"
    ),
    (["verdict: oopsed": "verdict: survived"], 20, "null-dereference can't go with survived"),
  ])
  func aContradictionIsTold(changes: [String: String], line: Int, message: String) {
    let problems = Sample.problems(yaml: changes)
    #expect(
      problems.contains {
        $0.file == "scenarios/sample-fault.yaml" && $0.line == line
          && $0.message.contains(message)
      }, "\(problems)")
  }

  @Test func kindsThatCanStandBehindARulingPass() {
    #expect(
      Sample.problems(yaml: [
        "verdict: oopsed": "verdict: hung", "null-dereference": "soft-lockup, rcu-stall",
      ]) == [])
  }

  @Test(arguments: [
    (["/* armed */": ""], "no line is marked /* armed */"),
    (["if (armed)": "if (1)", "static bool armed;": "", "param(armed": "param(x"], "nothing asks"),
    (["MODULE_LICENSE": "// MODULE_LICENSE"], "the module has no MODULE_LICENSE"),
    (["module_param(events": "module_param(other"], "no parameter \"events\""),
    (["module_param(events, ulong, 0444);": "/* module_param(events) */"], "no parameter"),
  ])
  func aModuleThatLacksSomethingIsTold(changes: [String: String], message: String) {
    let problems = Sample.problems(lkm: changes)
    #expect(
      problems.contains { $0.file == "lkm/sample_fault.c" && $0.message.contains(message) },
      "\(problems)")
  }

  @Test(arguments: [
    (["/* armed */": ""], "no line is marked /* armed */"),
    (["SEC(\"kprobe/__x64_sys_getpgid\")": ""], "no function has a SEC"),
    (["const volatile bool armed;": ""], "no global variable \"armed\""),
    (["__u64 events, faults;": "__u64 faults;"], "no global variable \"events\""),
  ])
  func aProgramThatLacksSomethingIsTold(changes: [String: String], message: String) {
    let problems = Sample.problems(bpf: changes)
    #expect(
      problems.contains { $0.file == "bpf/sample_fault.bpf.c" && $0.message.contains(message) },
      "\(problems)")
  }

  @Test func aHookThatIsASectionMustBeInTheSource() {
    let problems = Sample.problems(yaml: ["bpf: kprobe/__x64_sys_getpgid": "bpf: kprobe/getpgid"])
    #expect(problems.map(\.file) == ["scenarios/sample-fault.yaml"])
    #expect(problems.map(\.line) == [9])
    #expect(problems.first?.message.contains("(it has: kprobe/__x64_sys_getpgid)") == true)
    for (text, count) in [
      ("kprobe/__x64_sys_getpgid and fexit/x", 1), ("fentry/y, fexit/x", 2),
      ("tc ingress on lo", 0),
      ("TCP/IP input on lo", 0), ("the kprobe/fexit pair", 0),
    ] {
      let problems = Sample.problems(yaml: ["bpf: kprobe/__x64_sys_getpgid": "bpf: \(text)"])
      let sections = problems.filter { $0.message.contains("has no SEC() of it") }
      #expect(sections.count == count, "\(text): \(problems)")
    }
  }

  @Test func aMissingTwinIsTold() {
    let text = ScenarioText(name: "sample-fault", yaml: Sample.yaml, lkm: nil, bpf: nil)
    #expect(
      Check.problems(of: text).map(\.description) == [
        "bpf/sample_fault.bpf.c:1: the twin's source is missing",
        "lkm/sample_fault.c:1: the twin's source is missing",
      ])
  }

  @Test func anObservedMapMustBeThere() {
    let map = ["  variable: events": "  map: hits"]
    let parameter = ["module_param(events": "module_param(hits", "events++": "hits++"]
    #expect(Sample.problems(yaml: map, lkm: parameter) == [])
    #expect(
      Sample.problems(yaml: map, lkm: parameter, bpf: ["} hits SEC": "} other SEC"]).map(\.message)
        == ["the program has no map \"hits\""])
  }

  @Test func aFaultThatEndsQuietlyMustBeCounted() {
    let survived = [
      "verdict: oopsed": "verdict: survived", "[null-dereference]": "[]",
      "because: Nothing stands in between.":
        "because: x\n    sensitive:\n      verdict: survived\n      because: x",
    ]
    #expect(Sample.problems(yaml: survived) == [])
    let uncounted = Sample.problems(
      yaml: survived,
      lkm: ["faults++": "", "events, faults;": "events;", "module_param(faults, ulong, 0444);": ""])
    #expect(
      uncounted.map(\.message) == [
        "nothing counts in \"faults\": increment it for each faulty operation that has run",
        "the module has no parameter \"faults\" (module_param)",
      ])
  }

  @Test func aTriggerNeedsItsParameter() {
    let problems = Sample.problems(yaml: ["  - syscall: getpgid\n    times: 64": "  - trigger: 1"])
    #expect(
      problems.map(\.message) == ["the module has no parameter \"trigger\" (module_param)"])
  }

  @Test func anAttachedProgramMustBeThere() {
    let attach = "attach:\n  - program: cuont\n    to: cgroup\nworkload:"
    #expect(
      Sample.problems(yaml: ["workload:": attach]).map(\.message)
        == ["there is no program \"cuont\" to attach"])
  }
}
