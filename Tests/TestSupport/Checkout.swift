// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Foundation

/// The checkout that the tests were built from.
public enum Checkout {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// - Parameter name: relative to the checkout's root.
  public static func path(_ name: String) -> String { root.appending(path: name).path }
}
