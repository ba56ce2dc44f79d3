// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host

/// A log that is packed, as logrotate and trackers keep them, or that is no log at all.
enum PackedLog {
  struct Unusable: Error, CustomStringConvertible {
    let description: String
  }

  /// What a stranger's file may become: a log of that size has 100 million lines.
  private static let bounds = Tool.Bounds(seconds: 300, memoryMiB: 1024, fileMiB: 4096)

  private static let packings: [(magic: [UInt8], tool: String)] = [
    ([0x1f, 0x8b], "gzip"), ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "xz"),
    ([0x28, 0xb5, 0x2f, 0xfd], "zstd"), ([0x42, 0x5a, 0x68], "bzip2"),
  ]

  /// Hands on the file's bytes, unpacked; those of stdin as they are.
  ///
  /// - Throws: `InputFile.Unreadable`, ``Unusable`` for what can't be unpacked or is no text,
  ///   `CancellationError`.
  static func forEachPiece(
    of path: String, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) async throws {
    var start: [UInt8] = []
    if path != "-" { start = try InputFile(path: path).start(4096) }
    guard let packing = packings.first(where: { start.starts(with: $0.magic) }) else {
      if isNoText(start) {
        throw Unusable(
          description:
            "\(path): this is no text; of a kernel's dump, give the log in it (crash: log)")
      }
      return try InputFile(path: path).forEachPiece(body)
    }
    let unpacked = try await unpack(path, with: packing.tool)
    defer { unlink(unpacked) }
    try InputFile(path: unpacked).forEachPiece(body)
  }

  private static func unpack(_ path: String, with tool: String) async throws -> String {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var name = Array("\(folder)/panicroom-log-XXXXXX".utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else {
      throw Unusable(
        description: "\(path): no temporary file in \(folder) to unpack it to: "
          + String(cString: strerror(errno)))
    }
    close(file)
    let target = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    do {
      try await Tool(tool, bounds: bounds).checked(["-dc", "--", path], outputFile: target)
      return target
    } catch let error as ToolError {
      unlink(target)
      var why = "\(error)"
      // 128 + SIGXFSZ.
      if case .failed(_, 153, _) = error { why = "it unpacks to more than \(bounds.fileMiB) MiB" }
      throw Unusable(description: "\(path): can't be unpacked: \(why)")
    } catch {
      unlink(target)
      throw error
    }
  }

  /// A tenth of it are bytes that no terminal shows. UTF-16 has a mark at its start.
  private static func isNoText(_ start: [UInt8]) -> Bool {
    if start.starts(with: [0xff, 0xfe]) || start.starts(with: [0xfe, 0xff]) { return false }
    let odd = start.count { $0 < 0x07 || (0x0e..<0x1b).contains($0) || (0x1c..<0x20).contains($0) }
    return odd * 10 > start.count
  }
}
