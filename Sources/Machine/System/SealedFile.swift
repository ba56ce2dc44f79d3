// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import Glibc
import Host

/// A file's content in memory, digested while it was copied, which can no longer be changed
/// (memfd_create(2), F_SEAL_WRITE): guests start from exactly what was checked, whatever happens to
/// the file afterwards.
///
/// It takes as much memory as the file has non-zero bytes, once, however many guests share it.
package final class SealedFile: Sendable {
  /// Another process that inherits it opens it as `/proc/self/fd/N`, to read or, like QEMU before 8.2
  /// for any memory's file, as if to write.
  package let descriptor: Int32
  package let digest: String

  /// - Throws: ``SystemCallError`` if the file can't be read, or there is no memory for it.
  package init(copying path: String) throws(SystemCallError) {
    descriptor = try systemCall("memfd_create", on: path) { chost_memory_file("panicroom") }
    do {
      digest = try Self.digest(of: path, copyingTo: descriptor)
      let own = descriptor
      _ = try systemCall("seal", on: path) { chost_seal(own) }
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// A descriptor with its own file offset.
  package func open() throws(SystemCallError) -> Descriptor {
    try Descriptor(opening: "/proc/self/fd/\(descriptor)", O_RDONLY)
  }

  /// Of pieces that are all zero only the place counts, so that a file with holes takes as little time
  /// as it takes room.
  private static let piece = 64 << 10
  /// lseek(2): `SEEK_DATA`, which glibc has under _GNU_SOURCE only.
  private static let seekData: Int32 = 3

  /// - Parameter copy: a file that takes the content; nil to look only.
  /// - Returns: the digest of the length, and of each piece that isn't zero with its place before it.
  package static func digest(
    of path: String, copyingTo copy: Int32? = nil
  ) throws(SystemCallError) -> String {
    let file = try Descriptor(opening: path, O_RDONLY)
    let number = file.number
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16 * piece, alignment: 4096)
    defer { buffer.deallocate() }
    let size = try systemCall("seek", on: path) { lseek(number, 0, SEEK_END) }
    var digest = Digest()
    var place = 0
    while place < size {
      // A hole is zero without being read; -1 if there is no more data, or no support for holes.
      let data = lseek(number, place, seekData)
      if data < 0, errno == ENXIO { break }
      place = max(place, data / piece * piece)
      let wanted = min(buffer.count, size - place)
      var count = 0
      while count < wanted {
        let got = try systemCall("read", on: path) {
          pread(number, buffer.baseAddress! + count, wanted - count, place + count)
        }
        if got == 0 { throw SystemCallError(call: "read to the end", subject: path, errno: EIO) }
        count += got
      }
      for start in stride(from: 0, to: count, by: piece) {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[start..<min(start + piece, count)])
        if chost_is_zero(bytes.baseAddress, bytes.count) != 0 { continue }
        withUnsafeBytes(of: UInt64(place + start).littleEndian) { digest.add($0) }
        digest.add(bytes)
        if let copy { try write(bytes, to: copy, at: place + start, path) }
      }
      place += count
    }
    if let copy { _ = try systemCall("extend", on: path) { ftruncate(copy, size) } }
    withUnsafeBytes(of: UInt64(size).littleEndian) { digest.add($0) }
    return digest.text()
  }

  private static func write(
    _ bytes: UnsafeRawBufferPointer, to file: Int32, at place: Int, _ path: String
  ) throws(SystemCallError) {
    var written = 0
    while written < bytes.count {
      written += try systemCall("copy", on: path) {
        pwrite(file, bytes.baseAddress! + written, bytes.count - written, place + written)
      }
    }
  }
}
