// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Scenarios

extension RunMerge {
  /// Writes the merged run directory, as a whole or not at all.
  ///
  /// Evidence is shared with the parts by hard links, if they are in the same file system, or copied.
  ///
  /// - Returns: what was left out of the evidence, a sentence each.
  /// - Throws: ``MergeError/exists(_:)``, ``SystemFailure``, `CancellationError`.
  public func write(to path: String) throws -> [String] {
    var target = path
    while target.count > 1, target.hasSuffix("/") { target.removeLast() }
    guard access(target, F_OK) != 0 else { throw MergeError.exists(target) }
    let above = target.lastIndex(of: "/").map { String(target[...$0]) } ?? ""
    let name = target.lastIndex(of: "/").map { target[target.index(after: $0)...] } ?? target[...]
    if !above.isEmpty { try makeFolders(String(above.dropLast())) }
    let staging = "\(above).\(name).\(header.id)"
    try system("create the folder", staging) { Int(mkdir(staging, 0o755)) }
    do {
      let leftOut = try fill(staging)
      // Refuses if something has come to be there in the meantime, unless that is an empty folder.
      try system("put in place", target) { Int(rename(staging, target)) }
      return leftOut
    } catch let failure {
      // The failure is the error to report; what remains has a name that says what it is.
      do { try FileManager.default.removeItem(atPath: staging) } catch { throw failure }
      throw failure
    }
  }

  private func fill(_ folder: String) throws -> [String] {
    for part in ["scenarios", "scenarios/bpf", "scenarios/lkm", "evidence"] {
      try makeFolders("\(folder)/\(part)")
    }
    let first = RunEvidence(path: parts[0].path)
    for scenario in parts[0].record.scenarios {
      try RunDirectory.store(try first.sources(scenario.name), in: "\(folder)/scenarios")
    }
    let leftOut = try keepEvidence(in: folder)
    let lines = try kept.flatMap { try RunFiles.encode($0.record, pretty: false) }
    try replaceFile("\(folder)/\(RunFiles.trials)", with: lines)
    try replaceFile(
      "\(folder)/\(RunFiles.header)", with: try RunFiles.encode(header, pretty: true))
    return leftOut
  }

  private func keepEvidence(in folder: String) throws -> [String] {
    var copies: [String: EvidenceCopy] = [:]
    for trial in kept {
      try Task.checkCancellation()
      guard let source = trial.source, let place = trial.record.evidenceDirectory else { continue }
      var copy =
        try copies.removeValue(forKey: source.path)
        ?? EvidenceCopy(
          folder: try RunFiles.enter(source.path), target: folder, isLinking: true)
      try copy.copyFolder(source.folder, to: place)
      copies[source.path] = copy
    }
    return copies.sorted { $0.key < $1.key }.flatMap(\.value.leftOut)
  }
}
