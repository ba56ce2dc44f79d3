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
    try copy.copyFolder("evidence", to: "evidence")
    return copy.leftOut
  }
}

/// A copy of a run's regular files.
struct EvidenceCopy {
  private let folder: RunFolder
  private let target: String
  /// Whether a hard link will do.
  private let isLinking: Bool
  private(set) var leftOut: [String] = []
  private var bytesLeft = EvidenceCopy.mostBytes

  /// A file with holes takes no room here, but its full length in a copy.
  private static let mostBytes = 8 << 30
  /// A trial's folder is one level below `evidence`, its files another.
  private static let deepest = 4

  /// - Parameter isLinking: whether files may be shared with the run, as hard links, if they are in
  ///   the same file system: they are never written to again.
  init(folder: RunFolder, target: String, isLinking: Bool = false) {
    self.folder = folder
    self.target = target
    self.isLinking = isLinking
  }

  /// - Parameters:
  ///   - name: the folder's path from the run directory.
  ///   - place: its path from the target.
  mutating func copyFolder(_ name: String, to place: String, depth: Int = 0) throws {
    guard let names = try folder.names(in: name) else { return }
    let made = "\(target)/\(place)"
    try system("create the folder", made) { Int(mkdir(made, 0o755)) }
    for entry in names {
      let whole = "\(name)/\(entry)"
      do {
        if depth < Self.deepest, try folder.kind(of: whole) == S_IFDIR {
          try copyFolder(whole, to: "\(place)/\(entry)", depth: depth + 1)
        } else if let file = try folder.open(whole) {
          try keepFile(file, as: "\(made)/\(entry)")
        }
      } catch let error as RunDirectoryError {
        guard case .foreign(let file, let what) = error else { throw error }
        leftOut.append("\(file) \(what); it is left out")
      }
    }
  }

  private mutating func keepFile(_ file: OpenFile, as path: String) throws {
    // Through the descriptor, so that it is the file that was looked at.
    if isLinking,
      linkat(AT_FDCWD, "/proc/self/fd/\(file.descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    {
      return
    }
    try copyFile(file, as: path)
  }

  private mutating func copyFile(_ file: OpenFile, as path: String) throws {
    let length = try file.length()
    guard length <= bytesLeft else {
      leftOut.append("\(file.path) is left out: the copy would have more than 8 GiB")
      return
    }
    bytesLeft -= length
    let copy = try OpenFile(
      path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, action: "create")
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
