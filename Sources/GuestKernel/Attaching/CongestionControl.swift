// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A congestion control that an object registers is nobody's until it is chosen.
public enum CongestionControl {
  private static let available = "/proc/sys/net/ipv4/tcp_available_congestion_control"
  private static let chosen = "/proc/sys/net/ipv4/tcp_congestion_control"

  /// None if the kernel has no TCP.
  public static func names() -> [String] { words(of: available) }

  /// What new connections use.
  static func current() -> String? { words(of: chosen).first }

  static func choose(_ name: String) throws(SystemError) {
    try put(Array(name.utf8), into: chosen)
  }

  private static func words(of path: String) -> [String] {
    // A kernel without TCP has no such file, and then nothing is to be chosen.
    guard let line = try? text(of: path) else { return [] }
    return line.split { $0 == " " || $0 == "\n" }.map(String.init)
  }
}

extension ProgramObject {
  /// Has new connections use a congestion control that the object has registered, until this value
  /// goes.
  ///
  /// - Parameter known: the names of those that were there before.
  public mutating func useCongestionControl(unlike known: [String]) throws(LoadRefusal) {
    guard let own = CongestionControl.names().first(where: { !known.contains($0) }) else { return }
    formerCongestionControl = CongestionControl.current()
    do {
      try CongestionControl.choose(own)
    } catch {
      throw LoadRefusal(gate: .attach, errno: error.errno, message: "\(error)")
    }
  }
}
