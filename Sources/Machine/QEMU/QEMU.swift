import Glibc

/// QEMU's program on this machine.
public struct QEMU: Sendable, Equatable {
  public static let program = "qemu-system-x86_64"

  /// Absolute.
  public var path: String
  /// Changes with every build of the program: its size and time of modification.
  public var stamp: String

  /// Find it on `PATH`.
  ///
  /// - Throws: ``MachineError`` with code `qemuMissing`.
  public static func find() throws -> QEMU {
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin")
      .split(separator: ":")
    for folder in folders {
      let path = "\(folder)/\(program)"
      guard access(path, X_OK) == 0 else { continue }
      let stamp = try Template.FileStamp(path: path)
      return QEMU(path: path, stamp: "\(stamp.bytes)-\(stamp.modifiedSeconds)")
    }
    throw MachineError(
      .qemuMissing,
      "\(program) is not on PATH. Install the package qemu-system-x86 (./panicroom run does).")
  }
}
