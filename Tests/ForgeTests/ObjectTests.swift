// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct ObjectTests {
  /// The program of the fixture, compiled.
  private func withProgram(_ body: (ObjectFile) throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      let twins = try await fixture.forge().forge([try ForgeFixture.scenario("one")])
      guard case .success(let object) = twins[0].result else {
        Issue.record("\(twins[0])")
        return
      }
      try body(try ObjectFile(path: object.object))
    }
  }

  private func line(_ text: String) throws -> Int {
    let lines = ForgeFixture.program.split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(lines.firstIndex { $0.contains(text) }) + 1
  }

  @Test func aProgramsSectionsFunctionsAndLicence() async throws {
    try await withProgram { object in
      #expect(object.isProgram)
      #expect(object.programs.map(\.name) == ["first", "second"])
      #expect(object.programs.map(\.section) == ["kprobe/first", "kprobe/second"])
      #expect(object.functions.contains { $0.name == "twice" && $0.section == ".text" })
      #expect(object.licence == "GPL")
      #expect(object.kernelRelease == nil)
      #expect(object.contents(of: ".rodata")?.count == 1)
      #expect(object.contents(of: ".bss") == nil)
      #expect(object.contents(of: "no such section") == nil)
    }
  }

  @Test func instructionsOfAMainProgramHaveTheirLines() async throws {
    try await withProgram { object in
      let table = try LineTable(object)
      let place = { (program: String?, instruction: Int?, text: String?) in
        table.place(program: program, instruction: instruction, text: text)
      }
      func expected(_ text: String) throws -> SourcePlace {
        SourcePlace(file: "bpf/one.bpf.c", line: try line(text))
      }
      let call = try expected("bpf_ktime_get_ns")
      #expect(place("first", 0, nil) == call)
      let last = try #require(object.programs.first).size / 8 - 1
      #expect(place("first", last, nil) == (try expected("return twice")))
      // The second program's instructions are counted from 0 again, in a section of its own.
      #expect(place("second", 0, nil) == (try expected("bpf_get_current_pid_tgid")))
    }
  }

  @Test func instructionsOfSubprogramsAreFoundByTheirText() async throws {
    try await withProgram { object in
      let table = try LineTable(object)
      let behind = try #require(object.programs.first).size / 8 + 2
      let text = "*value += 2;"
      let expected = SourcePlace(file: "bpf/one.bpf.c", line: try line(text))
      #expect(table.place(program: "first", instruction: behind, text: text) == expected)
      #expect(table.place(program: nil, instruction: nil, text: "\t\(text) ") == expected)
      #expect(table.place(program: "first", instruction: behind, text: nil) == nil)
      #expect(table.place(program: "first", instruction: behind, text: "no such line") == nil)
      // Two programs have this line: nobody can tell which.
      let both = table.lines.filter { $0.text.contains("events |= 4;") }
      #expect(Set(both.map(\.section)) == ["kprobe/first", "kprobe/second"])
      #expect(table.place(program: nil, instruction: 3, text: "events |= 4;") == nil)
    }
  }

  @Test func whatIsNoObjectIsAnError() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/x.ko"
      for text in ["", "no ELF", "\u{7f}ELF\u{2}\u{1}\u{1}"] {
        try Files.write(text, to: path)
        #expect(throws: ForgeError.self) { try ObjectFile(path: path) }
      }
      #expect(throws: HostError.self) { try ObjectFile(path: "\(folder)/missing.ko") }
    }
  }

  @Test func aTruncatedOrDamagedObjectIsAnErrorAndNoCrash() async throws {
    try await withProgram { object in
      let bytes = try Files.read(object.path)
      for length in stride(from: 1, to: bytes.count, by: 97) {
        try Files.write(Array(bytes[..<length]), to: object.path)
        #expect(throws: ForgeError.self) { try ObjectFile(path: object.path) }
      }
      let ext = try #require(object.contents(of: ".BTF.ext"))
      for index in ext.indices {
        var damaged = bytes
        damaged[index] = 0xff
        try Files.write(damaged, to: object.path)
        _ = try? LineTable(try ObjectFile(path: object.path))
      }
    }
  }

  @Test func aModuleOfAnotherKernelIsTold() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/x"
      try Files.write(
        """
        #define INFO(n, text) static const char n[] \
        __attribute__((used, section(".modinfo"))) = text;
        INFO(a, "license=GPL") INFO(b, "depends=one,two")
        INFO(c, "vermagic=9.9.9-other SMP preempt mod_unload ") INFO(d, "parm=armed:bool")
        INFO(e, "parm=events:long") INFO(f, "softdep=pre: crc-t10dif two post: three")
        """, to: path + ".c")
      try await Tool("gcc").checked(["-c", path + ".c", "-o", path + ".ko"])
      let object = try ObjectFile(path: path + ".ko")
      #expect(object.licence == "GPL")
      #expect(object.moduleInfo("depends") == ["one,two"])
      #expect(object.modulesBefore == ["crc_t10dif", "two", "one"])
      #expect(object.moduleInfo("parm") == ["armed:bool", "events:long"])
      #expect(object.kernelRelease == "9.9.9-other")
      var kernel = try await ForgeFixture(folder).kernel
      let error = #expect(throws: ForgeError.self) { try object.requireFit(kernel) }
      #expect(error?.what.contains("9.9.9-other, not for 1.2.3-test") == true)
      kernel.release = "9.9.9-other"
      try object.requireFit(kernel)
    }
  }
}
