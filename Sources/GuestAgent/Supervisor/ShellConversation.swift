// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Wire

/// What a shell does that the host is to know.
package enum ShellEvent: Equatable, Sendable {
  case output([UInt8])
  /// This many bytes of input went to it.
  case took(Int)
  /// It has ended, and all its output was sent.
  case ended(status: Int32)
  case failed(String)
}

package enum ShellAction: Equatable, Sendable {
  case put(IncomingFile)
  case start(ShellPlan)
  case input([UInt8])
  case inputEnded
  case resize(TerminalSize)
  /// The host has taken this many bytes of output.
  case taken(Int)
}

/// A file that the host puts into the guest.
package struct IncomingFile: Equatable, Sendable {
  package var path: String
  package var size: Int
  package var executable: Bool
  package var bytes: [UInt8]

  package init(path: String, size: Int, executable: Bool, bytes: [UInt8] = []) {
    self.path = path
    self.size = size
    self.executable = executable
    self.bytes = bytes
  }
}

extension Conversation {
  mutating func hearOfShell(_ message: HostMessage) -> [Action] {
    switch (message, phase) {
    case (.file(let path, let size, let executable), .idle):
      guard size >= 0, path.hasPrefix("/") else {
        return fail("a file of \(size) bytes was to be put at \(path)")
      }
      return receive(IncomingFile(path: path, size: size, executable: executable))
    case (.shell(let plan), .idle):
      phase = .shell
      step = "shell"
      return [.shell(.start(plan))]
    case (.shellSize(let size), .shell): return [.shell(.resize(size))]
    case (.shellTaken(let bytes), .shell): return [.shell(.taken(bytes))]
    case (.shellInputEnded, .shell): return [.shell(.inputEnded)]
    // The host may not know yet that the shell has ended.
    case (.shellSize, .over), (.shellTaken, .over), (.shellInputEnded, .over): return []
    default: return fail("a message about a shell came at the wrong time")
    }
  }

  /// Nil if the bytes are not for a shell.
  mutating func takeForShell(_ bytes: [UInt8]) -> [Action]? {
    switch phase {
    case .shell: return [.shell(.input(bytes))]
    case .filing(var file):
      // Held once, so that it is not copied with each piece.
      phase = .idle
      file.bytes += bytes
      return receive(file)
    case .over where step == "shell": return []
    default: return nil
    }
  }

  private mutating func receive(_ file: IncomingFile) -> [Action] {
    if file.bytes.count < file.size {
      phase = .filing(file)
      return []
    }
    phase = .idle
    guard file.bytes.count == file.size else {
      return fail("\(file.path) has more than the \(file.size) bytes that were announced")
    }
    return [.shell(.put(file))]
  }

  mutating func hearShell(_ event: ShellEvent) -> [Action] {
    switch event {
    case .output(let bytes): return [.tellHost(.blob(bytes))]
    case .took(let count): return [tell(.shellTaken(bytes: count))]
    case .ended(let status):
      phase = .over
      return [tell(.shellEnded(status: status))]
    case .failed(let reason):
      phase = .over
      return fail(reason)
    }
  }
}
