// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The kernel, or the library in front of it, would not take a twin.
public struct LoadRefusal: Error, Equatable, Sendable {
  public enum Gate: Sendable {
    case libbpf, verifier, attach, policy, moduleLoader
  }

  public var gate: Gate
  /// Positive, as in `errno.h`.
  public var errno: Int32
  /// The library's or the kernel's message.
  public var message: String
  /// The complete verifier log; empty if there is none.
  public var verifierLog: [UInt8]

  public init(gate: Gate, errno: Int32, message: String, verifierLog: [UInt8] = []) {
    self.gate = gate
    self.errno = errno
    self.message = message
    self.verifierLog = verifierLog
  }
}

/// A call that failed though the laboratory itself needed it to work.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was tried, on what: `open /proc/modules`.
  public var operation: String
  /// Positive, as in `errno.h`; 0 if there is none.
  public var errno: Int32

  public init(_ operation: String, errno: Int32) {
    self.operation = operation
    self.errno = errno
  }

  public var description: String {
    errno == 0 ? operation : "\(operation): \(errorText(errno))"
  }
}

/// The C library's text for an errno.
package func errorText(_ number: Int32) -> String {
  var buffer: [CChar] = Array(repeating: 0, count: 128)
  guard strerror_r(number, &buffer, buffer.count) == 0 else { return "errno \(number)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
