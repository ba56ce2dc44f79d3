// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Machine
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

/// The real thing, in real guests. One after the other: they share the cores and the cache.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(60))) struct EndToEndTests {
  @Test(.tags(.alone), .timeLimit(.minutes(60)))
  func theWholeCatalogueIsAsTheorySays() async throws {
    try await Harness.use { harness in
      let junit = harness.folder + "/junit.xml"
      let (output, record) = try await harness.runTrials(["--junit", junit])
      #expect(output.status == 0, "\(output.errorText)")
      let scenarios = try Catalogue.load(repository: Harness.repository).scenarios
      #expect(scenarios.count >= 56)
      let planned = Set(record.header.trials)
      for scenario in scenarios {
        let own = planned.filter { $0.scenario == scenario.name }
        #expect(own.filter { $0.repetition == 1 }.count == 4, "\(scenario.name)")
      }
      let looks = Set(record.secondLooks.map(\.id))
      #expect(Set(record.currentTrials.map(\.id)) == planned.union(looks))
      for trial in record.trials {
        // A trial that had to be tried again is a weakness of the laboratory.
        #expect(!trial.superseded, "\(trial.id.folderName): \(trial.reason ?? "")")
        #expect(trial.outcome == .met, "\(trial.id.folderName): \(trial.reason ?? "")")
        try expectEvidence(of: trial, in: harness.runs + "/latest")
      }
      try expectEqualControls(record)
      let cases =
        try String(contentsOfFile: junit, encoding: .utf8)
        .components(separatedBy: "<testcase").count - 1
      #expect(cases == record.currentTrials.count)
    }
  }

  /// The disarmed twins are what makes a pair fair: both report the same, and not nothing.
  private func expectEqualControls(_ record: RunRecord) throws {
    let controls = Dictionary(grouping: record.currentTrials.filter { !$0.id.armed }) {
      $0.id.scenario
    }
    for (scenario, trials) in controls {
      let observations = Set(trials.map(\.observed))
      #expect(trials.count == 2 && observations.count == 1, "\(scenario): \(observations)")
      #expect(observations.first != 0 && observations.first != .some(nil), "\(scenario)")
    }
  }

  /// Each line that a verdict cites stands in the evidence where the verdict says.
  private func expectEvidence(of trial: TrialRecord, in run: String) throws {
    #expect(!trial.verdict.evidence.isEmpty, "\(trial.id.folderName)")
    let folder = try #require(trial.evidenceDirectory)
    for line in trial.verdict.evidence {
      let text = String(decoding: try Files.read("\(run)/\(folder)/\(line.file)"), as: UTF8.self)
      let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
      #expect(lines.indices.contains(line.line - 1), "\(trial.id.folderName): \(line)")
    }
  }

  /// A few scenarios on the kernels beside the default one, from fetching to verdict.
  @Test(.tags(.network), .timeLimit(.minutes(30)))
  func aSampleHoldsOnTheOtherKernels() async throws {
    try await Harness.use { harness in
      let kernels = ["5.10", "6.12", "7.3", "sid"]
      let (output, record) = try await harness.runTrials(
        kernels.flatMap { ["--kernel", $0] }
          + ["--no-second-look", "null-map-value", "nested-loops-stall", "reference-leak"])
      #expect(output.status == 0, "\(output.errorText)")
      for trial in record.currentTrials {
        let words = "\(trial.id.folderName): \(trial.reason ?? "")"
        #expect([.met, .skipped].contains(trial.outcome), "\(words)")
        if trial.outcome == .skipped { #expect(trial.reason?.isEmpty == false, "\(words)") }
        // In whichever folder the kernel's kbuild has the module compiled.
        if trial.verdict.ruling == .oopsed, trial.id.scenario == "null-map-value" {
          #expect(trial.verdict.source?.file == "lkm/null_map_value.c", "\(words)")
        }
      }
      // A suite that is gone skips its kernel; that all of them are is no test of anything.
      let held = Set(record.currentTrials.filter { $0.outcome == .met }.map(\.id.kernel))
      #expect(!held.isEmpty)
    }
  }

  /// Its trials are inconclusive, and the others' are what they are without it.
  @Test(.tags(.network), .timeLimit(.minutes(10)))
  func aKernelThatDoesNotBootKeepsNoOtherFromRunning() async throws {
    try await Harness.use { shared in
      let harness = try await shared.withOwnCache()
      let copy = try harness.copyOfRepository()
      let file = copy.repository + "/vm/kernels.yaml"
      let entry = """

          - name: broken
            suite: bookworm
            security: bookworm-security
            image: linux-image-cloud-amd64
            headers: linux-headers-cloud-amd64
            parameters: ["rdinit=/nowhere"]

        """
      try Files.write(try Files.text(file) + entry, to: file)
      let (output, record) = try await copy.runTrials(
        ["--kernel", "broken", "--kernel", "6.1", "null-map-value"])
      #expect(output.status == 3, "\(output.errorText)")
      // The console's end is shown.
      #expect(output.errorText.contains("Unable to mount root fs"), "\(output.errorText)")
      let trials = Dictionary(grouping: record.currentTrials, by: \.id.kernel)
      #expect(trials["6.1"]?.map(\.outcome) == Array(repeating: .met, count: 4))
      #expect(trials["broken"]?.map(\.outcome) == Array(repeating: .inconclusive, count: 4))
      let reason = record.header.kernels.first { $0.name == "broken" }?.failure
      #expect(reason?.contains("Kernel panic - not syncing") == true, "\(reason ?? "none")")
      try await otherCommandsGoOn(copy, without: "broken")
    }
  }

  private func otherCommandsGoOn(_ harness: Harness, without broken: String) async throws {
    let (suite, record) = try await harness.runTrials(
      ["--suite", "lkdtm", "--kernel", broken, "--kernel", "6.1", "PANIC"])
    #expect(suite.status == 3, "\(suite.errorText)")
    let outcomes = Dictionary(grouping: record.trials, by: \.id.kernel).mapValues {
      $0.map(\.outcome)
    }
    // Debian's cloud kernel has no LKDTM.
    #expect(outcomes == [broken: [.inconclusive], "6.1": [.skipped]])

    struct Measured: Decodable { var kernel: String }
    let bench = try await harness.run(
      ["bench", "--rounds", "1", "--format", "json", "--kernel", broken, "--kernel", "6.1"])
    #expect(bench.status == 2, "\(bench.errorText)")
    #expect(bench.errorText.contains("Kernel \(broken) is not measured"), "\(bench.errorText)")
    let measured = try JSONDecoder().decode([Measured].self, from: Data(bench.standardOutput))
    #expect(measured.map { $0.kernel.hasPrefix("6.1.") } == [true])

    let features = try await harness.run(
      ["kernel", "features", broken, "6.1", "--format", "json"])
    #expect(features.status == 2, "\(features.errorText)")
    let ladder = try JSONDecoder().decode(
      FeatureLadder.self, from: Data(features.standardOutput))
    #expect(ladder.kernels.map { $0.reason != nil } == [true, false])
    #expect(ladder.features.contains { $0.kernels == ["6.1"] })
  }

  /// A parameter that no other guest has needs a template of its own.
  @Test(.timeLimit(.minutes(10)))
  func whatIsPreparedIsThereForTheNextRun() async throws {
    try await Harness.use { harness in
      let copy = try await harness.withOwnCache().copyOfRepository()
      let file = copy.repository + "/vm/profiles.yaml"
      let parameter = "panicroom_test=\(UUID().uuidString)"
      let text = try Files.text(file)
      let changed = text.replacing("parameters:\n", with: "parameters:\n      - \(parameter)\n")
      try #require(changed != text)
      try Files.write(changed, to: file)
      let prepared = try await copy.run(["prepare", "null-map-value"])
      #expect(prepared.status == 0, "\(prepared.errorText)")
      #expect(prepared.errorText.contains("template of kernel 6.1, profile stock"))
      #expect(prepared.errorText.contains("template of kernel 6.1, profile sensitive"))
      let (output, _) = try await copy.runTrials(["null-map-value"])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(!output.errorText.contains("template"), "\(output.errorText)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func aSecondRunFetchesAndBuildsNothing() async throws {
    try await Harness.use { harness in
      _ = try await harness.runTrials(["null-map-value"])
      // Without it, what is fetched or built quickly is not told.
      let (output, _) = try await harness.runTrials(["--verbose", "null-map-value"])
      #expect(output.status == 0)
      for word in ["fetching", "unpacking", "compiling", "building", "template", "prepared kernel"]
      {
        #expect(!output.errorText.contains(word), "\(output.errorText)")
      }
    }
  }

  @Test(.timeLimit(.minutes(20)))
  func aBootedGuestGivesTheVerdictsOfARestoredOne() async throws {
    try await Harness.use { harness in
      let names = ["null-map-value", "sleep-in-atomic"]
      let restored = try await harness.runTrials(names).record
      let booted = try await harness.runTrials(["--cold"] + names).record
      #expect(Set(restored.trials.map(\.started)) == [.restored])
      #expect(Set(booted.trials.map(\.started)) == [.booted])
      func verdicts(_ record: RunRecord) -> [TrialID: String] {
        Dictionary(
          uniqueKeysWithValues: record.currentTrials.map { trial in
            let verdict = trial.verdict
            return (
              trial.id,
              "\(verdict.ruling) \(verdict.by ?? "") \(verdict.kind?.rawValue ?? "")"
                + " \(verdict.title ?? "") \(String(describing: verdict.source))"
                + " \(trial.observed ?? -1)"
            )
          })
      }
      let (ofRestored, ofBooted) = (verdicts(restored), verdicts(booted))
      #expect(Set(ofRestored.keys) == Set(ofBooted.keys))
      for (id, verdict) in ofRestored { #expect(ofBooted[id] == verdict, "\(id)") }
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func nothingOutlivesAHarnessThatIsKilledAndResumeDoesWhatIsMissing() async throws {
    try await Harness.use { harness in
      let running = try RunningHarness(
        harness, ["--repeat", "3", "null-map-value", "divide-by-zero"])
      let guests = try await running.waitForTrials(2, in: harness)
      kill(running.pid, SIGKILL)
      #expect(try await running.wait() == -SIGKILL)
      try await Task.sleep(for: .seconds(1))
      #expect(guests.filter(RunningHarness.isAlive) == [])

      let before = try RunDirectory.read(harness.runs + "/latest")
      #expect(before.trials.count >= 2 && before.trials.count < 24)
      try await aKernelThatWasBuiltAnewIsNotGoneOnWith(harness)
      let output = try await harness.run(["run", "--resume", harness.runs + "/latest"])
      #expect(output.status == 0, "\(output.errorText)")
      let after = try RunDirectory.read(harness.runs + "/latest")
      #expect(after.trials.count == 24)
      #expect(Set(after.trials.map(\.id)).count == 24)
      #expect(Array(after.trials.prefix(before.trials.count)) == before.trials)
    }
  }

  /// It can have the release of the one before.
  private func aKernelThatWasBuiltAnewIsNotGoneOnWith(_ harness: Harness) async throws {
    let file = harness.runs + "/latest/run.json"
    let text = try Files.text(file)
    let version = try #require(
      try RunDirectory.read(harness.runs + "/latest").header.kernels.first?.version)
    try Files.write(text.replacing("\"\(version)\"", with: "\"1.2-3\""), to: file)
    let output = try await harness.run(["run", "--resume", harness.runs + "/latest"])
    #expect(output.status == 2)
    #expect(output.errorText.contains("(1.2-3) when run"), "\(output.errorText)")
    #expect(output.errorText.contains("(\(version)) now"), "\(output.errorText)")
    try Files.write(text, to: file)
  }

  @Test(.timeLimit(.minutes(10)), arguments: [SIGINT, SIGTERM, SIGHUP])
  func anInterruptedRunEndsItsGuestsAndKeepsItsJournal(signal: Int32) async throws {
    try await Harness.use { harness in
      let running = try RunningHarness(harness, ["--repeat", "4", "null-map-value"])
      let guests = try await running.waitForTrials(1, in: harness)
      let began = ContinuousClock.now
      kill(running.pid, signal)
      #expect(try await running.wait() == 130)
      // The goal is one second; a noisy machine gets more.
      #expect(ContinuousClock.now - began < .seconds(10))
      #expect(guests.filter(RunningHarness.isAlive) == [])
      #expect(try RunDirectory.read(harness.runs + "/latest").trials.count >= 1)
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func aDamagedTemplateIsMadeAnew() async throws {
    try await Harness.use { shared in
      let harness = try await shared.withOwnCache()
      _ = try await harness.runTrials(["null-map-value"])
      let templates = harness.cache.path("templates")
      let newest = try FileManager.default.contentsOfDirectory(atPath: templates)
        .filter { !$0.hasPrefix(".") }.map { "\(templates)/\($0)/state" }
      for state in newest {
        chmod(state, 0o600)
        let file = try #require(fopen(state, "r+"))
        fputs("rubbish", file)
        fclose(file)
      }
      let (output, record) = try await harness.runTrials(["null-map-value"])
      #expect(output.status == 0)
      #expect(output.errorText.contains("made again"))
      #expect(Set(record.trials.map(\.started)) == [.restored])
    }
  }

  /// Damage that was there when the template was sealed is found by QEMU, and the trials go on without
  /// the template.
  @Test(.timeLimit(.minutes(10)))
  func whereRestoringFailsTheGuestBootsAndTheRecordSaysSo() async throws {
    try await Harness.use { shared in
      let harness = try await shared.withOwnCache()
      _ = try await harness.runTrials(["null-map-value"])
      let templates = harness.cache.path("templates")
      for name in try FileManager.default.contentsOfDirectory(atPath: templates)
      where !name.hasPrefix(".") {
        let state = "\(templates)/\(name)/state"
        let copy = harness.folder + "/state"
        try await Tool("cp").checked(["-p", state, copy])
        chmod(state, 0o600)
        let before = try SealedFile.digest(of: state)
        let file = try #require(fopen(state, "r+"))
        fseek(file, 2000, SEEK_SET)
        for _ in 0..<1000 { fputs("rubbish", file) }
        fclose(file)
        try await Tool("touch").checked(["-r", copy, state])
        let record = "\(templates)/\(name)/template.json"
        let text = try Files.text(record)
        try #require(text.contains(before))
        try Files.write(text.replacing(before, with: try SealedFile.digest(of: state)), to: record)
      }
      let (output, booted) = try await harness.runTrials(["null-map-value"])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(Set(booted.trials.map(\.started)) == [.booted])
      let (again, restored) = try await harness.runTrials(["null-map-value"])
      #expect(again.errorText.contains("made again"))
      #expect(Set(restored.trials.map(\.started)) == [.restored])
    }
  }

  /// A second cache, with the same kernel, must come to the same image.
  @Test(.timeLimit(.minutes(10)))
  func theSameInputsGiveTheSameImage() async throws {
    try await Harness.use { harness in
      _ = try await harness.runTrials(["null-map-value"])
      let first = harness.cache.root
      let second = harness.folder + "/cache/panicroom"
      try FileManager.default.createDirectory(atPath: second, withIntermediateDirectories: true)
      try FileManager.default.copyItem(
        atPath: first + "/kernels", toPath: second + "/kernels")
      let output = try await harness.run(
        ["run", "null-map-value", "--runs", harness.runs],
        environment: ["XDG_CACHE_HOME": harness.folder + "/cache"])
      #expect(output.status == 0, "\(output.errorText)")
      let images = try FileManager.default.contentsOfDirectory(atPath: second + "/images")
        .filter { !$0.hasPrefix(".") }
      #expect(images.count == 1)
      for image in images {
        let file = "/images/\(image)/initramfs.cpio"
        #expect(
          FileManager.default.contentsEqual(atPath: first + file, andPath: second + file))
      }
      let entries = try FileManager.default.subpathsOfDirectory(atPath: second)
      #expect(entries.filter { $0.contains(".staging") } == [])
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func aForcedAcceleratorWorksOrIsAnError() async throws {
    try await Harness.use { harness in
      let output = try await harness.run([
        "run", "null-map-value", "--accelerator", "kvm", "--runs", harness.runs,
      ])
      if output.status == 2 {
        #expect(output.errorText.contains("KVM was requested"))
        #expect(!FileManager.default.fileExists(atPath: harness.runs))
      } else {
        #expect(output.status == 0, "\(output.errorText)")
        #expect(try RunDirectory.read(harness.runs + "/latest").header.accelerator == "kvm")
      }
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func aTwinThatDoesNotCompileFailsAlone() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let source = copy.repository + "/lkm/divide_by_zero.c"
      let text = try String(contentsOfFile: source, encoding: .utf8)
      try (text + "\nint broken = nowhere;\n").write(
        toFile: source, atomically: true, encoding: .utf8)
      let line = text.count { $0 == "\n" } + 2
      let (output, record) = try await copy.runTrials(["divide-by-zero", "null-map-value"])
      #expect(output.status == 1)
      for trial in record.trials {
        let isBroken = trial.id.scenario == "divide-by-zero" && trial.id.mechanism == .lkm
        #expect(trial.outcome == (isBroken ? .unmet : .met), "\(trial.id.folderName)")
        guard isBroken else { continue }
        #expect(trial.verdict.ruling == .rejected)
        #expect(trial.verdict.by == Gate.compiler.rawValue)
        #expect(trial.verdict.source == SourcePlace(file: "lkm/divide_by_zero.c", line: line))
        #expect(trial.verdict.evidence.first?.text.contains("nowhere") == true)
        try expectEvidence(of: trial, in: harness.runs + "/latest")
      }
      try await expectAlerts(in: "lkm/divide_by_zero.c", line: line, harness)
    }
  }

  @Test(.tags(.alone), .timeLimit(.minutes(10)))
  func aRestoredTrialCostsAFractionOfABoot() async throws {
    struct Figures: Decodable {
      var coldBootSeconds: Double
      var restoredTrialSeconds: Double
      var ratio: Double
      var trialsPerSecond: Double
      var privateMemoryMib: Double
    }
    try await Harness.use { harness in
      let output = try await harness.run(["bench", "--rounds", "3", "--format", "json"])
      #expect(output.status == 0, "\(output.errorText)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      let figures = try decoder.decode(Figures.self, from: Data(output.standardOutput))
      #expect(
        abs(figures.ratio - figures.coldBootSeconds / figures.restoredTrialSeconds) < 0.001)
      // The goal is 10, shown by `bench`; noise may eat some of it, but not what restoring is for.
      #expect(figures.ratio > 3)
      #expect(figures.privateMemoryMib < 80)
      #expect(figures.trialsPerSecond > 0)
    }
  }
}
