// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import GuestKernel
import Host
import TestSupport
import Testing

/// Objects compiled here, opened and parsed but never loaded.
@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct ProgramObjectTests {
  private static let source = """
    #define section(name) __attribute__((section(name), used))
    const volatile _Bool armed;
    const volatile unsigned long limit = 7;
    unsigned long events;
    int negative = -3;
    section("syscall") int count(void *context) {
      if (armed) negative--;
      return ++events > limit;
    }
    char terms[] section("license") = "GPL";
    """

  private func compiled(_ source: String = source) async throws -> [UInt8] {
    try await withTemporaryFolder { folder in
      let (input, output) = (folder + "/twin.bpf.c", folder + "/twin.bpf.o")
      try Files.write(source, to: input)
      try await Tool("clang").checked(["-g", "-O2", "-target", "bpf", "-c", input, "-o", output])
      return try Files.read(output)
    }
  }

  // The macro #expect copies what it looks at, which an object forbids: values come out first.
  @Test func armingSetsTheConstantBeforeTheLoad() async throws {
    let object = try ProgramObject(opening: await compiled(), name: "twin")
    let before = object.initialValue(of: "armed")
    let canBeArmed = object.arm(true)
    let armed = object.initialValue(of: "armed")
    let neighbour = object.initialValue(of: "limit")
    let canBeDisarmed = object.arm(false)
    let disarmed = object.initialValue(of: "armed")
    #expect(canBeArmed && canBeDisarmed)
    #expect([before, armed, disarmed] == [0, 1, 0])
    #expect(neighbour == 7)
  }

  @Test func variablesAreFoundInTheirSections() async throws {
    let object = try ProgramObject(opening: await compiled(), name: "twin")
    let found = ["negative", "events", "nowhere"].map { object.initialValue(of: $0) }
    #expect(found == [-3, 0, nil])
  }

  @Test func anObjectBuiltForOneArmHasNothingToArm() async throws {
    let source = Self.source.replacingOccurrences(
      of: "const volatile _Bool armed;", with: "#define armed 1")
    let object = try ProgramObject(opening: await compiled(source), name: "twin")
    let canBeArmed = object.arm(true)
    #expect(!canBeArmed)
  }

  @Test func theRehearsalsObjectIsOneThatTheLibraryUnderstands() throws {
    let object = try ProgramObject(opening: RehearsalObject.bytes(), name: "rehearsal")
    let found = ["constant", "variable"].map { object.initialValue(of: $0) }
    #expect(found == [0, 1])
  }

  @Test(arguments: [[], Array("not an object".utf8), [0x7f, 0x45, 0x4c, 0x46]] as [[UInt8]])
  func whatIsNoObjectIsRefusedByTheLibrary(bytes: [UInt8]) {
    captureLibbpfMessages()
    do {
      _ = try ProgramObject(opening: bytes, name: "rubbish")
      Issue.record("\(bytes.count) bytes of rubbish were opened")
    } catch {
      #expect(error.gate == .libbpf)
      #expect(error.errno > 0)
      #expect(!error.message.isEmpty)
      #expect(error.verifierLog.isEmpty)
    }
  }
}
