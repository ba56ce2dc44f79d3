// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Scenarios
import Verdicts

/// What reports read from a run in addition to its record: the sources as they were, and evidence.
///
/// A run directory may come from somebody else: nothing outside it is read, whatever it says.
public struct RunEvidence: Sendable {
  public let path: String

  /// - Parameter path: the run directory.
  public init(path: String) {
    self.path = path
  }

  /// The sources of a scenario as they were when the run began.
  ///
  /// - Throws: `UnreadableFile`, ``RunDirectoryError``, ``SystemFailure``.
  public func sources(_ scenario: String) throws -> ScenarioText {
    let folder = try RunFiles.enter(path)
    return try ScenarioText.read(scenario) { part in
      // The YAML file must be there, a source may be missing.
      if part.hasSuffix(".yaml") { return try RunFiles.requireText(part, in: folder) }
      return try RunFiles.text("scenarios/\(part)", in: folder)
    }
  }

  /// A file of a trial's evidence folder; nil if the trial has no such file.
  ///
  /// - Parameter limit: the most bytes to read: of a longer file, two thirds from its start and the
  ///   rest from its end.
  /// - Throws: ``SystemFailure``, ``RunDirectoryError`` if the record names a folder that is not
  ///   the run's.
  public func text(
    _ file: String, of trial: TrialRecord, limit: Int = 96 << 10
  ) throws -> EvidenceText? {
    guard let folder = try folder(of: trial),
      let opened = try RunFiles.enter(path).open("\(folder)/\(file)")
    else { return nil }
    let size = try opened.length()
    guard size > limit else {
      return EvidenceText(head: try opened.read(from: 0, size), tail: [], skipped: 0)
    }
    let start = limit / 3 * 2
    let end = limit - start
    return EvidenceText(
      head: try opened.read(from: 0, start), tail: try opened.read(from: size - end, end),
      skipped: size - limit)
  }

  /// What a trial's JSON file holds; nil if the trial has no such file, or a longer one than
  /// `limit` bytes.
  ///
  /// - Throws: as ``text(_:of:limit:)``, and ``RunDirectoryError/malformed(file:line:message:)``.
  package func json<Value: Decodable>(
    _ file: String, of trial: TrialRecord, limit: Int = 96 << 10
  ) throws -> Value? {
    guard let folder = try folder(of: trial) else { return nil }
    let run = try RunFiles.enter(path)
    guard let opened = try run.open("\(folder)/\(file)"), try opened.length() <= limit else {
      return nil
    }
    return try RunFiles.decode(
      try opened.read(from: 0, limit)[...], file: "\(path)/\(folder)/\(file)", line: 1)
  }

  /// The names of a trial's evidence files, sorted; only regular files are listed.
  ///
  /// - Throws: ``RunDirectoryError`` if the record names a folder that is not the run's.
  public func files(of trial: TrialRecord) throws -> [String] {
    guard let folder = try folder(of: trial) else { return [] }
    let run = try RunFiles.enter(path)
    return try (run.names(in: folder) ?? []).filter {
      try !$0.hasPrefix(".") && run.kind(of: "\(folder)/\($0)") == S_IFREG
    }
  }

  /// Whether a trial has the evidence that its record names. A trial without a verdict may have an
  /// empty folder: its guest never started.
  ///
  /// - Throws: as ``files(of:)``.
  func isThere(for trial: TrialRecord) throws -> Bool {
    guard let folder = try folder(of: trial) else { return true }
    guard try RunFiles.enter(path).kind(of: folder) == S_IFDIR else { return false }
    return try trial.verdict.ruling == .inconclusive || !files(of: trial).isEmpty
  }

  private func folder(of trial: TrialRecord) throws -> String? {
    guard let folder = trial.evidenceDirectory else { return nil }
    let parts = folder.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "evidence", !parts[1].hasPrefix(".") else {
      throw RunDirectoryError.malformed(
        file: "\(path)/\(RunFiles.trials)", line: 1,
        message: "the evidence folder \"\(folder)\" is not one of the run's")
    }
    return folder
  }
}

/// A file's lines, without the middle if it is long.
public struct EvidenceText: Sendable {
  /// Numbered from 1; the numbers of lines after the gap are unknown.
  public var lines: [String]
  /// How many of ``lines`` come before the gap.
  public var head: Int
  /// Bytes left out.
  public var skipped: Int

  init(head: [UInt8], tail: [UInt8], skipped: Int) {
    var first = EvidenceText.lines(head)
    var last = EvidenceText.lines(tail)
    // A line that was cut doesn't count.
    if skipped > 0 {
      if !first.isEmpty { first.removeLast() }
      if !last.isEmpty { last.removeFirst() }
    }
    self.head = first.count
    lines = first + last
    self.skipped = skipped
  }

  private static func lines(_ bytes: [UInt8]) -> [String] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    return lines.map {
      String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
    }
  }
}
