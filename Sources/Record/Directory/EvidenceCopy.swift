// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

extension RunEvidence {
  /// Copies the evidence folders into `target/evidence`.
  ///
  /// - Parameter target: a folder that exists and has no `evidence`.
  /// - Returns: what was left out, a sentence each: links, pipes and devices, and what would make
  ///   the copy longer than ``mostBytes``.
  /// - Throws: ``SystemFailure``, ``RunDirectoryError``.
  public func copy(into target: String) throws -> [String] {
    var copy = EvidenceCopy(folder: try RunFiles.enter(path), target: target)
    try copy.copyFolder("evidence", depth: 0)
    return copy.leftOut
  }
}

/// A copy of a run's regular files.
private struct EvidenceCopy {
  let folder: RunFolder
  let target: String
  private(set) var leftOut: [String] = []
  private var bytesLeft = EvidenceCopy.mostBytes

  /// A file with holes takes no room here, but its full length in a copy.
  private static let mostBytes = 8 << 30
  /// A trial's folder is one level below `evidence`, its files another.
  private static let deepest = 4

  init(folder: RunFolder, target: String) {
    self.folder = folder
    self.target = target
  }

  mutating func copyFolder(_ name: String, depth: Int) throws {
    guard let names = try folder.names(in: name) else { return }
    try system("create the folder", "\(target)/\(name)") { Int(mkdir("\(target)/\(name)", 0o755)) }
    for entry in names {
      let whole = "\(name)/\(entry)"
      do {
        if depth < Self.deepest, try folder.kind(of: whole) == S_IFDIR {
          try copyFolder(whole, depth: depth + 1)
        } else if let file = try folder.open(whole) {
          try copyFile(file, as: whole)
        }
      } catch let error as RunDirectoryError {
        guard case .foreign(let file, let what) = error else { throw error }
        leftOut.append("\(file) \(what); it is left out")
      }
    }
  }

  private mutating func copyFile(_ file: OpenFile, as name: String) throws {
    let length = try file.length()
    guard length <= bytesLeft else {
      leftOut.append("\(file.path) is left out: the copy would have more than 8 GiB")
      return
    }
    bytesLeft -= length
    let copy = try OpenFile(
      "\(target)/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, action: "create")
    var offset = 0
    while offset < length {
      let piece = try file.read(from: offset, min(length - offset, 1 << 20))
      // The file was truncated in the meantime.
      if piece.isEmpty { break }
      try copy.write(piece)
      offset += piece.count
    }
  }
}
