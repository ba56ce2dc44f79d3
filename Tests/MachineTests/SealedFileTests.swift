// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct SealedFileTests {
  /// Three pieces of zeros, one of content, some more, and an end that is no whole piece.
  private static let content: [UInt8] = {
    var bytes = [UInt8](repeating: 0, count: 40 * 65_536 + 100)
    for index in 3 * 65_536..<4 * 65_536 { bytes[index] = UInt8(truncatingIfNeeded: index * 7) }
    bytes[30 * 65_536 + 5] = 9
    bytes[bytes.count - 1] = 1
    return bytes
  }()

  @Test func aCopyHasTheContentAndNobodyCanChangeIt() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/memory"
      try Files.write(Self.content, to: path)
      let sealed = try SealedFile(copying: path)
      try Files.write("changed", to: path)
      let own = "/proc/self/fd/\(sealed.descriptor)"
      #expect(try Files.read(own) == Self.content)
      // As QEMU before 8.2 opens it.
      let file = open(own, O_RDWR)
      try #require(file >= 0)
      defer { close(file) }
      #expect(write(file, "x", 1) == -1)
      #expect(errno == EPERM)
      #expect(ftruncate(file, 0) == -1)
      // Guests map it copy-on-write.
      let map = mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 3 * 65_536)
      try #require(map != MAP_FAILED)
      map?.storeBytes(of: 1, as: UInt8.self)
      munmap(map, 4096)
      #expect(mmap(nil, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) == MAP_FAILED)
      #expect(try Files.read(own) == Self.content)
      // It takes room for what isn't zero.
      var status = stat()
      try #require(fstat(file, &status) == 0)
      #expect(status.st_blocks * 512 <= 3 * 65_536 + 65_536)
    }
  }

  @Test func eachReaderHasAnOffsetOfItsOwn() async throws {
    try await withTemporaryFolder { folder in
      try Files.write("abc", to: "\(folder)/state")
      let sealed = try SealedFile(copying: "\(folder)/state")
      for _ in 0..<2 {
        let reader = try sealed.open()
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(reader.number, &bytes, 8) == 3)
      }
    }
  }

  @Test func theDigestIsOfContentPlaceAndLengthAndOfNothingElse() async throws {
    try await withTemporaryFolder { folder in
      func digest(_ bytes: [UInt8]) throws -> String {
        try Files.write(bytes, to: "\(folder)/file")
        let digest = try SealedFile.digest(of: "\(folder)/file")
        #expect(try SealedFile(copying: "\(folder)/file").digest == digest)
        return digest
      }
      let whole = try digest(Self.content)
      // With holes where the zeros are.
      let sparse = open("\(folder)/sparse", O_RDWR | O_CREAT, 0o600)
      defer { close(sparse) }
      try #require(ftruncate(sparse, Self.content.count) == 0)
      for start in stride(from: 0, to: Self.content.count, by: 65_536) {
        let piece = Self.content[start..<min(start + 65_536, Self.content.count)]
        if piece.contains(where: { $0 != 0 }) {
          try #require(pwrite(sparse, Array(piece), piece.count, start) == piece.count)
        }
      }
      #expect(try SealedFile.digest(of: "\(folder)/sparse") == whole)
      var others: Set<String> = [whole]
      for index in [0, 3 * 65_536, 30 * 65_536 + 5, Self.content.count - 1] {
        var bytes = Self.content
        bytes[index] ^= 1
        #expect(others.insert(try digest(bytes)).inserted)
      }
      #expect(others.insert(try digest(Self.content + [0])).inserted)
      let moved = Self.content[65_536...] + [UInt8](repeating: 0, count: 65_536)
      #expect(others.insert(try digest(Array(moved))).inserted)
    }
  }

  @Test func whatCannotBeReadIsAnError() {
    #expect(throws: SystemCallError.self) { try SealedFile(copying: "/nowhere/memory") }
  }
}
