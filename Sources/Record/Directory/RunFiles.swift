// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Scenarios

public enum RunDirectoryError: Error, Sendable, Equatable, CustomStringConvertible {
  case notARunDirectory(String)
  case malformed(file: String, line: Int, message: String)
  /// Written by a newer version.
  case unknownFormat(file: String, version: Int)
  case inUse(String)
  /// No run directory that was written here has this: a symlink, a pipe, a file without end.
  case foreign(file: String, what: String)

  public var description: String {
    switch self {
    case .notARunDirectory(let path):
      "\(path) is no run directory: it has no \(RunFiles.header); runs are in runs/, the last one is "
        + "runs/latest"
    case .malformed(let file, let line, let message): "\(file):\(line): \(message)"
    case .unknownFormat(let file, let version):
      "\(file): format \(version) is not known to this version, which reads up to "
        + "\(RunFiles.format)"
    case .inUse(let path): "another panicroom is writing to \(path); wait for it, or end it first"
    case .foreign(let file, let what):
      "\(file) \(what); only regular files inside a run directory are read"
    }
  }
}

/// The files of a run directory, their names and how they are read.
enum RunFiles {
  static let header = "run.json"
  static let trials = "trials.jsonl"
  /// The newest format of ``RunHeader/schema`` that is read here.
  static let format = 1

  /// One line of JSON, or several, with its keys sorted so that equal values are equal bytes.
  static func encode(_ value: some Encodable, pretty: Bool) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }

  /// The most that is read of a file, in bytes. A plan of a hundred thousand trials has 20 MB.
  private static let headerLimit = 64 << 20
  private static let journalLimit = 512 << 20
  private static let scenarioLimit = 1 << 20
  private static let mostScenarios = 10_000

  /// - Throws: ``RunDirectoryError/notARunDirectory(_:)`` for what is no folder, ``SystemFailure``.
  static func enter(_ path: String) throws -> RunFolder {
    do {
      return try RunFolder(path)
    } catch let error as SystemFailure where [ENOENT, ENOTDIR].contains(error.errno) {
      throw RunDirectoryError.notARunDirectory(path)
    }
  }

  static func readHeader(_ folder: RunFolder) throws -> RunHeader {
    guard let bytes = try folder.read(header, upTo: headerLimit) else {
      throw RunDirectoryError.notARunDirectory(folder.path)
    }
    let file = "\(folder.path)/\(header)"
    let header: RunHeader = try decode(bytes[...], file: file, line: 1)
    guard header.schema <= format else {
      throw RunDirectoryError.unknownFormat(file: file, version: header.schema)
    }
    guard TrialID.repetitions.contains(header.repetitions),
      (0...1e9).contains(header.seconds ?? 0),
      RetryRule.counts.contains(header.retryUnmet ?? 1), header.known?.count ?? 0 <= KnownIssue.most
    else {
      throw RunDirectoryError.malformed(
        file: file, line: 1,
        message: "a number of repetitions, seconds or known issues that can't be")
    }
    return header
  }

  static func readTrials(
    _ folder: RunFolder
  ) throws -> (trials: [TrialRecord], warnings: [String]) {
    let file = "\(folder.path)/\(trials)"
    guard let bytes = try folder.read(trials, upTo: journalLimit) else {
      return ([], ["\(file): the file is missing; no trial is recorded"])
    }
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // What follows the last line feed: nothing, unless a write was interrupted.
    let torn = lines.removeLast()
    let trials = try lines.enumerated().map { index, line in
      try decode(line, file: file, line: index + 1) as TrialRecord
    }
    guard !torn.isEmpty else { return (trials, []) }
    return (
      trials,
      [
        "\(file):\(lines.count + 1): the last line is torn (the harness was ended while it wrote);"
          + " it is left out"
      ]
    )
  }

  /// - Parameter tried: the names of what no scenario declares; whatever they say, they stay in
  ///   their folder.
  static func readScenarios(_ folder: RunFolder, tried: [String]) throws -> [Scenario] {
    let tried = Set(tried.filter { !$0.contains("/") && !$0.hasPrefix(".") })
    guard let names = try folder.names(in: "scenarios") else { return [] }
    guard names.count <= mostScenarios else {
      throw RunDirectoryError.foreign(
        file: "\(folder.path)/scenarios", what: "has more than \(mostScenarios) entries")
    }
    return try names
      .filter { $0.hasSuffix(".yaml") && !tried.contains(String($0.dropLast(".yaml".count))) }
      .compactMap { name in
        try text("scenarios/\(name)", in: folder).map {
          try ScenarioFile.parse($0, file: "\(folder.path)/scenarios/\(name)")
        }
      }
      + tried.sorted().map { Scenario.tried(name: $0, attach: [], workload: []) }
  }

  /// A scenario's file, or a source of its twins; nil if the run has none of that name.
  static func text(_ name: String, in folder: RunFolder) throws -> String? {
    guard let bytes = try folder.read(name, upTo: scenarioLimit) else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw UnreadableFile(path: "\(folder.path)/\(name)", reason: "it is not UTF-8 text")
    }
    return text
  }

  static func requireText(_ name: String, in folder: RunFolder) throws -> String {
    guard let text = try text(name, in: folder) else {
      throw UnreadableFile(path: "\(folder.path)/\(name)", reason: "there is no such file")
    }
    return text
  }

  /// Every trial of the plan must be of a scenario that the run keeps, and of its kernels and
  /// profiles.
  static func checkPlan(_ plan: RunHeader, _ path: String, has scenarios: [Scenario]) throws {
    func check(_ name: String, among known: Set<String>, _ what: String) throws {
      guard !known.contains(name) else { return }
      throw RunDirectoryError.malformed(
        file: "\(path)/\(header)", line: 1,
        message: "a trial is planned of \"\(name)\", but \(what)")
    }
    let stored = Set(scenarios.map(\.name))
    let kernels = Set(plan.kernels.map(\.name))
    let profiles = Set(plan.profiles)
    for trial in plan.trials + (plan.shard?.plan ?? []) {
      if plan.suite == nil {
        try check(trial.scenario, among: stored, "the run's scenarios/ has no such scenario")
      }
      try check(trial.kernel, among: kernels, "the run has no such kernel")
      try check(trial.profile, among: profiles, "the run has no such profile")
    }
  }

  static func decode<Value: Decodable>(
    _ bytes: ArraySlice<UInt8>, file: String, line: Int
  ) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw RunDirectoryError.malformed(file: file, line: line, message: describe(error))
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath
        .map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined(separator: "")
        .trimmingPrefix(".")
      return path.isEmpty ? "" : " in \(path)"
    }
    return switch error {
    case .keyNotFound(let key, let context): "no key \"\(key.stringValue)\"\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "wrong value\(place(context)): \(context.debugDescription)"
    case .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not JSON" : "wrong value\(place(context)): \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }
}
