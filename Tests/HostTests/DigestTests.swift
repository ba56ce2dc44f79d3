import Host
import TestSupport
import Testing

/// The vectors are those of FIPS 180-2, appendix B, and of the empty message.
@Suite(.lane, .timeLimit(.minutes(2))) struct DigestTests {
  private let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  private let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func ofText() async throws {
    #expect(try await Digest.of("") == empty)
    #expect(try await Digest.of("abc") == abc)
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
    await #expect(throws: ToolError.self) {
      try await Digest.of(files: ["/nonexistent/file"])
    }
  }
}
