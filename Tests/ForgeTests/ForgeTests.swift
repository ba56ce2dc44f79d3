// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct ForgeTests {
  private func objects(_ twins: [ForgedTwin]) throws -> [ForgedTwin.Object] {
    try twins.map { twin in
      guard case .success(let object) = twin.result else {
        throw ForgeError(what: "\(twin)", remedy: "")
      }
      return object
    }
  }

  @Test func buildsBothTwinsOfEachScenarioInOneCall() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      let scenarios = try ["one-fault", "two-faults"].map { name in
        try fixture.write(name)
        return try ForgeFixture.scenario(name)
      }
      let twins = try await fixture.forge().forge(scenarios)
      #expect(twins.map(\.scenario) == ["one-fault", "one-fault", "two-faults", "two-faults"])
      #expect(twins.map(\.mechanism) == [.bpf, .lkm, .bpf, .lkm])
      let made = try objects(twins)
      #expect(
        made.map(\.sources) == [
          ["bpf/one_fault.bpf.c"], ["lkm/one_fault.c"],
          ["bpf/two_faults.bpf.c"], ["lkm/two_faults.c"],
        ])
      #expect(try fixture.news("calls") == ["call"])
      // The object that is loaded has no debug information; names of functions it keeps.
      let loaded = try ObjectFile(path: made[1].object)
      let full = try ObjectFile(path: made[1].full)
      #expect(full.sections.contains { $0.name == ".debug_info" })
      #expect(!loaded.sections.contains { $0.name == ".debug_info" })
      #expect(loaded.functions.map(\.name) == ["one_fault_count"])
    }
  }

  @Test func buildsNothingTwiceAndOnlyWhatWasTouched() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      let scenarios = try ["one", "two", "three"].map { name in
        try fixture.write(name)
        return try ForgeFixture.scenario(name)
      }
      let first = try await fixture.forge().forge(scenarios)
      #expect(try fixture.news("compiled") == ["one.c", "three.c", "two.c"])
      #expect(try await fixture.forge().forge(scenarios) == first)
      #expect(try fixture.news("compiled") == [])

      try fixture.write("two", moduleLine: "events += 2;")
      let second = try await fixture.forge().forge(scenarios)
      #expect(try fixture.news("compiled") == ["two.c"])
      #expect(zip(first, second).map { $0 == $1 } == [true, true, true, false, true, true])

      // A header concerns all twins of its mechanism, another kernel all.
      try Files.write("#define X 1\n", to: "\(fixture.repository)/lkm/shared.h")
      let third = try await fixture.forge().forge(scenarios)
      #expect(zip(second, third).map { $0 == $1 } == [true, false, true, false, true, false])
      var kernel = fixture.kernel
      kernel.packageVersion = "1.2.3-2"
      let fourth = try await fixture.forge(kernel).forge(scenarios)
      #expect(zip(third, fourth).allSatisfy { $0 != $1 })
    }
  }

  @Test func buildsOnlyTheTwinsThatAreWanted() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      for name in ["one", "two"] { try fixture.write(name) }
      let scenarios = try ["one", "two"].map { try ForgeFixture.scenario($0) }
      let twins = try await fixture.forge().forge(scenarios) { scenario, mechanism, _ in
        scenario == "two" || mechanism == .bpf
      }
      #expect(twins.map { "\($0.scenario) \($0.mechanism)" } == ["one bpf", "two bpf", "two lkm"])
      #expect(try fixture.news("compiled") == ["two.c"])
    }
  }

  /// As on another machine, which gets the objects in a bundle.
  @Test func libbpfsHeadersMayLieElsewhere() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      let scenarios = [try ForgeFixture.scenario("one")]
      let first = try await fixture.forge().forge(scenarios)
      try Files.makeFolder("\(folder)/libbpf/bpf")
      for name in try Files.list("\(Forge.libbpfHeaders)/bpf") {
        try Files.write(
          try Files.read("\(Forge.libbpfHeaders)/bpf/\(name)"), to: "\(folder)/libbpf/bpf/\(name)")
      }
      let moved = fixture.forge(headers: "\(folder)/libbpf")
      #expect(try await moved.forge(scenarios) == first)
      try Files.write("#define X 1\n", to: "\(folder)/libbpf/bpf/new.h")
      #expect(try await moved.inventory(scenarios).missing.count == 1)
    }
  }

  @Test func anObjectThatIsGoneFromTheCacheIsBuiltAgain() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      let scenarios = [try ForgeFixture.scenario("one")]
      let twins = try await fixture.forge().forge(scenarios)
      for object in try objects(twins) { try Files.remove(object.object) }
      #expect(try await fixture.forge().forge(scenarios) == twins)
      for object in try objects(twins) { #expect(Files.exists(object.object)) }
    }
  }

  /// Of the same size, so that only its digest tells.
  private func flip(_ path: String) throws {
    var bytes = try Files.read(path)
    bytes[bytes.count / 2] ^= 0xff
    try Files.write(bytes, to: path)
  }

  @Test func anObjectThatWasDamagedInTheCacheIsBuiltAgain() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      for name in ["one", "two"] { try fixture.write(name) }
      let scenarios = try ["one", "two"].map { try ForgeFixture.scenario($0) }
      let twins = try await fixture.forge().forge(scenarios)
      let made = try objects(twins)
      let whole = try made[0...1].map { try Files.read($0.object) }
      for object in made[0...1] { try flip(object.object) }
      #expect(try fixture.news("compiled") == ["one.c", "two.c"])
      #expect(try await fixture.forge().forge(scenarios) == twins)
      #expect(try fixture.news("compiled") == ["one.c"])
      #expect(try Files.read(made[0].object) == whole[0])
      #expect(try Files.read(made[1].object).count == whole[1].count)
      #expect(try await fixture.forge().forge(scenarios) == twins)
      #expect(try fixture.news("compiled") == [])

      // What was cut short by a power cut, the seal included.
      try Files.write("", to: Files.parent(of: made[3].object) + "/entry.json")
      #expect(try await fixture.forge().forge(scenarios) == twins)
      #expect(try fixture.news("compiled") == ["two.c"])
    }
  }

  @Test func aDamagedHeaderOfTheKernelsIsNamedBeforeAnythingIsCompiled() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      for name in ["one", "two"] { try fixture.write(name) }
      let one = [try ForgeFixture.scenario("one")]
      let twins = try await fixture.forge().forge(one)
      let header = try #require(fixture.kernel.vmlinuxHeader)
      try flip(header)
      // What is in the cache was made of the whole one.
      #expect(try await fixture.forge().forge(one) == twins)
      let error = await #expect(throws: KernelError.self) {
        try await fixture.forge().forge([try ForgeFixture.scenario("two")])
      }
      #expect(error?.what.hasPrefix(header) == true)
      #expect(error?.remedy.contains("kernel fetch test") == true)
    }
  }

  @Test func anErrorFailsItsTwinAloneWithFileLineAndWords() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("good")
      try fixture.write("bad", programLine: "valu++;", moduleLine: "nonsense++;")
      try fixture.write("worse", programLine: "int", moduleLine: "#error no such thing")
      let scenarios = try ["bad", "good", "worse"].map { try ForgeFixture.scenario($0) }
      let twins = try await fixture.forge().forge(scenarios)
      _ = try objects(Array(twins[2...3]))
      func messages(_ index: Int) -> [CompilerMessage] {
        if case .refused(let messages) = twins[index].result { messages } else { [] }
      }
      #expect(messages(0).map(\.file) == ["bpf/bad.bpf.c"])
      #expect(messages(0).map(\.line) == [21])
      #expect(messages(0).first?.text.contains("undeclared identifier 'valu'") == true)
      #expect(messages(1).map(\.file) == ["lkm/bad.c"])
      #expect(messages(1).map(\.line) == [12])
      #expect(messages(1).first?.text.contains("nonsense") == true)
      #expect(messages(4).first?.file == "bpf/worse.bpf.c")
      #expect(messages(5).map(\.description) == ["lkm/worse.c:12: error: #error no such thing"])
      // The good one's module needed a second call.
      #expect(try fixture.news("calls") == ["call", "call"])
      #expect(try fixture.news("compiled").contains("good.c"))
      let inventory = try await fixture.forge().inventory(scenarios)
      #expect(inventory.missing == [])
      // What was refused is compiled again: the compiler is asked, and no cache.
      #expect(try await fixture.forge().forge(scenarios) == twins)
      #expect(try fixture.news("calls") == ["call"])
      #expect(try fixture.news("compiled") == ["bad.c", "worse.c"])
    }
  }

  /// The header is none of those that an object's name is made of.
  @Test func aRefusalEndsWithItsCause() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      let header = "\(folder)/headers/kernel.h"
      try fixture.write(
        "user", programLine: "\n#include \"\(header)\"", moduleLine: "\n#include \"\(header)\"")
      let scenarios = [try ForgeFixture.scenario("user")]
      try Files.write("damage\n", to: header)
      for twin in try await fixture.forge().forge(scenarios) {
        guard case .refused = twin.result else {
          Issue.record("\(twin)")
          continue
        }
      }
      try Files.write("\n", to: header)
      _ = try objects(try await fixture.forge().forge(scenarios))
    }
  }

  @Test func aTwinThatIsBuiltTwiceMayBeRefusedInOneArm() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      let line = "\n#if ARMED\n#error armed\n#endif"
      try fixture.write("fault", programLine: line, moduleLine: line)
      try fixture.write("plain", programLine: line, moduleLine: line)
      let scenarios = [
        try ForgeFixture.scenario("fault", builtTwice: true), try ForgeFixture.scenario("plain"),
      ]
      let twins = try await fixture.forge().forge(scenarios)
      #expect(twins.map(\.armed) == [false, true, false, true, nil, nil])
      #expect(twins.map(\.mechanism) == [.bpf, .bpf, .lkm, .lkm, .bpf, .lkm])
      let loaded = try objects([twins[0], twins[2], twins[4], twins[5]]).map(\.object)
      #expect(Set(loaded).count == 4)
      // The module's name is that of its file.
      #expect(loaded[1].hasSuffix("/fault.ko"))
      for twin in [twins[1], twins[3]] {
        guard case .refused(let messages) = twin.result else {
          Issue.record("\(twin)")
          continue
        }
        #expect(messages.first?.text.contains("armed") == true)
      }
      #expect(try await fixture.forge().forge(scenarios) == twins)
    }
  }

  @Test func anErrorInAHeaderIsThatOfEachModuleThatIncludesIt() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("good")
      try fixture.write("user", moduleLine: "\n#include \"shared.h\"")
      try Files.write("int broken = ;\n", to: "\(fixture.repository)/lkm/shared.h")
      let twins = try await fixture.forge().forge(
        try ["good", "user"].map { try ForgeFixture.scenario($0) })
      _ = try objects(Array(twins[0...2]))
      guard case .refused(let messages) = twins[3].result else {
        Issue.record("\(twins[3])")
        return
      }
      #expect(messages.map(\.file) == ["lkm/shared.h"])
      #expect(messages.map(\.line) == [1])
    }
  }

  @Test func aFrameTooLargeForTheMachineIsARefusal() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write(
        "large",
        programLine:
          "char frame[2048]; bpf_probe_read_kernel(frame, 2048, ctx); events += frame[value & 2047];"
      )
      let twins = try await fixture.forge().forge([try ForgeFixture.scenario("large")])
      guard case .refused(let messages) = twins[0].result else {
        Issue.record("\(twins[0])")
        return
      }
      #expect(messages.first?.file == "bpf/large.bpf.c")
      #expect(messages.first?.text.contains("stack limit of 512 bytes") == true)
    }
  }

  @Test func aMissingTwinIsNamed() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("half")
      try Files.remove("\(fixture.repository)/lkm/half.c")
      let error = await #expect(throws: ForgeError.self) {
        try await fixture.forge().forge([try ForgeFixture.scenario("half")])
      }
      #expect(error?.what.contains("lkm/half.c") == true)
      #expect(!Files.exists("\(folder)/cache"))
      await #expect(throws: ForgeError.self) {
        try await fixture.forge().forge([try ForgeFixture.scenario("../half")])
      }
      try fixture.write("half")
      await #expect(throws: ForgeError.self) {
        try await fixture.forge().forge(
          [try ForgeFixture.scenario("half"), try ForgeFixture.scenario("half")])
      }
    }
  }

  @Test func aBuildThatFailsForNobodysFaultIsAnErrorAndLeavesNothing() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      try Files.write(
        """
        modules:
        \t@echo '$(M)/one.c:1:1: fatal error: error writing: No space left on device' >&2
        \t@echo 'make: *** [Makefile:1: $(M)/one.o] Error 1' >&2; exit 2

        """,
        to: "\(folder)/common/Makefile")
      let error = await #expect(throws: HostError.self) {
        try await fixture.forge().forge([try ForgeFixture.scenario("one")])
      }
      #expect(error?.what.hasPrefix("no space left") == true)
      #expect(try Files.list("\(folder)/cache/objects/test/lkm") == [])
    }
  }

  @Test func aCancelledBuildEndsAtOnceAndLeavesNothing() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      try Files.write(
        "modules:\n\t@touch $(O)/begun; sleep 60\n", to: "\(folder)/common/Makefile")
      let scenario = try ForgeFixture.scenario("one")
      let task = Task { try await fixture.forge().forge([scenario]) }
      try await waitUntil("make begins") { Files.exists("\(folder)/headers/begun") }
      let began = ContinuousClock.now
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(ContinuousClock.now - began < .seconds(5))
      #expect(try Files.list("\(folder)/cache/objects/test/lkm") == [])
    }
  }
}
