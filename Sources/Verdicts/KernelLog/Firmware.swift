// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Files that a driver asks for and the machine does not have
/// (Linux: drivers/base/firmware_loader/main.c, `fw_get_filesystem_firmware`).
public enum Firmware {
  private static let most = 5
  private static let longest = 200

  /// Their names, each once.
  public static func missing(in log: [UInt8]) -> [String] {
    var names: [String] = []
    for line in log.split(separator: UInt8(ascii: "\n")) where names.count < most {
      let text = String(decoding: line.prefix(1000), as: UTF8.self)
      guard let match = text.firstMatch(of: /Direct firmware load for (.+) failed with error -\d+/)
      else { continue }
      let name = String(match.1.prefix(longest))
      if !names.contains(name) { names.append(name) }
    }
    return names
  }
}
