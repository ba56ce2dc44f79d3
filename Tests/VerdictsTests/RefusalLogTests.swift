// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct RefusalLogTests {
  private func rejection(_ log: String) -> Rejection? { RefusalLog.rejection(in: Array(log.utf8)) }

  @Test func everyVerifierLogIsReadAsByItsOwnReader() throws {
    let names = try Fixture.names().filter { $0.hasPrefix("verifier-") }
    #expect(names.count > 20)
    for name in names {
      let bytes = try Fixture.bytes(name)
      #expect(RefusalLog.rejection(in: bytes) == VerifierLog.rejection(in: bytes), "\(name)")
    }
  }

  /// The kernel logs nothing if a module's own init function fails, whatever the error is.
  @Test(arguments: [2, 5, 12, 16, 19, 22] as [Int32])
  func anInitThatFailsIsNoMissingSymbol(errno: Int32) {
    let found = LoaderLog.rejection(
      by: .moduleLoader, errno: errno,
      message: "load twin: some error\ntwin: loading out-of-tree module taints kernel.")
    let names: [Int32: String] = [
      2: "-ENOENT", 12: "-ENOMEM", 16: "-EBUSY", 19: "-ENODEV", 22: "-EINVAL",
    ]
    let name = names[errno] ?? "an error"
    #expect(found.headline == "the module's init function returned \(name) (errno \(errno))")
    let missing = LoaderLog.rejection(
      by: .moduleLoader, errno: 2,
      message: "load twin: No such file or directory\ntwin: Unknown symbol no_such (err -2)")
    #expect(missing.headline.contains("symbol"))
  }

  @Test func theKernelsWordsCountMoreThanTheTools() throws {
    let found = try #require(
      rejection(
        """
        insmod: ERROR: could not insert module twin.ko: Invalid module format
        [   12.345678] twin: disagrees about version of symbol module_layout
        """))
    #expect(found.by == .moduleLoader)
    #expect(found.message == "twin: disagrees about version of symbol module_layout")
    #expect(found.line == 2)
  }

  @Test(arguments: [
    ("[    1.1] twin: Unknown symbol no_such (err -2)", Gate.moduleLoader),
    ("insmod: ERROR: could not insert module twin.ko: Unknown symbol in module", .moduleLoader),
    ("modprobe: ERROR: could not insert 'twin': Key was rejected by service", .policy),
    ("insmod: can't insert 'twin.ko': Operation not permitted", .policy),
    ("insmod: can't insert 'twin.ko': invalid module format", .moduleLoader),
    ("modprobe: ERROR: could not insert 'twin': File exists", .moduleLoader),
    ("Loading of unsigned module is rejected", .policy),
    ("twin: version magic '6.1.0 SMP' should be '6.12.0 SMP'", .moduleLoader),
    ("failed to validate module [twin] BTF: -22", .moduleLoader),
    ("libbpf: failed to find valid kernel BTF\nlibbpf: failed to load object 'a.o'", .libbpf),
    ("R0 invalid mem access 'map_value_or_null'", .verifier),
    ("R1 type=scalar expected=fp\nprocessed 2 insns (limit 1000000)", .verifier),
  ])
  func theGateIsRecognised(log: String, gate: Gate) throws {
    let found = try #require(rejection(log))
    #expect(found.by == gate)
    #expect(!found.explanation.isEmpty && !found.suggestion.isEmpty)
  }

  @Test(arguments: [
    "", "\n\n", "hello", "0", ":", "processed 12 insns (limit 1000000) max_states_per_insn 0",
    "[    1.1] twin: loading out-of-tree module taints kernel.",
    "[    1.1] twin: module verification failed: signature and/or required key missing - "
      + "tainting kernel",
  ])
  func whereNothingIsRefusedNothingIsFound(log: String) {
    #expect(rejection(log) == nil)
  }

  @Test func piecesMakeNoDifference() throws {
    for name in ["verifier-6.1-null-map-value", "verifier-6.1-core-missing"] {
      let bytes = try Fixture.bytes(name)
      var log = RefusalLog()
      for byte in bytes { log.feed([byte]) }
      #expect(log.finish() == RefusalLog.rejection(in: bytes))
      #expect(log.finish() == nil)
    }
  }
}
