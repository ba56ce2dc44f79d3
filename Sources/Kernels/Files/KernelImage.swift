// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Takes the uncompressed kernel out of a `vmlinuz`.
///
/// The place of the payload is in the setup header (Linux: Documentation/x86/boot.rst, fields
/// `setup_sects`, `header`, `version`, `payload_offset`, `payload_length`).
public enum KernelImage {
  public enum Compression: String, Sendable, CaseIterable {
    case gzip, xz, zstd, lz4, bzip2, lzma, lzo

    /// The bytes it begins with.
    var magic: [UInt8] {
      switch self {
      case .gzip: [0x1f, 0x8b]
      case .xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
      case .zstd: [0x28, 0xb5, 0x2f, 0xfd]
      case .lz4: [0x02, 0x21, 0x4c, 0x18]
      case .bzip2: [0x42, 0x5a, 0x68]
      case .lzma: [0x5d, 0x00, 0x00]
      case .lzo: [0x89, 0x4c, 0x5a, 0x4f]
      }
    }

    var command: (tool: String, arguments: [String]) {
      switch self {
      case .gzip: ("gzip", ["-dc"])
      case .xz: ("xz", ["-dc"])
      case .zstd: ("zstd", ["-dc", "-q"])
      case .lz4: ("lz4", ["-dc", "-q"])
      case .bzip2: ("bzip2", ["-dc"])
      case .lzma: ("xz", ["--format=lzma", "-dc"])
      case .lzo: ("lzop", ["-dc"])
      }
    }
  }

  public struct Payload: Sendable, Equatable {
    public var range: Range<Int>
    public var compression: Compression
  }

  /// Where the compressed kernel is in the bytes of a `vmlinuz`; nil if they are not one.
  public static func payload(in image: [UInt8]) -> Payload? {
    func number(_ offset: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 | Int(image[offset + $1]) << (8 * $1) }
    }
    guard image.count > 0x250, Array(image[0x202..<0x206]) == Array("HdrS".utf8),
      number(0x206, 2) >= 0x208
    else { return nil }
    let sectors = image[0x1f1] == 0 ? 4 : Int(image[0x1f1])
    let start = (sectors + 1) * 512 + number(0x248, 4)
    let end = start + number(0x24c, 4)
    guard start < end, end <= image.count else { return nil }
    let head = image[start..<end]
    guard let compression = Compression.allCases.first(where: { head.starts(with: $0.magic) })
    else { return nil }
    // All but gzip, which has a field for it, are followed by the uncompressed size in four bytes
    // (Linux: scripts/Makefile.lib, size_append), which their tools report as trailing garbage.
    let tail = compression == .gzip ? 0 : 4
    guard end - tail > start else { return nil }
    return Payload(range: start..<(end - tail), compression: compression)
  }

  /// Writes the uncompressed kernel, an ELF file, to `path`.
  static func unpack(_ image: String, to path: String) async throws {
    let bytes = try Files.read(image)
    guard let payload = payload(in: bytes) else {
      throw KernelError(
        what: "\(image) is not a Linux kernel image with a payload that is known here",
        remedy: "remove its folder and run again, to fetch it again")
    }
    let (tool, arguments) = payload.compression.command
    try await Tool(tool, bounds: .unpacking).checked(
      arguments, input: Array(bytes[payload.range]), outputFile: path)
  }
}
