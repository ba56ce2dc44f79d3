// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel

/// The devices and files that a twin makes: what is there now, and was not before it was loaded.
struct NewFiles {
  /// How deep each tree is looked into: a device can have a folder of its own, a class has its devices.
  private static let trees = [("/dev", 2), ("/proc", 1), ("/sys/kernel", 1), ("/sys/class", 2)]
  /// What every device of sysfs has.
  private static let common: Set<String> = ["uevent", "dev", "power", "subsystem", "device"]
  /// No driver's files are more, unless something is wrong with it.
  private static let most = 64

  private let before: Set<String>

  /// Notes what is there.
  init() { before = Set(Self.all()) }

  /// Reads from each new file and writes to it, `times` times.
  ///
  /// - Returns: a line for each.
  func touch(times: Int) -> [String] {
    files().map { path in
      var result: Int32 = 0
      for _ in 0..<times { result = cguest_touch(path) }
      return "\(path): \(Self.words(result))"
    }
  }

  private func files() -> [String] {
    let new = Self.all().filter { !before.contains($0) }
    let files = new.flatMap { path -> [String] in
      guard Self.isFolder(path) else { return [path] }
      return Self.names(in: path).filter { !Self.common.contains($0) }.map { "\(path)/\($0)" }
        .filter { !Self.isFolder($0) }
    }
    var seen: Set<String> = []
    return Array(files.filter { seen.insert($0).inserted }.sorted().prefix(Self.most))
  }

  private static func words(_ result: Int32) -> String {
    if result < 0 { return "no process to try it: \(errorText(-result))" }
    if result > 0xff {
      return result >> 8 == SIGALRM
        ? "did not answer within a second" : "the process was killed by signal \(result >> 8)"
    }
    let done = [(1, "opened"), (2, "read"), (4, "written")].filter { Int(result) & $0.0 != 0 }
    return done.isEmpty ? "can't be opened" : done.map(\.1).joined(separator: ", ")
  }

  private static func all() -> [String] {
    trees.flatMap { root, depth in entries(of: root, depth: depth) }
  }

  private static func entries(of folder: String, depth: Int) -> [String] {
    names(in: folder).flatMap { name -> [String] in
      // Processes come and go.
      if folder == "/proc", name.first?.isNumber ?? false { return [] }
      let path = "\(folder)/\(name)"
      return [path] + (depth > 1 && isFolder(path) ? entries(of: path, depth: depth - 1) : [])
    }
  }

  private static func names(in folder: String) -> [String] {
    // What can't be listed has no files to try.
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}
