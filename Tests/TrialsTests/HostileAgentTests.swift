// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Record
import TestSupport
import Testing
import Trials
import Verdicts
import Wire

/// A guest that lies: each script breaks one rule of `Wire.Bounds` or `Wire.AgentIntake`, after words that
/// an honest agent says of a trial that went well, and before the rest of them. The trial is then the
/// laboratory's failure, soon, and leaves little.
@Suite(.lane, .timeLimit(.minutes(5))) struct HostileAgentTests {
  struct Attack: Sendable, CustomTestStringConvertible {
    var name: String
    var script: [String]
    /// What the verdict's reason says.
    var reason: String
    var inspected = false

    init(_ name: String, _ script: String..., reason: String, inspected: Bool = false) {
      (self.name, self.script, self.reason) = (name, script, reason)
      self.inspected = inspected
    }

    var testDescription: String { name }
  }

  private static let state = ScriptedTrial.state

  /// The state behind the trial, with a change.
  private static func after(_ old: String, is new: String) -> String {
    "say {\"state\":{\"moment\":\"after\",\"_1\":\(state.replacing(old, with: new))}}"
  }

  static let frames = [
    Attack("a frame without an end", "raw ffffffff00", reason: "oversizedFrame"),
    Attack("a frame of no known type", "raw 0000000009", reason: "unknownFrameType"),
    Attack("no JSON", "say gossip", reason: "malformedMessage"),
    Attack(
      "JSON without a bottom", #"say {"step":\#(String(repeating: "[", count: 5000))"#,
      reason: "too many levels"),
    Attack(
      "text that is no UTF-8", "raw 13000000007b2273746570223a7b225f30223a22ff227d7d",
      reason: "malformedMessage"),
    Attack("a message that nobody knows", #"say {"gossip":{}}"#, reason: "gossip"),
    Attack("two messages in one", #"say {"loaded":{},"attached":{}}"#, reason: "one member"),
    Attack("a key that nobody knows", #"say {"loaded":{"really":true}}"#, reason: "really"),
    Attack("a key twice", #"say {"step":{"_0":"a","_0":"b"}}"#, reason: "second time"),
    Attack("bytes that nobody announced", "blob 3", reason: "announced"),
    Attack(
      "more bytes than were announced", #"say {"verifierLog":{"size":3}}"#, "blob 4",
      reason: "announced"),
    Attack(
      "announced bytes in crumbs", #"say {"verifierLog":{"size":100000}}"#, "blob 1",
      reason: "announced"),
    Attack(
      "an announcement in the middle of another", #"say {"verifierLog":{"size":3}}"#,
      #"say {"verifierLog":{"size":3}}"#, reason: "second announcement"),
  ]

  static let values = [
    Attack(
      "a number without an end", #"say {"verifierLog":{"size":99999999999999999999}}"#,
      reason: "malformedMessage"),
    Attack("a negative size", #"say {"verifierLog":{"size":-1}}"#, reason: "out of range"),
    Attack(
      "a log larger than memory", #"say {"verifierLog":{"size":134217729}}"#,
      reason: "out of range"),
    Attack("a step of many words", #"say {"step":{"_0":"<70000>"}}"#, reason: "70000 bytes"),
    Attack(
      "a check with a long name", #"say {"health":{"check":"<600>"}}"#, reason: "600 bytes"),
    Attack(
      "a refusal of many words",
      #"say {"refused":{"_0":{"gate":"verifier","errno":13,"message":"<70000>"}}}"#,
      reason: "70000 bytes"),
    Attack(
      "a gate that nobody knows",
      #"say {"refused":{"_0":{"gate":"compiler","errno":13,"message":""}}}"#, reason: "no gate"),
    Attack(
      "no errno", #"say {"unloadFailed":{"errno":-2147483648,"message":""}}"#,
      reason: "out of range"),
    Attack("no signal", #"say {"workerEnded":{"signal":4711}}"#, reason: "out of range"),
    Attack(
      "programs below zero", after("\"programs\":0", is: "\"programs\":-1"),
      reason: "out of range"),
    Attack(
      "more modules than there are",
      after(
        "\"modules\":[]",
        is: "\"modules\":[\"\"\(String(repeating: ",\"\"", count: 5000))]"),
      reason: "5001 members"),
    Attack(
      "a line outside its function",
      #"say {"compiled":{"_0":{"name":"f","size":9,"files":["/etc/shadow"],"lines":[10,0,1]}}}"#,
      reason: "outside the function"),
    Attack(
      "a line in a file that isn't there",
      #"say {"compiled":{"_0":{"name":"f","size":9,"files":[],"lines":[0,0,1]}}}"#,
      reason: "outside the function"),
    Attack(
      "a line below zero",
      #"say {"compiled":{"_0":{"name":"f","size":9,"files":["a"],"lines":[0,0,-9223372036854775808]}}}"#,
      reason: "out of range"),
    Attack(
      "half a line",
      #"say {"compiled":{"_0":{"name":"f","size":9,"files":["a"],"lines":[0,0]}}}"#,
      reason: "three for each line"),
  ]

  static let order = [
    Attack("loaded twice", #"say {"loaded":{}}"#, reason: "second time"),
    Attack("observed twice", #"say {"observed":{"value":64}}"#, reason: "second time"),
    Attack(
      "the state before, behind it", #"say {"state":{"moment":"before","_1":\#(state)}}"#,
      reason: "second time"),
    Attack(
      "the state at no moment", #"say {"state":{"moment":"never","_1":\#(state)}}"#,
      reason: "no known moment"),
    Attack("a second greeting", ScriptedTrial.hello, reason: "greeted in the middle"),
    Attack("a shell's end", #"say {"shellEnded":{"status":0}}"#, reason: "without a shell"),
    Attack("input that nobody gave", #"say {"shellTaken":{"bytes":1}}"#, reason: "input"),
    Attack(
      "a tool's output that nobody asked for",
      #"say {"toolOutput":{"name":"bpftool.txt","status":0,"size":1}}"#, "blob 1",
      reason: "nobody asked for"),
    Attack(
      "a console of its own", #"say {"toolOutput":{"name":"console.log","status":0,"size":1}}"#,
      "blob 1", reason: "nobody asked for", inspected: true),
    Attack(
      "a file elsewhere", #"say {"toolOutput":{"name":"../run.json","status":0,"size":1}}"#,
      "blob 1", reason: "nobody asked for", inspected: true),
    Attack(
      "machine code of a path",
      #"say {"toolOutput":{"name":"jited-../../a.bin","status":0,"size":1}}"#, "blob 1",
      reason: "nobody asked for", inspected: true),
    Attack(
      "a tool's output twice", #"say {"toolOutput":{"name":"bpftool.txt","status":0,"size":1}}"#,
      "blob 1", #"say {"toolOutput":{"name":"bpftool.txt","status":0,"size":1}}"#,
      reason: "second time", inspected: true),
    Attack(
      "tools that print without an end",
      #"say {"toolOutput":{"name":"bpftool.txt","status":0,"size":67108865}}"#,
      reason: "out of range", inspected: true),
  ]

  static let floods = [
    Attack(
      "more messages than a trial has",
      #"many 20000 {"heartbeat":{"uptimeMilliseconds":1}}"#, reason: "more than 4096 messages"),
    Attack(
      "more bytes of messages than a trial has",
      #"many 1000 {"step":{"_0":"<60000>"}}"#, reason: "bytes of messages"),
    Attack(
      "machine code in pieces",
      "many 4000 \(#"{"toolOutput":{"name":"bpftool.json","status":0,"size":0}}"#)",
      reason: "second time", inspected: true),
  ]

  private struct Outcome {
    var result: TrialRunner.Result
    /// What is in the evidence folder, by name.
    var evidence: [String: [UInt8]]

    func text(_ name: String) -> String { String(decoding: evidence[name] ?? [], as: UTF8.self) }
  }

  /// - Parameter inspected: whether bpftool's look at the program is asked for.
  private func play(_ script: [String], inspected: Bool = false) async throws -> Outcome {
    try await withTemporaryFolder { folder in
      let scripted = try ScriptedTrial(script, in: folder)
      var trial = scripted.trial
      trial.isInspected = inspected
      let evidence = folder + "/evidence"
      try Files.makeFolder(evidence)
      let result = try await TrialRunner(logger: ScriptedTrial.logger).run(
        trial, in: scripted.guests, evidence: Evidence(folder: evidence, name: "evidence"))
      var files: [String: [UInt8]] = [:]
      for name in try Files.list(evidence) { files[name] = try Files.read("\(evidence)/\(name)") }
      return Outcome(result: result, evidence: files)
    }
  }

  @Test(arguments: frames + values + order + floods)
  func whatBreaksARuleIsTheLaboratorysFailure(attack: Attack) async throws {
    let honest = ScriptedTrial.honest
    let before = ["console [    1.0] an honest word"] + honest.prefix(5)
    let outcome = try await play(
      ScriptedTrial.greeting + ScriptedTrial.hearTrial + before + attack.script
        + honest.dropFirst(5),
      inspected: attack.inspected)
    #expect(outcome.result.record.verdict.ruling == .inconclusive)
    #expect(outcome.result.laboratoryFailed)
    let reason = outcome.result.record.verdict.reason ?? ""
    #expect(reason.contains(attack.reason), "\(reason)")
    // What it said before stands, and nothing of it has taken the place of evidence.
    #expect(outcome.text("console.log") == "[    1.0] an honest word\r\n")
    #expect(outcome.text("agent.jsonl").contains("\"observed\""))
    #expect(
      Set(outcome.evidence.keys).isSubset(of: [
        "console.log", "agent.jsonl", "qmp.jsonl", "qemu.log", "memory.json", "bpftool.txt",
        "bpftool.json",
      ]))
    #expect(outcome.evidence.values.reduce(0) { $0 + $1.count } < 20 << 20)
  }

  /// A kernel that was written over may count anything: that is a finding, and no lie.
  @Test func figuresOfAnySizeAreCompared() async throws {
    func state(_ figure: Int64, taint: UInt64) -> String {
      """
      {"taint":\(taint),"modules":[],"programs":0,"maps":0,"links":0,\
      "slabObjects":{"task_struct":\(figure)},"memoryAvailableKiB":\(figure),\
      "moduleReferences":{"a":\(figure)},"slabs":{"kmalloc-64":{"objects":\(figure),"size":\(figure)}},\
      "figures":{"tasks":\(figure),"sockets":\(figure)}}
      """
    }
    for (before, after) in [(Int64.min, Int64.max), (.max, .min)] {
      let outcome = try await play(
        ScriptedTrial.greeting + ScriptedTrial.hearTrial + [
          #"say {"state":{"moment":"before","_1":\#(state(before, taint: .max))}}"#
        ] + ScriptedTrial.honest.dropFirst().dropLast(2) + [
          #"say {"state":{"moment":"after","_1":\#(state(after, taint: .max))}}"#,
          #"say {"finished":{}}"#,
        ])
      #expect(!outcome.result.laboratoryFailed)
      #expect(outcome.result.record.verdict.ruling == (before < after ? .leaked : .survived))
    }
  }

  @Test func aThousandEventsOfOneKindAreNotKept() async throws {
    let outcome = try await play(
      ScriptedTrial.greeting + ScriptedTrial.hearTrial
        + [#"events 5000 {"event": "RTC_CHANGE", "data": {"offset": 1}}"#]
        + ScriptedTrial.honest)
    #expect(outcome.result.record.verdict.ruling == .survived)
    #expect(outcome.text("qmp.jsonl").split(separator: "\n").count <= 64)
  }

  @Test func whatWasAskedForIsKept() async throws {
    let outcome = try await play(
      ScriptedTrial.greeting + ScriptedTrial.hearTrial + ScriptedTrial.honest.prefix(3) + [
        #"say {"toolOutput":{"name":"bpftool.txt","status":0,"size":3}}"#, "blob 3",
        #"say {"toolOutput":{"name":"jited-count.bin","status":0,"size":2}}"#, "blob 2",
        #"say {"toolOutput":{"name":"jited-count-2.bin","status":0,"size":0}}"#,
      ] + ScriptedTrial.honest.dropFirst(3), inspected: true)
    #expect(outcome.result.record.verdict.ruling == .survived)
    #expect(outcome.text("bpftool.txt") == "xxx")
    #expect(outcome.text("jited-count.bin") == "xx")
    #expect(outcome.evidence["jited-count-2.bin"] == [])
  }
}
