import GuestAgent
import TestSupport
import Testing
import Wire

/// The agent's own coding and the contract's must never differ.
@Suite(.lane, .timeLimit(.minutes(1))) struct CompactCodingTests {
  private static let words = "quote \" slash / back \\ line \n \u{1} naïve 🐧"

  static let agentMessages: [AgentMessage] = [
    .hello(version: 1, kernelRelease: words),
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
  ]

  @Test(arguments: agentMessages) func theHostReadsWhatTheAgentWrites(message: AgentMessage) throws
  {
    #expect(try message.compact.decode(AgentMessage.self) == message)
  }

  static let hostMessages: [HostMessage] = [
    .hello(version: -1),
    .rehearse,
    .trial(
      TrialPlan(
        scenario: words, mechanism: .lkm, armed: true, unprivileged: true, objectName: "twin",
        objectSize: 5, modules: ["x", words],
        attachments: [
          .trafficControl(program: "p", device: "lo", ingress: false),
          .xdp(program: "p", device: "lo"), .cgroup(program: "p"), .testRun(program: "p"),
          .socketFilter(program: "p"), .perfEvent(program: "p"),
          .mapIterator(program: "p", map: "m"), .networkNamespace(program: "p"),
        ],
        workload: [
          .systemCall(name: "getpid", times: 2, callers: 1), .files(count: 1), .packets(count: 1),
          .connections(count: 1), .processes(count: 1), .sleep(milliseconds: 1),
          .held(count: 1), .release, .signals(count: 1), .bystander(writes: 1),
          .iterate(times: 1), .trigger(times: 1), .unload,
          .crashPoint(name: "SPINLOCKUP", times: 2),
        ],
        observation: .map("hits"), watchedCaches: ["task_struct"])),
    .trial(
      TrialPlan(
        scenario: "s", mechanism: .bpf, armed: false, objectName: "twin", objectSize: 1,
        workload: [], observation: .variable("events"))),
    .file(path: words, size: 7, executable: true),
    .shell(ShellPlan(terminal: words, size: TerminalSize(rows: 24, columns: 80))),
    .shell(ShellPlan(terminal: "dumb", size: nil)),
    .shellSize(TerminalSize(rows: 1, columns: 2)), .shellTaken(bytes: 3), .shellInputEnded,
  ]

  @Test(arguments: hostMessages) func theAgentReadsWhatTheHostWrites(message: HostMessage) throws {
    #expect(try HostMessage(compact: .encode(message)) == message)
  }

  @Test func escapesAndSpaceAreRead() throws {
    #expect(
      try JSONValue(parsing: Array(#" { "a" : [ "\u00e9\ud83d\udc27\/\n" , -7 , null ] } "#.utf8))
        == JSONValue(parsing: Array(#"{"a":["é🐧/\u000a",-7,null]}"#.utf8)))
  }

  @Test(arguments: [
    "", "{", "{}x", "[1,]", "{\"a\"}", "{\"a\":}", "tru", "1.5", "99999999999999999999", "\"a",
    "\"\\x\"", "\"\\ud83d\"", "[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "\"\u{1}\"",
  ])
  func rubbishIsMalformed(text: String) {
    #expect(throws: WireError.self) { try JSONValue(parsing: Array(text.utf8)) }
  }
}
