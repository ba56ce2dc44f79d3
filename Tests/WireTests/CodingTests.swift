// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Wire

/// Both sides code messages by the same functions; what is kept of them in the evidence looks as it
/// always has.
@Suite(.lane, .timeLimit(.minutes(5))) struct CodingTests {
  private static let words = "quote \" slash / back \\ line \n \u{1} naïve 🐧"
  private static let controls = String(
    String.UnicodeScalarView(
      (Array(0...0x20) + [0x7f, 0x85, 0x2028]).compactMap(Unicode.Scalar.init)))

  static let agentMessages: [AgentMessage] = [
    .hello(version: 1, kernelRelease: words),
    .hello(version: 1, kernelRelease: "6.1", places: KernelPlaces(symbols: [:])),
    .hello(
      version: 1, kernelRelease: "6.1",
      places: KernelPlaces(
        symbols: ["tainted_mask": 0xffff_ffff_9c4b_7ac8, "modules": .max],
        note: KernelPlaces.Stretch(address: 0x4e2_c000, size: 1024))),
    .heartbeat(uptimeMilliseconds: .max, step: "load", processState: "D"),
    .heartbeat(uptimeMilliseconds: 0, step: nil, processState: nil),
    .heartbeat(uptimeMilliseconds: 1, step: nil, processState: "R", ticks: [7, .max]),
    .step("load"), .verifierLog(size: 3), .loaded,
    .compiled(
      CompiledFunction(name: "f", size: 9, files: ["a.c", "b\".h"], lines: [0, 0, 18, 4, 1, 7])),
    .attached, .unloaded, .finished,
    .refused(Refusal(gate: .moduleLoader, errno: 8, message: words)),
    .observed(value: .min, faults: nil), .observed(value: 64, faults: 3),
    .unloadFailed(errno: 11, message: words),
    .workerEnded(exitStatus: nil, signal: 9), .workerEnded(exitStatus: 0, signal: nil),
    .state(
      moment: "after",
      KernelState(
        taint: .max, modules: ["a", "b"], programs: 1, maps: 2, links: 3,
        slabObjects: ["task_struct": 48, "TCP": 0], memoryAvailableKiB: 5,
        moduleReferences: ["a": 1, "b": 0],
        slabs: ["kmalloc-64": SlabUse(objects: 7, size: 64)],
        figures: ["TCP sockets": 3, "KiB of pages on no account": -8])),
    .state(
      moment: "before",
      KernelState(
        taint: 0, modules: [], programs: 0, maps: 0, links: 0, slabObjects: [:],
        memoryAvailableKiB: 0)),
    .health(check: "tmpfs", detail: nil), .health(check: "tmpfs", detail: words),
    .shellTaken(bytes: 4096), .shellEnded(status: 130),
    .failed(words),
    .toolOutput(name: "bpftool.txt", status: 128, size: 7),
    .failed(controls),
    .state(
      moment: "after",
      KernelState(
        taint: 4096, modules: [], programs: 0, maps: 0, links: 0,
        slabObjects: [
          "kmalloc-64": 1, "kmalloc-128": 2, ":A-0000128": 3, "TCPv6": 4, "TCP": 5, "a_b": 6,
          "aB": 7, "éa": 8, "z": 9, "": 10,
        ],
        memoryAvailableKiB: 5)),
    .programs([
      ProgramState(
        name: "p", section: "?tp/\(words)", type: "tracepoint", isLoaded: false, ran: .no),
      ProgramState(
        name: "q", section: "xdp", type: "xdp", isLoaded: true, attached: "xdp on lo", ran: .yes,
        runs: .max),
      ProgramState(
        name: "r", section: "freplace/f", type: "ext", isLoaded: true, attached: "freplace/f",
        ran: .unknown, note: words),
    ]),
    .functions(
      [FunctionCalls(name: "gate_open", calls: .max), FunctionCalls(name: "b", calls: 0)],
      areAll: false),
  ]

  @Test(arguments: agentMessages) func theHostReadsWhatTheAgentWrites(message: AgentMessage) throws
  {
    #expect(try AgentMessage(message.frame) == message)
  }

  /// The file was written by Swift's own encoder, with sorted keys and slashes that aren't escaped, from
  /// which `agent.jsonl` came before.
  @Test func theEvidenceHasTheBytesOfSwiftsOwnEncoder() throws {
    let lines = Self.agentMessages.enumerated().map { index, message in
      var writer = JSONWriter(sorted: true)
      writer.object("message", message.write)
      writer.member("seconds", [0, 1, 0.0001, 12.3456, 100][index % 5])
      return String(decoding: writer.finished(), as: UTF8.self) + "\n"
    }
    try expectGolden(lines.joined(), "agent-messages.jsonl")
  }

  @Test func timesAreWrittenAsBySwiftsOwnEncoder() throws {
    for step in 0..<20_000 {
      let seconds = (Double(step) * 0.001237 * 1e4).rounded() / 1e4
      var writer = JSONWriter(sorted: true)
      writer.member("seconds", seconds)
      #expect(Array(try JSONEncoder().encode(["seconds": seconds])) == writer.finished())
    }
  }

  static let hostMessages: [HostMessage] = [
    .hello(version: -1),
    .rehearse,
    .trial(
      TrialPlan(
        scenario: words, mechanism: .lkm, armed: true, unprivileged: true, objectName: "twin",
        objectSize: 5, modules: ["x", words],
        attachments: Wire.Attachment.Target.allCases.map {
          Wire.Attachment(program: words, to: $0, device: "lo", map: nil)
        } + [Wire.Attachment(program: "p", to: .iterator, device: nil, map: "m")],
        workload: [
          .systemCall(name: "getpid", times: 2, callers: 1), .files(count: 1), .packets(count: 1),
          .connections(count: 1), .processes(count: 1), .sleep(milliseconds: 1),
          .held(count: 1), .release, .signals(count: 1), .bystander(writes: 1),
          .iterate(times: 1), .trigger(times: 1), .shell(line: words), .devices(times: 3), .unload,
          .crashPoint(name: "SPINLOCKUP", times: 2),
        ],
        observation: .map("hits"), watchedCaches: ["task_struct"])),
    .trial(
      TrialPlan(
        scenario: "s", mechanism: .bpf, armed: false, objectName: "twin", objectSize: 1,
        workload: [], observation: .variable("events"))),
    .trial(
      TrialPlan(
        scenario: "s", mechanism: .bpf, armed: false, inspected: true, objectName: "twin",
        objectSize: 1, workload: [], observation: .variable("events"), isUndeclared: true,
        arguments: [.init(name: "n", value: words)],
        choices: LoadChoices(
          only: ["p", words], without: ["q"],
          hooks: HookChoice.Kind.allCases.map { HookChoice(program: "p", kind: $0, place: words) },
          maps: [
            MapChoice(map: "m"),
            MapChoice(
              map: words, entries: .max, keySize: 1, valueSize: 2, type: 3,
              programs: [.init(index: 7, program: "p")]),
          ]),
        test: ProgramTest(
          program: "p", auxiliaries: ["q"], logLevel: 2, flags: 4,
          kinds: [.init(program: "q", type: 3, attachType: 46)], withoutCapabilities: [21],
          unprivileged: true, isRun: true, fills: [.init(map: "m", value: [1, 255])],
          showsRewritten: true))),
    .tool(arguments: ["prog", words]),
    .file(path: words, size: 7, executable: true),
    .shell(ShellPlan(terminal: words, size: TerminalSize(rows: 24, columns: 80))),
    .shell(ShellPlan(terminal: "dumb", size: nil)),
    .shellSize(TerminalSize(rows: 1, columns: 2)), .shellTaken(bytes: 3), .shellInputEnded,
  ]

  @Test(arguments: hostMessages) func theAgentReadsWhatTheHostWrites(message: HostMessage) throws {
    #expect(try HostMessage(message.frame) == message)
  }

  @Test func escapesAndSpaceAreRead() throws {
    #expect(
      try JSONValue(parsing: Array(#" { "a" : [ "\u00e9\ud83d\udc27\/\n" , -7 , null ] } "#.utf8))
        == JSONValue(parsing: Array(#"{"a":["é🐧/\u000a",-7,null]}"#.utf8)))
  }

  @Test(arguments: [
    "", "{", "{}x", "[1,]", "{\"a\"}", "{\"a\":}", "tru", "1.5.5", "99999999999999999999", "-",
    "1-1", "\"a",
    "\"\\x\"", "\"\\ud83d\"", "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "\"\u{1}\"",
    "{\"a\":1,\"a\":2}", "\"\\udc27\"",
  ])
  func rubbishIsMalformed(text: String) {
    #expect(throws: WireError.self) { try JSONValue(parsing: Array(text.utf8)) }
  }

  /// A dictionary has no order of its own: two equal ones may list their members differently.
  @Test func ofSeveralFaultsTheSameOneIsNamedEachTime() throws {
    let names = (1...20).map {
      #""\#(String(repeating: "n", count: 1000 + $0))":0"#
    }
    let state =
      #"{"taint":0,"modules":[],"programs":0,"maps":0,"links":0,"slabObjects":{"#
      + names.joined(separator: ",") + "}}"
    let json = #"{"state":{"moment":"before","_1":"# + state + "}}"
    let errors = (0..<50).map { _ in
      #expect(throws: WireError.self) { try AgentMessage(.message(Array(json.utf8))) }
    }
    #expect("\(errors.first as Any)".contains("has 1001 bytes"))
    #expect(errors.allSatisfy { $0 == errors[0] })
  }

  @Test func textThatIsNoUTF8IsMalformed() {
    #expect(throws: WireError.self) { try JSONValue(parsing: [0x22, 0xc3, 0x28, 0x22]) }
  }

  @Test(arguments: [
    #"{"loaded":{"really":true}}"#, #"{"loaded":{},"attached":{}}"#, #"{"loaded":[]}"#, "{}", "[]",
    #"{"step":{}}"#, #"{"step":{"_0":7}}"#, #"{"verifierLog":{"size":1.5}}"#,
    #"{"verifierLog":{"size":"3"}}"#, #"{"verifierLog":{"size":18446744073709551616}}"#,
    #"{"refused":{"_0":{"gate":"chance","errno":1,"message":""}}}"#,
    #"{"refused":{"_0":{"gate":"attach","errno":2147483648,"message":""}}}"#,
    #"{"health":{"check":"tmpfs","detail":null}}"#,
    #"{"workerEnded":{"exitStatus":0,"why":"unknown"}}"#, #"{"gossip":{}}"#,
  ])
  func whatIsNoMessageOfTheAgentsIsMalformed(text: String) {
    #expect(throws: WireError.self) { try AgentMessage(.message(Array(text.utf8))) }
  }

  @Test(arguments: [
    #"{"hello":{"version":7,"secret":1}}"#, #"{"hello":{}}"#, #"{"gossip":{}}"#,
    #"{"shellSize":{"_0":{"rows":1}}}"#, #"{"tool":{"arguments":[1]}}"#,
  ])
  func whatIsNoMessageOfTheHostsIsMalformed(text: String) {
    #expect(throws: WireError.self) { try HostMessage(.message(Array(text.utf8))) }
  }
}
