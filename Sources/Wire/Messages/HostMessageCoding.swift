// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension HostMessage: JSONCase {
  func write(to writer: inout JSONWriter) {
    switch self {
    case .hello(let version): writer.object("hello") { $0.member("version", version) }
    case .trial(let plan): writer.object("trial") { $0.object("_0", plan) }
    case .rehearse: writer.object("rehearse") { _ in }
    case .tool(let arguments): writer.object("tool") { $0.member("arguments", arguments) }
    case .file(let path, let size, let executable):
      writer.object("file") {
        $0.member("executable", executable)
        $0.member("path", path)
        $0.member("size", size)
      }
    case .shell(let plan): writer.object("shell") { $0.object("_0", plan) }
    case .shellSize(let size): writer.object("shellSize") { $0.object("_0", size) }
    case .shellTaken(let bytes): writer.object("shellTaken") { $0.member("bytes", bytes) }
    case .shellInputEnded: writer.object("shellInputEnded") { _ in }
    }
  }

  init(_ name: String, _ fields: inout JSONFields) throws(WireError) {
    switch name {
    case "hello": self = .hello(version: try fields.number("version"))
    case "trial": self = .trial(try TrialPlan(fields.value("_0")))
    case "rehearse": self = .rehearse
    case "tool": self = .tool(arguments: try fields.strings("arguments", upTo: Bounds.path))
    case "file":
      self = .file(
        path: try fields.string("path", upTo: Bounds.path),
        size: try fields.number("size", in: 0...Int.max),
        executable: try fields.bool("executable"))
    case "shell": self = .shell(try ShellPlan(fields.value("_0")))
    case "shellSize": self = .shellSize(try TerminalSize(fields.value("_0")))
    case "shellTaken": self = .shellTaken(bytes: try fields.number("bytes", in: 1...Int.max))
    case "shellInputEnded": self = .shellInputEnded
    default: throw .malformedMessage("no message '\(name)' is known")
    }
  }
}

extension ShellPlan: JSONObject {
  func write(to writer: inout JSONWriter) {
    if let size { writer.object("size", size) }
    writer.member("terminal", terminal)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      terminal: try fields.name("terminal"),
      size: fields.has("size") ? try TerminalSize(fields.value("size")) : nil)
  }
}

extension TerminalSize: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("columns", columns)
    writer.member("rows", rows)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(rows: try fields.number("rows"), columns: try fields.number("columns"))
  }
}
