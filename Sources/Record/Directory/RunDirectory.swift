// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials
import Glibc
public import Scenarios
import Synchronization

/// A run directory that is being written: `runs/<id>/`. One harness at a time can have it.
public final class RunDirectory: Sendable {
  public let path: String
  private let header: RunHeader
  /// Wall time of earlier sittings; nil if unknown.
  private let earlierSeconds: Double?
  /// The lock keeps lines intact and in order.
  private let journal: Mutex<OpenFile>

  private init(path: String, header: RunHeader, earlierSeconds: Double?, journal: OpenFile) {
    self.path = path
    self.header = header
    self.earlierSeconds = earlierSeconds
    self.journal = Mutex(journal)
  }

  /// A new run's name: the UTC time and four random digits, so that names sort by age.
  public static func makeID(now: Date = Date()) -> String {
    let stamp = String(now.formatted(.iso8601).filter { !"-:".contains($0) })
    let suffix = String(UInt16.random(in: .min ... .max), radix: 16)
    return "\(stamp)-\(String(repeating: "0", count: 4 - suffix.count))\(suffix)"
  }

  /// Makes `runs/<header.id>/` with everything that is known before the first trial, and points
  /// `runs/latest` to it. If it fails, nothing of the directory is left.
  ///
  /// - Parameters:
  ///   - runs: the folder of all runs; made if it is missing.
  ///   - scenarios: the files of the scenarios that the run has, kept for its reports.
  /// - Throws: ``SystemFailure``.
  public static func create(
    in runs: String, header: RunHeader, scenarios: [ScenarioText]
  ) throws -> RunDirectory {
    let path = "\(runs)/\(header.id)"
    try makeFolders(runs)
    try system("create the folder", path) { Int(mkdir(path, 0o755)) }
    do {
      let journal = try OpenFile(
        "\(path)/\(RunFiles.trials)", O_RDWR | O_CREAT | O_EXCL | O_APPEND, action: "create")
      try lock(journal, path)
      for folder in ["scenarios", "scenarios/bpf", "scenarios/lkm", "evidence"] {
        try makeFolders("\(path)/\(folder)")
      }
      for scenario in scenarios { try store(scenario, in: "\(path)/scenarios") }
      // Last: without it, the folder is not a run directory.
      try replaceFile("\(path)/\(RunFiles.header)", with: try RunFiles.encode(header, pretty: true))
      try pointLatest(in: runs, to: header.id)
      return RunDirectory(path: path, header: header, earlierSeconds: 0, journal: journal)
    } catch let failure {
      // The failure is the error to report; what remains is not a run directory.
      do { try FileManager.default.removeItem(atPath: path) } catch { throw failure }
      throw failure
    }
  }

  /// Opens a run directory to continue it; a torn last line is cut off.
  ///
  /// - Throws: ``RunDirectoryError``, ``SystemFailure``, `InvalidScenario`.
  public static func open(_ path: String) throws -> (directory: RunDirectory, record: RunRecord) {
    let folder = try RunFiles.enter(path)
    let header = try RunFiles.readHeader(folder)
    // Evidence is written below it by path.
    guard try folder.kind(of: "evidence") == S_IFDIR else {
      throw RunDirectoryError.foreign(file: "\(path)/evidence", what: "is not a folder")
    }
    guard let journal = try folder.open(RunFiles.trials, O_RDWR | O_CREAT | O_APPEND) else {
      throw SystemFailure(action: "open", path: "\(path)/\(RunFiles.trials)", errno: ENOENT)
    }
    try lock(journal, path)
    let record = try read(folder)
    let bytes = try journal.readAll()
    if let last = bytes.lastIndex(of: UInt8(ascii: "\n")) {
      try journal.truncate(to: last + 1)
    } else {
      try journal.truncate(to: 0)
    }
    let known = record.trials.isEmpty ? 0 : header.seconds
    return (
      RunDirectory(path: path, header: header, earlierSeconds: known, journal: journal), record
    )
  }

  /// What a run left. A torn last line (the harness was killed while it wrote) is dropped and
  /// becomes a warning of the record.
  ///
  /// - Throws: ``RunDirectoryError`` if it isn't a run directory or a line is malformed,
  ///   ``SystemFailure``, `InvalidScenario`.
  public static func read(_ path: String) throws -> RunRecord {
    try read(try RunFiles.enter(path))
  }

  /// What a run left that nobody writes to.
  ///
  /// - Throws: as ``read(_:)``, and ``RunDirectoryError/inUse(_:)``.
  static func readAtRest(_ path: String) throws -> RunRecord {
    let folder = try RunFiles.enter(path)
    // Kept to the end: a harness that continues the run waits for no lock, it gives up.
    let journal = try folder.open(RunFiles.trials)
    defer { withExtendedLifetime(journal) {} }
    if let journal { try lock(journal, path) }
    return try read(folder)
  }

  private static func read(_ folder: RunFolder) throws -> RunRecord {
    let header = try RunFiles.readHeader(folder)
    let (trials, warnings) = try RunFiles.readTrials(folder)
    let scenarios = try RunFiles.readScenarios(folder, tried: header.tried ?? [])
    try RunFiles.checkPlan(header, folder.path, has: scenarios)
    return RunRecord(header: header, trials: trials, scenarios: scenarios, warnings: warnings)
  }

  /// Adds a trial's line with one write and waits until it is on the disk (milliseconds). If that
  /// fails, no part of the line stays.
  ///
  /// - Throws: ``SystemFailure``; `EncodingError` for a number that JSON doesn't have.
  public func append(_ trial: TrialRecord) throws {
    let line = try RunFiles.encode(trial, pretty: false)
    try journal.withLock { journal in
      let before = try journal.length()
      do {
        try journal.write(line)
        try journal.synchronise()
      } catch let failure {
        // If cutting back fails as well, the reader drops the torn line; what matters is why the
        // write failed.
        do { try journal.truncate(to: before) } catch { throw failure }
        throw failure
      }
    }
  }

  /// Makes the folder for a trial's evidence. A retried trial gets its own.
  ///
  /// - Returns: the folder relative to the run directory, as a record has it.
  /// - Throws: ``SystemFailure``.
  public func makeEvidenceFolder(for trial: TrialID) throws -> String {
    var number = 1
    while true {
      let folder = "evidence/\(trial.folderName)" + (number == 1 ? "" : ".try\(number)")
      if mkdir("\(path)/\(folder)", 0o755) == 0 { return folder }
      let code = errno
      guard code == EEXIST else {
        throw SystemFailure(
          action: "create the folder", path: "\(path)/\(folder)", errno: code)
      }
      number += 1
    }
  }

  /// Records in `run.json` how long the run took.
  ///
  /// - Parameter seconds: wall time of this sitting. An earlier sitting that was killed has left no
  ///   time; then the sum is unknown and nothing is recorded.
  /// - Returns: the time of all sittings.
  /// - Throws: ``SystemFailure``.
  @discardableResult
  public func finish(seconds: Double) throws -> Double? {
    guard let earlierSeconds else { return nil }
    var header = header
    header.seconds = earlierSeconds + seconds
    try replaceFile("\(path)/\(RunFiles.header)", with: try RunFiles.encode(header, pretty: true))
    return header.seconds
  }

  private static func lock(_ journal: OpenFile, _ path: String) throws {
    guard try journal.tryLock() else { throw RunDirectoryError.inUse(path) }
  }

  /// Writes a scenario's files into a run's folder of scenarios.
  static func store(_ scenario: ScenarioText, in folder: String) throws {
    let object = String(scenario.name.map { $0 == "-" ? "_" : $0 })
    let files =
      [
        ("\(scenario.name).yaml", scenario.yaml), ("bpf/\(object).bpf.c", scenario.bpf),
        ("lkm/\(object).c", scenario.lkm),
      ] + scenario.headers.map { ($0.key, $0.value) }
    for case (let name, let text?) in files {
      try replaceFile("\(folder)/\(name)", with: Array(text.utf8))
    }
  }

  private static func pointLatest(in runs: String, to id: String) throws {
    let beside = "\(runs)/.latest.\(id)"
    try system("link", beside) { Int(symlink(id, beside)) }
    do {
      try system("put in place", "\(runs)/latest") { Int(rename(beside, "\(runs)/latest")) }
    } catch {
      unlink(beside)
      throw error
    }
  }
}
