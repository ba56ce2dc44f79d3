// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import GuestKernel
internal import Wire

/// A program that is loaded alone, to see what the verifier says about it.
extension WorkerProcess {
  private static let policy = "/proc/sys/kernel/unprivileged_bpf_disabled"

  func perform(_ test: ProgramTest, of bytes: [UInt8], name: String) throws {
    try channel.send(.step("load"))
    // 2 by default (CONFIG_BPF_UNPRIV_DEFAULT_OFF), which root may take back.
    if test.unprivileged { try put([UInt8(ascii: "0")], into: Self.policy) }
    var object = try ProgramObject(opening: bytes, name: name)
    for kind in test.kinds {
      try object.setKind(
        of: kind.program, type: UInt32(kind.type), attachType: UInt32(kind.attachType))
    }
    try object.choose([test.program] + test.auxiliaries)
    try object.prepare(
      test.program, flags: UInt32(test.flags), logLevel: UInt32(test.logLevel))
    if test.unprivileged { object.leaveOutPrivilegedMaps() }
    try useCapabilities(without: test.withoutCapabilities)
    let log = try object.load(test.program)
    // As the kernel's own loader does: what follows doesn't depend on privileges.
    try useCapabilities(without: [])
    try channel.send(.loaded)
    try tell(verifierLog: log)
    if test.showsRewritten, let id = object.id(of: test.program) {
      try channel.send(.step("inspect"))
      let output = try GuestTool.bpftool(["prog", "dump", "xlated", "id", "\(id)", "opcodes"])
      try tell(output, of: ToolOutput.rewritten)
    }
    if test.isRun {
      try channel.send(.step("run"))
      for fill in test.fills { try object.put(fill.value.map(UInt8.init), into: fill.map) }
      try object.attachStructOps()
      try run(test.program, of: object)
    }
    try channel.send(.step("unload"))
    _ = consume object
    try channel.send(.unloaded)
  }

  /// That the kernel won't run a program is a result, and reported.
  private func run(_ program: String, of object: borrowing ProgramObject) throws {
    let returned: UInt32
    do throws(SystemError) {
      returned = try object.run(program, bytes: ProgramTest.runBytes)
    } catch {
      return try channel.send(.step("run failed: \(error)"))
    }
    try channel.send(.observed(value: Int64(Int32(bitPattern: returned)), faults: nil))
  }
}

extension ProgramTest {
  /// Zeros that a program is run on: the kernel's TEST_DATA_LEN
  /// (tools/testing/selftests/bpf/progs/bpf_misc.h).
  static let runBytes = 64
}
