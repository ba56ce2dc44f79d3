// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
package import Host

/// The folder that a user's source belongs to: its compiler may read all of it, and headers are
/// looked for in it that the command line doesn't lead to.
package struct SourceTree: Sendable {
  /// Without symlinks: the repository's top, or the source's folder and the one above it. The source's folder
  /// itself if that holds more than sources, such as a home folder.
  package let root: String
  /// Whether only the files right in ``root`` belong to it.
  package let isShallow: Bool

  /// Nothing beyond this many entries is looked at.
  package static let mostEntries = 20_000

  /// - Parameter folder: the source's folder.
  /// - Throws: `HostError` if there is no such folder.
  package init(around folder: String) throws(HostError) {
    let real = try Files.real(folder)
    var above = real
    while above != "/" {
      if [".git", ".hg", ".svn"].contains(where: { Files.exists("\(above)/\($0)") }),
        !Self.isBroad(above)
      {
        (root, isShallow) = (above, false)
        return
      }
      above = Files.parent(of: above)
    }
    let here = Self.workingDirectory
    if !Self.isBroad(here), (real + "/").hasPrefix(here + "/") {
      (root, isShallow) = (here, false)
    } else if !Self.isBroad(Files.parent(of: real)) {
      (root, isShallow) = (Files.parent(of: real), false)
    } else {
      (root, isShallow) = (real, Self.isBroad(real))
    }
  }

  /// A folder with all that is below it.
  package init(whole folder: String) {
    (root, isShallow) = (folder, false)
  }

  /// Whether a path leads to a file in it, symlinks followed.
  func holds(_ path: String) throws(HostError) -> Bool {
    try Files.real(path).hasPrefix(root + "/")
  }

  /// Where this process runs, without symlinks.
  package static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  /// A folder that holds more than somebody's sources: home folders, `/tmp`, `/etc` and their like.
  static func isBroad(_ folder: String) -> Bool {
    if folder == getenv("HOME").map({ String(cString: $0) }) { return true }
    let parts = folder.split(separator: "/")
    return parts.count < 2 || parts.count == 2 && ["home", "var", "usr", "run"].contains(parts[0])
  }

  /// What a compiler has to see of it.
  func paths(for source: String) throws(HostError) -> [String] {
    guard isShallow else { return [root] }
    let headers = try Files.list(root).filter { $0.hasSuffix(".h") }.map { "\(root)/\($0)" }
    return [source] + headers.filter { !Files.isFolder($0) }
  }

  /// The folder to give with `-I` so that an include of this name is found: of several the one that
  /// shares the most of its path with the source.
  func folder(
    offering include: String, near source: String, if fits: (String) -> Bool = { _ in true }
  ) throws(HostError) -> String? {
    guard !include.hasPrefix("/"), !include.split(separator: "/").contains("..") else { return nil }
    let found = try files().filter { $0.hasSuffix("/" + include) }
      .map { String($0.dropLast(include.count + 1)) }.filter(fits)
    func shared(_ folder: String) -> Int {
      zip(folder.split(separator: "/"), source.split(separator: "/")).prefix { $0 == $1 }.count
    }
    return found.max { (shared($0), -$0.count, $1) < (shared($1), -$1.count, $0) }
  }

  /// The folder of a `vmlinux.h` that the tree brings along for x86-64; nil if it brings none.
  func folderOfTypes(near source: String) throws(HostError) -> String? {
    let others = [
      "arm", "arm64", "aarch64", "powerpc", "ppc64", "riscv", "s390", "s390x", "mips",
      "loongarch", "loongarch64",
    ]
    return try folder(offering: "vmlinux.h", near: source) { folder in
      !folder.split(separator: "/").contains { others.contains(String($0)) }
    }
  }

  /// All files of it, by their absolute paths; hidden ones, and symlinks to folders, are left out.
  package func files(hidden: Bool = false) throws(HostError) -> [String] {
    var open = [root]
    var found: [String] = []
    while let folder = open.popLast(), found.count < Self.mostEntries {
      for name in try Files.list(folder) where hidden || !name.hasPrefix(".") {
        let path = "\(folder)/\(name)"
        if !Files.isFolder(path) {
          found.append(path)
        } else if !isShallow, Files.link(path) == nil, access(path, R_OK | X_OK) == 0 {
          open.append(path)
        }
      }
    }
    return found
  }
}
