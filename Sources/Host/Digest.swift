// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import Glibc

/// SHA-256, as 64 hexadecimal digits.
public struct Digest {
  private var state = chost_sha256()

  /// Of nothing yet.
  public init() { chost_sha256_begin(&state) }

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    chost_sha256_add(&state, bytes.baseAddress, bytes.count)
  }

  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  /// The digest of everything that was added.
  public func text() -> String {
    var end = state
    let bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      chost_sha256_end(&end, buffer.baseAddress)
      count = 32
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  public static func of(_ text: String) -> String {
    var digest = Digest()
    digest.add(text)
    return digest.text()
  }

  public static func of(bytes: [UInt8]) -> String {
    var digest = Digest()
    bytes.withUnsafeBytes { digest.add($0) }
    return digest.text()
  }

  /// Of a file's content.
  ///
  /// - Throws: ``HostError`` if the file can't be read.
  public static func of(file path: String) throws(HostError) -> String {
    let file = try call("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
    defer { close(file) }
    var digest = Digest()
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
    defer { piece.deallocate() }
    while true {
      let count = try call("read", path) { read(file, piece.baseAddress, piece.count) }
      if count == 0 { return digest.text() }
      digest.add(UnsafeRawBufferPointer(rebasing: piece[..<count]))
    }
  }

  /// The digests of files, by the paths as given, on all CPUs.
  ///
  /// - Throws: ``HostError`` if a file can't be read.
  public static func of(files: [String]) async throws -> [String: String] {
    let width = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    let share = (files.count + width - 1) / max(width, 1)
    return try await withThrowingTaskGroup(of: [(String, String)].self) { group in
      for start in stride(from: 0, to: files.count, by: max(share, 1)) {
        let own = files[start..<min(start + share, files.count)]
        group.addTask { try own.map { ($0, try of(file: $0)) } }
      }
      return try await group.reduce(into: [:]) { all, own in
        for (path, digest) in own { all[path] = digest }
      }
    }
  }
}
