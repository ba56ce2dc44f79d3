/// SHA-256, as 64 hexadecimal digits.
///
/// Made by coreutils' `sha256sum`: a crypto package would have every new user compile BoringSSL
/// first, for a few hundred files a run.
public enum Digest {
  /// Arguments of one process, well below the kernel's limit of 2 MiB for all of them together.
  private static let batch = 2000

  public static func of(_ text: String) async throws -> String {
    try await of(bytes: Array(text.utf8))
  }

  public static func of(bytes: [UInt8]) async throws -> String {
    let output = try await Tool("sha256sum").checked(input: bytes)
    return String(output.text.prefix(64))
  }

  /// The digests of files, by the paths as given; one process for all of them.
  ///
  /// - Throws: ``ToolError`` where a file can't be read.
  public static func of(files: [String]) async throws -> [String: String] {
    var digests: [String: String] = [:]
    for start in stride(from: 0, to: files.count, by: batch) {
      let paths = Array(files[start..<min(start + batch, files.count)])
      // Ended by NUL, so that no name needs escaping.
      let output = try await Tool("sha256sum").checked(["--zero", "--"] + paths)
      let lines = output.standardOutput.split(separator: 0)
      for (path, line) in zip(paths, lines) {
        digests[path] = String(decoding: line.prefix(64), as: UTF8.self)
      }
    }
    return digests
  }
}
