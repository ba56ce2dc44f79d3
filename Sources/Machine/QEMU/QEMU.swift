// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host

/// QEMU's program on this machine.
public struct QEMU: Sendable, Equatable {
  public static let program = "qemu-system-x86_64"

  /// Absolute.
  public var path: String
  /// Changes with every build of the program: its size and time of modification.
  public var stamp: String

  /// - Parameter path: absolute.
  /// - Throws: ``MachineError`` if there is no such file.
  public init(at path: String) throws {
    let stamp = try Template.FileStamp(path: path)
    self.path = path
    self.stamp = "\(stamp.bytes)-\(stamp.modifiedSeconds)"
  }

  /// Find it on `PATH`.
  ///
  /// - Throws: ``MachineError`` with code `qemuMissing`.
  public static func find() throws -> QEMU {
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")
      .split(separator: ":")
    for folder in folders {
      let path = "\(folder)/\(program)"
      if access(path, X_OK) == 0 { return try QEMU(at: path) }
    }
    throw MachineError(
      .qemuMissing,
      "\(program) is not on PATH. Install the package qemu-system-x86 (./panicroom run does).")
  }

  private static let known = Once<String, String>()

  /// The first line of its version text: `QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)`.
  ///
  /// - Throws: `ToolError`.
  public func words() async throws -> String {
    try await Self.known.value("\(path) \(stamp)") { [path] in
      let text = try await Tool(path).checked(["--version"]).text
      return text.split(separator: "\n").first.map(String.init) ?? text
    }
  }
}

extension QEMU {
  /// A release of QEMU's, as far as it decides what it gets wrong.
  public struct Version: Sendable, Equatable, Comparable, CustomStringConvertible {
    public var major: Int
    public var minor: Int

    public init(_ major: Int, _ minor: Int) {
      self.major = major
      self.minor = minor
    }

    /// - Parameter words: ``QEMU/words()``; nil if no version is in them.
    public init?(in words: String) {
      guard let match = words.firstMatch(of: /version (\d+)\.(\d+)/), let major = Int(match.1),
        let minor = Int(match.2)
      else { return nil }
      self.init(major, minor)
    }

    public var description: String { "\(major).\(minor)" }

    public static func < (left: Version, right: Version) -> Bool {
      (left.major, left.minor) < (right.major, right.minor)
    }

    /// `-action panic=none`, which lets a panic's console be read to its end, came with 6.0.
    public static let oldest = Version(6, 0)

    /// Before this one, TCG with several CPUs executed a breakpoint that the kernel's text
    /// patching had already removed: `Oops: int3` (docs/decisions/two-cpu-qemu.md).
    public static let keepsPatchedText = Version(8, 1)
  }
}
