// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A kernel module's file, as distributions pack it.
package enum PackedModule {
  /// The suffixes after `.ko`.
  private static let packings = ["", ".xz", ".zst", ".gz"]

  /// Nil if it is not a module's file.
  static func packing(of file: String) -> String? {
    packings.first { file.hasSuffix(".ko\($0)") }
  }

  /// Copies a module's file, uncompressed, so that the guest's libkmod need not support the
  /// compression.
  ///
  /// - Throws: ``KernelError`` if it is damaged; `ToolError`, `HostError`.
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
      try await Tool(name, bounds: .unpacking).checked(arguments, outputFile: target)
    } catch let error as ToolError {
      throw error.onUnpacking(
        to: target, damage: "\(source) is damaged: it can't be unpacked",
        remedy: "install the modules again")
    }
  }
}

extension ToolError {
  /// What it means that a tool which unpacks a file of a kernel failed: no room, or a damaged file.
  func onUnpacking(to target: String, damage: String, remedy: String) -> any Error {
    if let full = HostError(spaceFailure: self, path: target) { return full }
    switch self {
    // 128 + SIGXFSZ.
    case .failed(_, 153, _):
      return KernelError(
        what: "\(damage) (it becomes longer than \(Tool.Bounds.unpacking.fileMiB) MiB)",
        remedy: remedy)
    case .endless:
      return KernelError(what: "\(damage) (\(self))", remedy: remedy)
    default: break
    }
    guard case .failed(_, _, let words) = self else { return self }
    return KernelError(what: "\(damage) (\(words))", remedy: remedy)
  }
}
