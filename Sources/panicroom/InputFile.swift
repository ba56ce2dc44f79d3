// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Lab

/// A file that a command was asked to read, whatever its size: it is handed on in pieces.
struct InputFile {
  /// The path as given; `-` is stdin.
  let path: String

  struct Unreadable: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String {
      "\(path): cannot be read: \(String(cString: strerror(code)))"
        + (near.isEmpty ? "; check the path" : near)
    }

    private var near: String {
      code == ENOENT ? NearFile.hint(for: path) : ""
    }
  }

  private static let pieceSize = 1 << 18

  /// Up to a number of bytes from its start; none of a pipe, whose bytes are read only once.
  func start(_ count: Int) throws(Unreadable) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Unreadable(path: path, code: errno) }
    defer { close(file) }
    var piece = [UInt8](repeating: 0, count: count)
    let length = pread(file, &piece, count, 0)
    if length < 0, errno != ESPIPE { throw Unreadable(path: path, code: errno) }
    return Array(piece.prefix(max(length, 0)))
  }

  func forEachPiece(_ body: (UnsafeBufferPointer<UInt8>) -> Void) throws(Unreadable) {
    let isStandardInput = path == "-"
    let file = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Unreadable(path: path, code: errno) }
    defer { if !isStandardInput { close(file) } }
    var piece = [UInt8](repeating: 0, count: Self.pieceSize)
    while true {
      let count = read(file, &piece, piece.count)
      if count == 0 { return }
      if count > 0 {
        piece.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[..<count])) }
        continue
      }
      let code = errno
      if code != EINTR { throw Unreadable(path: path, code: code) }
    }
  }
}
