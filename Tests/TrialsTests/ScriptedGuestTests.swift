import Forge
import Foundation
import Host
import Kernels
import Logging
import Machine
import Record
import Scenarios
import TestSupport
import Testing
import Trials
import Verdicts
import Wire

/// Trials against a scripted QEMU and agent: what the harness makes of a far end that is honest,
/// rude, silent or gone.
@Suite struct ScriptedGuestTests {
  private static let hello = hello(version: wireVersion)
  private static func hello(version: Int) -> String {
    #"say {"hello":{"version":\#(version),"kernelRelease":"6.1-scripted"}}"#
  }
  private static let greeting = [hello, "hear", hello]
  /// The plan and the object.
  private static let hearTrial = ["hear", "hear"]

  private static let honestTrial = [
    #"say {"state":{"moment":"before","_1":\#(state)}}"#,
    #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#, #"say {"attached":{}}"#,
    #"say {"observed":{"value":64,"faults":0}}"#, #"say {"unloaded":{}}"#,
    #"say {"health":{"check":"tmpfs"}}"#,
    #"say {"state":{"moment":"after","_1":\#(state)}}"#, #"say {"finished":{}}"#,
  ]
  private static let state = """
    {"taint":0,"modules":[],"programs":0,"maps":0,"links":0,"slabObjects":{},\
    "memoryAvailableKiB":1,"moduleReferences":{},"slabs":{},"figures":{}}
    """

  private func run(_ script: [String], limits: TrialWatch.Limits = .init()) async throws
    -> (result: TrialRunner.Result, evidence: String)
  {
    let folder = NSTemporaryDirectory() + "panicroom-scripted-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: folder) } }
    try script.joined(separator: "\n").write(
      toFile: folder + "/script", atomically: true, encoding: .utf8)
    try "object".write(toFile: folder + "/twin.o", atomically: true, encoding: .utf8)
    try FileManager.default.createDirectory(
      atPath: folder + "/evidence", withIntermediateDirectories: false)
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let result = try await TrialRunner(logger: logger, limits: limits).run(
      try trial(in: folder),
      in: FreshGuests(of: try machine(in: folder), bootSeconds: 10, logger: logger),
      evidence: Evidence(folder: folder + "/evidence", name: "evidence"))
    let agent = try Files.text(folder + "/evidence/agent.jsonl")
    return (result, agent)
  }

  private func machine(in folder: String) throws -> PreparedMachine {
    let qemu = try #require(
      Bundle.module.path(forResource: "scripted-qemu", ofType: nil, inDirectory: "Fixtures"))
    return PreparedMachine(
      description: MachineDescription(
        qemu: qemu, accelerator: .tcg, kernel: folder + "/script", initramfs: "", parameters: []))
  }

  private func trial(in folder: String) throws -> Trial {
    let repository = Checkout.root.path
    let scenario = try Catalogue.load(repository: repository).scenario(named: "null-map-value")
    let object = ForgedTwin.Object(
      object: folder + "/twin.o", full: folder + "/twin.o", sources: [])
    let kernel = Kernel(
      name: "6.1", release: "6.1-scripted", packageVersion: "1", image: folder + "/script",
      modulesDirectory: "", modulesRoot: "", headersDirectory: "", commonHeaders: "",
      vmlinuxBTF: "", vmlinuxHeader: "", vmlinuxHeaderDigest: "", config: "", systemMap: "")
    return Trial(
      id: TrialID(
        scenario: scenario.name, mechanism: .bpf, armed: false, kernel: "6.1", profile: "stock",
        repetition: 1),
      scenario: scenario,
      twin: ForgedTwin(scenario: scenario.name, mechanism: .bpf, result: .success(object)),
      forge: Forge(
        kernel: kernel, repository: repository, cache: CacheDirectory(root: folder + "/cache"),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }),
      traits: KernelTraits(release: kernel.release, config: ""),
      purpose: .scenario(mayLack: false))
  }

  @Test func anHonestAgentIsBelieved() async throws {
    let (result, evidence) = try await run(Self.greeting + Self.hearTrial + Self.honestTrial)
    #expect(result.record.verdict.ruling == .survived)
    #expect(result.record.observed == 64)
    #expect(result.record.outcome == .met)
    #expect(!result.laboratoryFailed)
    #expect(evidence.split(separator: "\n").count == Self.honestTrial.count)
  }

  @Test func aMalformedFrameIsInconclusiveWhateverCameBefore() async throws {
    let script = Self.greeting + Self.hearTrial + Self.honestTrial.dropLast() + ["raw 0000000009"]
    let (result, _) = try await run(script)
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.laboratoryFailed)
  }

  @Test func rubbishInsteadOfAMessageIsInconclusive() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial + [#"say {"gossip":{}}"#] + Self.honestTrial)
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.laboratoryFailed)
  }

  @Test func anAgentOfAnotherVersionGetsNoTrial() async throws {
    let (result, evidence) = try await run([Self.hello(version: wireVersion + 1)])
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.record.verdict.reason?.contains("version \(wireVersion + 1)") == true)
    #expect(evidence.isEmpty)
  }

  @Test func aQEMUThatDiesIsTheLaboratorysFailure() async throws {
    let (result, _) = try await run(Self.greeting + Self.hearTrial + ["exit 1"])
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.laboratoryFailed)
  }

  @Test func aPanicIsReadOffTheConsole() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#,
          "console [    3.1] Kernel panic - not syncing: scripted end",
          #"event {"event": "GUEST_PANICKED", "data": {"action": "run"}}"#,
          #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
          "exit 0",
        ])
    #expect(result.record.verdict.ruling == .panicked)
    #expect(result.record.verdict.kind == .panic)
    #expect(result.record.verdict.evidence.first?.file == "console.log")
    #expect(!result.laboratoryFailed)
  }

  @Test func aGigabyteOfConsoleKeepsItsFirstCause() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#,
          "console [    3.1] Kernel panic - not syncing: scripted end", "flood 1024",
          #"event {"event": "GUEST_PANICKED", "data": {"action": "run"}}"#,
          #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
          "exit 0",
        ])
    #expect(result.record.verdict.ruling == .panicked)
    #expect(result.record.verdict.evidence.first?.line == 1)
    #expect(!result.laboratoryFailed)
  }

  @Test func aResetWithoutAWordIsAReset() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#,
          #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
          "exit 0",
        ])
    #expect(result.record.verdict.ruling == .reset)
  }

  @Test func aGuestThatIsBusyInSilenceIsQuestionedAndCalledHung() async throws {
    var limits = TrialWatch.Limits()
    limits.silentProcessor = 1.1
    limits.lastWords = 0.5
    // The processors' threads, their registers, then the NMI.
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#, "spin 1.5", "answer", "answer",
          "answer",
        ],
      limits: limits)
    #expect(result.record.verdict.ruling == .hung)
    #expect(!result.laboratoryFailed)
  }

  @Test func aGuestThatIsIdleInSilenceIsNotCalledHung() async throws {
    var limits = TrialWatch.Limits()
    limits.silentWall = 0.5
    limits.lastWords = 0.5
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [#"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#, "answer", "answer", "answer"],
      limits: limits)
    #expect(result.record.verdict.ruling == .inconclusive)
  }

  @Test func anAgentThatFailsIsTheLaboratorysFailure() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial + [#"say {"failed":{"_0":"no tmpfs"}}"#])
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.record.verdict.reason?.contains("no tmpfs") == true)
  }
}
