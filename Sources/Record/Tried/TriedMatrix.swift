// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
public import Verdicts

/// A user's own objects × the kernels that they were tried on.
public struct TriedMatrix: Sendable {
  /// The oldest first.
  public private(set) var kernels: [RunHeader.Kernel]
  /// In the order in which they were tried.
  public private(set) var rows: [Row] = []

  /// One object, or one of its configurations, on every kernel.
  public struct Row: Sendable {
    /// As the user named it.
    public var file: String
    /// What a manifest calls it, to tell it from the same file loaded in another way.
    var label: String?
    /// The only program of it that was loaded.
    public var program: String?
    /// `limit=5`: what was chosen for it with `--arg`.
    public var configuration: [String]
    /// Nil of a file that could be tried on no kernel.
    public var mechanism: Mechanism?
    /// One for each kernel of the matrix.
    public var cells: [Cell] = []
  }

  public struct Cell: Sendable {
    public var kernel: RunHeader.Kernel
    public var content: Content
    /// That of its trial, or what it counts as without one; nil if nothing depends on it.
    public var outcome: Outcome?
    /// What a manifest promises of it, and what came instead; nil if nothing is promised.
    public var promise: TrialRecord.Tried.Promised?

    public enum Content: Sendable {
      case trial(TrialRecord)
      /// Why there is none.
      case notAsked(String)
    }

    public var trial: TrialRecord? {
      if case .trial(let trial) = content { trial } else { nil }
    }
  }

  public init(_ run: RunRecord) {
    let header = run.header
    kernels = header.kernelsByAge
    let trials = run.currentTrials.filter(\.isCounted)
    let leftOut = header.leftOut ?? []
    var keys: [Key] = []
    for key in header.trials.map(Key.init) where !keys.contains(key) { keys.append(key) }
    let found = Dictionary(grouping: trials) { Key($0.id) }
    for key in keys {
      guard let first = found[key]?.first else { continue }
      var row = Row(first)
      row.cells = kernels.map { kernel in
        let trial = found[key]?.first { $0.id.kernel == kernel.name }
        return Cell(kernel, trial, leftOut, of: row, isPart: header.shard != nil)
      }
      rows.append(row)
    }
    shareRefusals()
    // What could be asked on no kernel at all.
    for left in leftOut where left.kernel != nil && !rows.contains(where: { $0.isOf(left) }) {
      var row = Row(file: left.file, label: left.name, configuration: left.name.map { [$0] } ?? [])
      row.cells = kernels.map { Cell($0, nil, leftOut, of: row, isPart: header.shard != nil) }
      rows.append(row)
    }
  }

  /// A source that a kernel's compiler refuses has one trial there, whatever its programs, modules and
  /// configurations are elsewhere: its answer is theirs.
  private mutating func shareRefusals() {
    for whole in rows {
      let parts = rows.indices.filter { rows[$0].isPart(of: whole) }
      guard !parts.isEmpty else { continue }
      for part in parts {
        for (index, cell) in whole.cells.enumerated()
        where cell.trial != nil && rows[part].cells[index].trial == nil {
          rows[part].cells[index] = cell
        }
      }
      rows.removeAll { $0.isSame(as: whole) }
    }
  }

  /// What all cells of a row share.
  private struct Key: Hashable {
    var scenario: String
    var mechanism: Mechanism
    var profile: String

    init(_ id: TrialID) {
      (scenario, mechanism, profile) = (id.scenario, id.mechanism, id.profile)
    }
  }
}

extension TriedMatrix.Row {
  fileprivate init(_ trial: TrialRecord) {
    self.init(
      file: trial.tried?.file ?? trial.id.scenario, label: trial.tried?.name,
      program: trial.tried?.program,
      configuration: trial.tried?.configuration ?? [], mechanism: trial.id.mechanism)
  }

  /// Of a folder that names several modules each is a row: `driver (gate)`.
  fileprivate func isOf(_ file: String) -> Bool {
    self.file == file || self.file.hasPrefix("\(file) (")
  }

  fileprivate func isOf(_ left: RunHeader.LeftOut) -> Bool {
    label == left.name && isOf(left.file)
  }

  /// Whether it is one program, module or configuration of what the other is as a whole.
  fileprivate func isPart(of whole: Self) -> Bool {
    guard mechanism == whole.mechanism, label == whole.label, whole.program == nil,
      isOf(whole.file),
      configuration.starts(with: whole.configuration)
    else { return false }
    return file != whole.file || program != nil || configuration.count > whole.configuration.count
  }

  fileprivate func isSame(as other: Self) -> Bool {
    file == other.file && program == other.program && configuration == other.configuration
      && mechanism == other.mechanism
  }

  /// `probe.bpf.c, program count, limit=5`
  public var name: String {
    ([file] + (program.map { ["program \($0)"] } ?? []) + configuration).joined(separator: ", ")
  }

  /// Neighbouring cells with the same answer.
  public var spans: [[TriedMatrix.Cell]] {
    cells.reduce(into: []) { spans, cell in
      if spans.last?.last?.isLike(cell) == true {
        spans[spans.count - 1].append(cell)
      } else {
        spans.append([cell])
      }
    }
  }

  /// The kernel from which on it works, up to the newest that answered; nil if it doesn't work there.
  public var since: RunHeader.Kernel? {
    asked.reversed().prefix { $0.works == true }.last?.kernel
  }

  /// The newest kernel that it was to be tried on, if that was inconclusive.
  public var unknownOn: RunHeader.Kernel? {
    cells.last { $0.trial != nil || $0.outcome == .inconclusive }
      .flatMap { $0.works == nil ? $0.kernel : nil }
  }

  /// The newest kernel on which it doesn't work, or its answer would be older still; nil if it works on
  /// all that were asked, or not on the newest.
  public var lastWithout: RunHeader.Kernel? {
    since == nil ? nil : asked.last { $0.works == false }?.kernel
  }

  private var asked: [TriedMatrix.Cell] {
    cells.filter { $0.works != nil }
  }
}

extension TriedMatrix.Cell {
  fileprivate init(
    _ kernel: RunHeader.Kernel, _ trial: TrialRecord?, _ leftOut: [RunHeader.LeftOut],
    of row: TriedMatrix.Row, isPart: Bool
  ) {
    self.kernel = kernel
    if let trial {
      content = .trial(trial)
      (outcome, promise) = (trial.outcome, trial.tried?.promise)
      return
    }
    let own = leftOut.first { $0.kernel == kernel.name && row.isOf($0) }
    outcome = own?.outcome ?? (kernel.failure == nil ? nil : .inconclusive)
    promise = own?.promised.map { .init(promised: $0, came: "it was not tried") }
    content = .notAsked(
      own?.reason ?? kernel.obstacle
        ?? (isPart ? "it belongs to another part of the run" : "it was not tried on this kernel"))
  }

  /// Whether it loads, nothing goes wrong, and nothing that is attached fails to fire; nil if it was not
  /// tried, or that was inconclusive.
  public var works: Bool? {
    guard let trial, trial.verdict.ruling != .inconclusive else { return nil }
    return [.survived, .contained].contains(trial.verdict.ruling)
      && TriedSteps(trial).failed == nil
  }

  /// Whether the answers are the same, up to details such as the address of a fault.
  func isLike(_ other: Self) -> Bool {
    switch (content, other.content) {
    case (.trial(let left), .trial(let right)):
      let (one, two) = (left.verdict, right.verdict)
      return one.ruling == two.ruling && one.by == two.by && one.category == two.category
        && one.kind == two.kind && outcome == other.outcome
        && promise?.promised == other.promise?.promised
        && TriedSteps(left).isLike(TriedSteps(right))
    case (.notAsked(let left), .notAsked(let right)):
      return outcome == other.outcome && promise == other.promise
        && left.replacing(kernel.name, with: "") == right.replacing(other.kernel.name, with: "")
    default: return false
    }
  }
}

extension TriedSteps {
  fileprivate func isLike(_ other: TriedSteps) -> Bool {
    failed == other.failed && self[.fires] == other[.fires]
      && neverFired.map(\.name) == other.neverFired.map(\.name)
  }
}

extension RunHeader.Kernel {
  /// The upstream release that it is: Debian's `6.1.0-56-cloud-amd64` is 6.1.192, as its package's version
  /// says. Nil if neither says any.
  public var upstream: KernelVersion? {
    guard let own = KernelVersion(release) ?? KernelVersion(name) else { return nil }
    guard let packaged = version.flatMap(KernelVersion.init),
      packaged.numbers.count > 2, packaged.numbers.prefix(2) == own.numbers.prefix(2)
    else { return own }
    return packaged
  }
}

extension RunHeader {
  /// The oldest first; those whose release says no version come last.
  public var kernelsByAge: [Kernel] {
    let versions = kernels.map(\.upstream)
    return kernels.indices.sorted { left, right in
      switch (versions[left], versions[right]) {
      case (let older?, let newer?) where older != newer: older < newer
      case (.some, nil): true
      case (nil, .some): false
      default: left < right
      }
    }.map { kernels[$0] }
  }
}
