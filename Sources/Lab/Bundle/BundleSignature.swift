// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// The signature of a bundle's checksums, by minisign(1).
enum BundleSignature {
  private static var sums: String { BundleManifest.sums }
  private static var name: String { BundleManifest.signature }

  /// Signs what was packed.
  ///
  /// - Parameters:
  ///   - key: minisign's secret key. It must have no password (`minisign -G -W`), because nobody is
  ///     asked for it.
  ///   - folder: the bundle's, with its checksums.
  /// - Throws: ``LabError`` if minisign refuses, `ToolError` if it is missing.
  static func sign(_ folder: String, with key: String) async throws {
    let output = try await Tool("minisign").run([
      "-S", "-s", key, "-m", "\(folder)/\(sums)", "-x", "\(folder)/\(name)",
    ])
    guard output.status == 0 else {
      throw LabError(
        "minisign can't sign with \(key): \(reason(output)). The key must have no password: make one "
          + "with minisign -G -W.")
    }
  }

  /// Checks a bundle, if there is a key to check it with.
  ///
  /// - Parameters:
  ///   - folder: the one that the bundle was unpacked into.
  ///   - key: minisign's public key; nil to take the bundle on trust.
  ///   - path: what messages call the bundle.
  /// - Returns: what a user without a key should know; nil with one.
  /// - Throws: ``LabError`` if the bundle isn't signed by that key, `ToolError` if minisign is missing.
  static func check(_ folder: String, with key: String?, path: String) async throws -> String? {
    let isSigned = Files.exists("\(folder)/\(name)")
    guard let key else {
      return isSigned
        ? "\(path) is signed, and nobody checked by whom: give --key FILE with the maker's public key."
        : "\(path) is not signed: it is taken on trust, and what is in it runs as you do."
    }
    guard isSigned else {
      throw LabError("\(path) is not signed, so \(key) can't check it. Nothing was installed.")
    }
    let output = try await Tool("minisign").run([
      "-V", "-q", "-p", key, "-m", "\(folder)/\(sums)", "-x", "\(folder)/\(name)",
    ])
    guard output.status == 0 else {
      throw LabError(
        "\(path) is not signed by \(key): \(reason(output)). Nothing was installed; get it again, from "
          + "whoever has that key.")
    }
    return nil
  }

  private static func reason(_ output: Tool.Output) -> String {
    let words = output.errorText + output.text
    return words.split(separator: "\n").last.map(String.init) ?? "it gives no reason"
  }
}
