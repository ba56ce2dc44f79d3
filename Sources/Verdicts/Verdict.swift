// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the evidence of one trial says.
///
/// A verdict is a value, never a thrown error; if evidence is missing or contradicts itself the
/// verdict is ``Ruling/inconclusive``.
public struct Verdict: Codable, Sendable, Equatable {
  public var ruling: Ruling
  /// The gate that refused, or the guard that absorbed the fault; `nil` for all other rulings.
  public var by: String?
  /// The kernel's own finding for the ruling.
  public var kind: Kind?
  /// Which rule of the verifier was broken; only for rejections by the verifier.
  public var category: Category?
  /// One line: the kind, and the frame that is to blame.
  public var title: String?
  /// The place in the twin's source, as far as the evidence reaches.
  public var source: SourcePlace?
  /// Why the ruling is what it is, in a sentence; always set for `inconclusive`.
  public var reason: String?
  /// The lines that the verdict rests on.
  public var evidence: [EvidenceLine]

  public init(
    _ ruling: Ruling, by: String? = nil, kind: Kind? = nil, category: Category? = nil,
    title: String? = nil, source: SourcePlace? = nil, reason: String? = nil,
    evidence: [EvidenceLine] = []
  ) {
    self.ruling = ruling
    self.by = by
    self.kind = kind
    self.category = category
    self.title = title
    self.source = source
    self.reason = reason
    self.evidence = evidence
  }
}

/// The verdicts, from harmless to worst.
public enum Ruling: String, Codable, Sendable, CaseIterable {
  case rejected, contained, survived, leaked, corrupted, warned, oopsed, hung, panicked, reset
  /// Loaded or left out, and nothing of it ran: nothing can be said of it.
  case notRun = "not-run"
  case inconclusive

  public var rulingClass: RulingClass {
    switch self {
    case .rejected: .refused
    case .contained: .contained
    case .survived: .silent
    case .leaked, .corrupted, .warned: .damaged
    case .oopsed, .hung, .panicked, .reset: .crashed
    case .notRun, .inconclusive: .none
    }
  }
}

/// What the verdicts come down to, for people who count.
public enum RulingClass: String, Codable, Sendable, CaseIterable {
  case refused, contained, silent, damaged, crashed, none
}

/// The gates that can refuse a twin before one of its instructions has run.
public enum Gate: String, Codable, Sendable, CaseIterable {
  case compiler, libbpf, verifier, attach, policy
  case moduleLoader = "module-loader"
}

/// A place in a twin's source.
public struct SourcePlace: Codable, Sendable, Hashable {
  /// The file as a path from the repository's top, such as `lkm/null_map_value.c`.
  public var file: String
  /// The line, counted from 1.
  public var line: Int

  public init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
}

/// One line of evidence that a reader can open.
public struct EvidenceLine: Codable, Sendable, Hashable {
  /// A file of the trial's evidence folder, such as `console.log`.
  public var file: String
  /// The line, counted from 1.
  public var line: Int
  public var text: String

  public init(file: String, line: Int, text: String) {
    self.file = file
    self.line = line
    self.text = text
  }
}

/// Lines are counted from 1. A file's own claims are checked when it is read: a record may come
/// from somebody else.
public enum LineNumber {
  /// More lines than any file has that is read here.
  public static let range = 1...Int(Int32.max)
}

extension SourcePlace {
  private enum Key: String, CodingKey { case file, line }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    self.init(
      file: try keys.decode(String.self, forKey: .file), line: try keys.decodeLine(forKey: .line))
  }
}

extension EvidenceLine {
  private enum Key: String, CodingKey { case file, line, text }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    self.init(
      file: try keys.decode(String.self, forKey: .file), line: try keys.decodeLine(forKey: .line),
      text: try keys.decode(String.self, forKey: .text))
  }
}

extension KeyedDecodingContainer {
  fileprivate func decodeLine(forKey key: Key) throws -> Int {
    let line = try decode(Int.self, forKey: key)
    guard LineNumber.range.contains(line) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(line) is no line's number")
    }
    return line
  }
}
