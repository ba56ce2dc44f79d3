// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// The result of compiling one twin's source.
public struct ForgedTwin: Sendable, Equatable {
  /// The scenario's name.
  public var scenario: String
  public var mechanism: Mechanism
  /// The arm that it is for; nil for both.
  public var armed: Bool?
  public var result: Result

  public enum Result: Sendable, Equatable {
    case success(Object)
    /// The compiler's errors; never empty.
    case refused([CompilerMessage])
    /// It was not compiled: why the kernel can't have it.
    case unavailable(String)
  }

  public struct Object: Sendable, Equatable {
    /// What the guest loads: `.bpf.o`, or `.ko` without debug information.
    public var object: String
    /// The same with debug information, for source lines.
    public var full: String
    /// The twin's source and the headers it could include, relative to the repository.
    public var sources: [String]

    public init(object: String, full: String, sources: [String]) {
      self.object = object
      self.full = full
      self.sources = sources
    }
  }

  public init(
    scenario: String, mechanism: Mechanism, armed: Bool? = nil, result: Result
  ) {
    self.armed = armed
    self.scenario = scenario
    self.mechanism = mechanism
    self.result = result
  }
}

/// An error in a twin's source, in the compiler's words.
public struct CompilerMessage: Codable, Sendable, Equatable {
  /// Relative to the repository: `lkm/null_map_value.c`.
  public var file: String
  /// Counted from 1; nil if the tool names none (modpost's undefined symbols).
  public var line: Int?
  public var text: String
  /// The compiler's own lines: this message with its column, the source line, a caret, notes.
  public var excerpt: [String]?

  public init(file: String, line: Int?, text: String, excerpt: [String]? = nil) {
    self.file = file
    self.line = line
    self.text = text
    self.excerpt = excerpt
  }

  /// `lkm/null_map_value.c:12: error: …`.
  public var description: String {
    "\(file):\(line.map { "\($0):" } ?? "") \(text)"
  }
}

/// Why the forge itself could not work; a twin that doesn't compile is not such an error.
public struct ForgeError: Error, Sendable, Equatable, CustomStringConvertible {
  public var what: String
  /// What the reader can do next.
  public var remedy: String

  public init(what: String, remedy: String) {
    self.what = what
    self.remedy = remedy
  }

  public var description: String { "\(what); \(remedy)" }
}
