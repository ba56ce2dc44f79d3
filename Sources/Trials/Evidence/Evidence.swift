// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
package import Machine
import Verdicts
import Wire

/// The folder of one trial's evidence, and what is put into it while the trial runs.
package struct Evidence: Sendable {
  package static let consoleName = "console.log"
  package static let agentName = "agent.jsonl"
  package static let verifierName = "verifier.log"
  static let compilerName = "compiler.log"

  package let folder: String
  /// The folder's name relative to the run directory.
  let name: String
  private var agent: [UInt8] = []
  private var qmp: [UInt8] = []
  private(set) var agentLines = 0

  /// - Parameters:
  ///   - folder: is there.
  ///   - name: the folder's, relative to the run directory.
  package init(folder: String, name: String) {
    self.folder = folder
    self.name = name
  }

  package var guestFiles: Guest.LogFiles {
    Guest.LogFiles(console: "\(folder)/\(Self.consoleName)", qemuLog: "\(folder)/qemu.log")
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// - Returns: the message's line in `agent.jsonl`, counted from 1.
  @discardableResult
  mutating func add(_ message: AgentMessage, seconds: Double) -> Int {
    agent += Self.line("message", seconds: seconds, message.write)
    agentLines += 1
    return agentLines
  }

  mutating func add(_ event: QMPEvent, seconds: Double) {
    qmp += Self.line("event", seconds: seconds, event.write)
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    try Files.write(bytes, to: path(name))
  }

  func write(_ name: String, json value: some Encodable) throws {
    try Files.write(json: value, to: path(name))
  }

  /// Keeps what was seen of a program while it was loaded: bpftool's output, and machine code both
  /// as it is (`jited-<function>.bin`) and as text.
  ///
  /// - Parameters:
  ///   - tools: by the names of ``ToolOutput``, which no other evidence has.
  ///   - full: the object, from which the lines come.
  func write(
    _ tools: [(name: String, bytes: [UInt8])], of compiled: CompiledFrames, full: String
  ) async throws {
    for tool in tools { try write(tool.name, tool.bytes) }
    guard Tool("objdump").locate() != nil else { return }
    var listing = MachineCodeListing(SourceLines(ofObject: full))
    for tool in tools {
      guard let function = ToolOutput.function(ofMachineCode: tool.name),
        tool.bytes.count <= MachineCodeListing.longestFunction
      else { continue }
      let output = try await Tool("objdump").run([
        "-D", "-b", "binary", "-m", "i386:x86-64", "--no-show-raw-insn", path(tool.name),
      ])
      guard output.status == 0 else { continue }
      listing.add(
        function, size: tool.bytes.count,
        compiled: compiled.function(named: function, size: tool.bytes.count),
        disassembly: output.text)
    }
    if !listing.text.isEmpty { try write(MachineCodeListing.name, Array(listing.text.utf8)) }
  }

  /// Puts what the compiler said into the folder, a line each.
  ///
  /// - Returns: the lines.
  func write(_ messages: [CompilerMessage]) throws -> [EvidenceLine] {
    let lines = messages.map { "\($0.file):\($0.line.map { "\($0):" } ?? "") \($0.text)" }
    try write(Self.compilerName, Array((lines.joined(separator: "\n") + "\n").utf8))
    return messages.enumerated().map { index, message in
      EvidenceLine(file: Self.compilerName, line: index + 1, text: message.text)
    }
  }

  /// Writes what was gathered into the folder. QEMU's own log is kept only if it says something.
  func finish() throws {
    try write(Self.agentName, agent)
    try write("qmp.jsonl", qmp)
    let log = guestFiles.qemuLog
    if Files.exists(log), try Files.read(log).isEmpty { try Files.remove(log) }
  }

  /// - Parameter seconds: since the trial began.
  private static func line(
    _ key: String, seconds: Double, _ content: (inout JSONWriter) -> Void
  ) -> [UInt8] {
    var writer = JSONWriter(sorted: true)
    writer.object(key, content)
    writer.member("seconds", (seconds * 1e4).rounded() / 1e4)
    return writer.finished() + [UInt8(ascii: "\n")]
  }
}
