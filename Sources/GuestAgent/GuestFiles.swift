// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel

enum GuestFiles {
  /// The names in a folder; empty if it can't be read.
  static func entries(of folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// A table of `/proc`; empty if the kernel was built without what it lists.
  static func table(_ path: String) throws(SystemError) -> [UInt8] {
    do {
      return try contents(of: path)
    } catch {
      if error.errno == ENOENT { return [] }
      throw error
    }
  }

  /// The lines of a file, without empty ones; none if there is no such file.
  static func lines(of path: String) throws(SystemError) -> [String] {
    do {
      return try text(of: path).split(separator: "\n").map(String.init)
    } catch {
      if error.errno == ENOENT { return [] }
      throw error
    }
  }
}

extension GuestFiles {
  /// Writes a file that the host has sent, with the folders above it.
  static func put(_ file: IncomingFile) throws(SystemError) {
    var folder = ""
    for part in file.path.split(separator: "/").dropLast() {
      folder += "/\(part)"
      // One that already exists is just as good.
      mkdir(folder, 0o755)
    }
    try GuestKernel.put(file.bytes, into: file.path, creating: true)
    _ = try system("change the mode of \(file.path)") {
      chmod(file.path, file.executable ? 0o755 : 0o644)
    }
  }
}

enum Clock {
  /// Since the guest booted, in milliseconds.
  static func milliseconds() -> UInt64 { microseconds() / 1000 }

  static func microseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
  }
}

enum ProcessState {
  /// The state letter of `/proc/<process>/stat` (`R`, `S`, `D`, `Z`…); nil if the process is gone.
  static func letter(of process: Int32) -> String? {
    // That the process is gone is an answer, too.
    guard let stat = try? contents(of: "/proc/\(process)/stat"),
      // The name in parentheses may hold anything, parentheses too.
      let end = stat.lastIndex(of: UInt8(ascii: ")")), end + 2 < stat.count
    else { return nil }
    return String(decoding: [stat[end + 2]], as: UTF8.self)
  }
}
