// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The digests of all files below a folder, and the targets of its symlinks, written when it was
/// made: `SHA256SUMS`, which `sha256sum --check --quiet` also reads (it takes symlinks for
/// comments). Whatever doesn't match was damaged since. Added files are ignored, because tools
/// leave files of their own.
public struct TreeSeal: Sendable {
  private var files: [(path: String, digest: String)] = []
  private var links: [(path: String, target: String)] = []

  public static let name = "SHA256SUMS"
  private static let linkMark = "# link "

  public static func exists(in folder: String) -> Bool { Files.exists("\(folder)/\(name)") }

  /// Seals a folder. Names with line feeds are left out: no package has any.
  ///
  /// - Throws: ``HostError``.
  public static func close(_ folder: String) async throws {
    var seal = TreeSeal()
    var paths: [String] = []
    try seal.walk(folder, below: "", &paths)
    let digests = try await Digest.of(files: paths.map { "\(folder)/\($0)" })
    var text = ""
    for path in paths.sorted() { text += "\(digests["\(folder)/\(path)"] ?? "")  \(path)\n" }
    for link in seal.links.sorted(by: { $0.path < $1.path }) {
      text += "\(linkMark)\(link.path) -> \(link.target)\n"
    }
    try Files.write(text, to: "\(folder)/\(name)")
  }

  /// The first file found to differ from when the folder was sealed; nil if none does.
  ///
  /// - Parameter isChecked: which paths, relative to the folder, to check; nil for all.
  /// - Throws: ``HostError`` if the seal can't be read, `CancellationError`.
  public static func damage(
    of folder: String, where isChecked: ((_ path: String) -> Bool)? = nil
  ) async throws -> String? {
    guard var whole = TreeSeal(try Files.read("\(folder)/\(name)")) else {
      return "\(name) can't be read"
    }
    if let isChecked {
      whole.files.removeAll { !isChecked($0.path) }
      whole.links.removeAll { !isChecked($0.path) }
    }
    let seal = whole
    for link in seal.links where Files.link("\(folder)/\(link.path)") != link.target {
      return "the symlink \(link.path) is gone or leads elsewhere"
    }
    let width = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    return try await withThrowingTaskGroup(of: String?.self) { group in
      for first in 0..<width {
        group.addTask {
          // Dealt out one by one, because large files are neighbours.
          for index in stride(from: first, to: seal.files.count, by: width) {
            if index / width % 64 == 0 { try Task.checkCancellation() }
            let file = seal.files[index]
            do throws(HostError) {
              if try Digest.of(file: "\(folder)/\(file.path)") != file.digest {
                return "\(file.path) was changed"
              }
            } catch {
              return "\(file.path) can't be read: \(error.what)"
            }
          }
          return nil
        }
      }
      defer { group.cancelAll() }
      while let damage = try await group.next() {
        if let damage { return damage }
      }
      return nil
    }
  }

  private init() {}

  /// Nil if the text is not a seal.
  private init?(_ bytes: [UInt8]) {
    guard bytes.last == UInt8(ascii: "\n") else { return nil }
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if line.first == UInt8(ascii: "#") {
        let parts = String(decoding: line.dropFirst(Self.linkMark.utf8.count), as: UTF8.self)
          .split(separator: " -> ", maxSplits: 1)
        guard parts.count == 2 else { return nil }
        links.append((String(parts[0]), String(parts[1])))
      } else {
        guard line.count > 66, line[line.startIndex + 64] == UInt8(ascii: " ") else { return nil }
        files.append(
          (
            String(decoding: line.dropFirst(66), as: UTF8.self),
            String(decoding: line.prefix(64), as: UTF8.self)
          ))
      }
    }
  }

  private mutating func walk(
    _ folder: String, below path: String, _ paths: inout [String]
  ) throws(HostError) {
    for entry in try Files.list(path.isEmpty ? folder : "\(folder)/\(path)")
    where !entry.utf8.contains(UInt8(ascii: "\n")) && !(path.isEmpty && entry == Self.name) {
      let relative = path.isEmpty ? entry : "\(path)/\(entry)"
      let whole = "\(folder)/\(relative)"
      var status = stat()
      try call("stat", whole) { lstat(whole, &status) }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try walk(folder, below: relative, &paths)
      case S_IFREG: paths.append(relative)
      case S_IFLNK: links.append((relative, Files.link(whole) ?? ""))
      default: break
      }
    }
  }
}
