// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import Host
import TestSupport
import Testing

/// The vectors are those of FIPS 180-2, appendix B, and of the empty message.
@Suite(.lane, .timeLimit(.minutes(5))) struct DigestTests {
  private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func ofText() {
    #expect(Digest.of("") == empty)
    #expect(Digest.of("abc") == abc)
  }

  /// Either way of making one, by pieces that end at and beside the ends of blocks.
  @Test(arguments: [false, true])
  func isThatOfTheToolWhateverThePieces(plain: Bool) async throws {
    chost_sha256_use_plain(plain ? 1 : 0)
    defer { chost_sha256_use_plain(0) }
    try await withTemporaryFolder { folder in
      for size in [1, 55, 56, 63, 64, 65, 119, 120, 1000, 300_001] {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }
        try Files.write(bytes, to: "\(folder)/file")
        let told = try await Tool("sha256sum").checked(["\(folder)/file"]).text.prefix(64)
        #expect(try Digest.of(file: "\(folder)/file") == told)
        for piece in [1, 13, 64, 100] {
          var digest = Digest()
          for start in stride(from: 0, to: size, by: piece) {
            Array(bytes[start..<min(start + piece, size)]).withUnsafeBytes { digest.add($0) }
          }
          #expect(digest.text() == told, "\(size) by \(piece)")
        }
      }
    }
  }

  @Test func ofFilesWhateverTheirNames() async throws {
    try await withTemporaryFolder { folder in
      let paths = ["plain", "two words", "back\\slash", "new\nline", "-dash"].map {
        "\(folder)/\($0)"
      }
      for path in paths { try Files.write("abc", to: path) }
      try Files.write("", to: "\(folder)/empty")
      let digests = try await Digest.of(files: paths + ["\(folder)/empty"])
      for path in paths { #expect(digests[path] == abc) }
      #expect(digests["\(folder)/empty"] == empty)
    }
  }

  @Test func aFileThatIsMissingIsAnError() async {
    await #expect(throws: HostError.self) {
      try await Digest.of(files: ["/nonexistent/file"])
    }
  }
}
