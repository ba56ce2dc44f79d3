import Host

/// A kernel module's file, as distributions pack it.
package enum PackedModule {
  /// What stands behind `.ko`.
  private static let packings = ["", ".xz", ".zst", ".gz"]

  /// Nil for what is no module's file.
  static func packing(of file: String) -> String? {
    packings.first { file.hasSuffix(".ko\($0)") }
  }

  /// Copies a module's file, uncompressed: the guest's libkmod need not know how it is packed.
  ///
  /// - Throws: ``KernelError`` where it is damaged; `ToolError`, `HostError`.
  package static func unpack(_ source: String, to target: String) async throws {
    let tool: (String, [String])? =
      switch packing(of: source) {
      case ".xz": ("xz", ["-dc", source])
      case ".zst": ("zstd", ["-dc", "-q", source])
      case ".gz": ("gzip", ["-dc", source])
      default: nil
      }
    guard let (name, arguments) = tool else {
      return try Files.write(try Files.read(source), to: target)
    }
    do {
      try await Tool(name).checked(arguments, outputFile: target)
    } catch let error as ToolError {
      if let full = HostError(spaceFailure: error, path: target) { throw full }
      guard case .failed(_, _, let words) = error else { throw error }
      throw KernelError(
        what: "\(source) is damaged: it can't be unpacked (\(words))",
        remedy: "install the modules anew")
    }
  }
}
