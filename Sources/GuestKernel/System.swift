// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
package import Glibc

/// Every system call goes through here: EINTR is tried again, errno becomes an error that says
/// what was tried.
package func system<Result: SignedInteger>(
  _ operation: @autoclosure () -> String, _ call: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    if errno != EINTR { throw SystemError(operation(), errno: errno) }
  }
}

/// A descriptor that is closed when its owner goes.
package struct Descriptor: ~Copyable {
  package let number: Int32

  package init(owning number: Int32) { self.number = number }

  package init(opening path: String, _ flags: Int32, mode: mode_t = 0) throws(SystemError) {
    number = try system("open \(path)") { open(path, flags | O_CLOEXEC, mode) }
  }

  deinit { close(number) }

  /// Leaves the closing to the caller.
  package consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}

/// The bytes of a file, which may be one of the kernel's own that has no size.
package func contents(of path: String) throws(SystemError) -> [UInt8] {
  try contents(of: Descriptor(opening: path, O_RDONLY), path)
}

/// The same of an open file, from its position on.
package func contents(
  of file: borrowing Descriptor, _ name: @autoclosure () -> String
) throws(SystemError) -> [UInt8] {
  let number = file.number
  var bytes: [UInt8] = []
  var piece = [UInt8](repeating: 0, count: 16384)
  while true {
    let count = try system("read \(name())") { read(number, &piece, piece.count) }
    if count == 0 { return bytes }
    bytes.append(contentsOf: piece[..<count])
  }
}

/// Reads to the end, and forgets what it reads. Whoever faults a file's end away makes it endless: after
/// 4 MiB, more than any list in a guest has, it is read enough.
package func drain(
  _ file: borrowing Descriptor, _ name: @autoclosure () -> String
) throws(SystemError) {
  var piece = [UInt8](repeating: 0, count: 16384)
  let number = file.number
  var left = 4 << 20
  while left > 0 {
    let count = try system("read \(name())") { read(number, &piece, piece.count) }
    if count == 0 { return }
    left -= count
  }
}

/// Gives up root and all capabilities permanently.
package func dropPrivileges() throws(SystemError) {
  let result = cguest_drop_privileges()
  if result != 0 { throw SystemError("give up root", errno: result) }
}

/// The first word of each line of a file. As bytes, not characters: the code with which Swift
/// separates characters is more than a restored guest should have to translate.
package func firstWords(of path: String) throws(SystemError) -> [String] {
  try contents(of: path).split(separator: UInt8(ascii: "\n")).map { line in
    String(decoding: line.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
  }
}

package func text(of path: String) throws(SystemError) -> String {
  String(decoding: try contents(of: path), as: UTF8.self)
}

/// Writes all bytes to a descriptor that blocks.
package func writeAll(
  _ bytes: some Collection<UInt8>, to descriptor: Int32, _ operation: @autoclosure () -> String
) throws(SystemError) {
  let bytes = Array(bytes)
  var written = 0
  while written < bytes.count {
    written += try system(operation()) {
      bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, $0.count - written) }
    }
  }
}

/// Writes a file in one go, as the kernel's control files require.
package func put(
  _ bytes: some Collection<UInt8>, into path: String, creating: Bool = false
) throws(SystemError) {
  let file = try Descriptor(
    opening: path, creating ? O_WRONLY | O_CREAT | O_TRUNC : O_WRONLY, mode: 0o600)
  try writeAll(bytes, to: file.number, "write \(path)")
}
