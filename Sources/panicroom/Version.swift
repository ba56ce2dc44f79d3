// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The one place that holds the version's number. `CHANGELOG.md` has the same, and a test compares them.
///
/// `panicroom --version`, the manual page and the manifest of a bundle take it from here. A bundle is
/// read only by the version that wrote it.
enum Version {
  /// As in Semantic Versioning. A contract is the command line, the exit status, and the JSON, JUnit
  /// and KTAP forms.
  static let number = "0.1.0"
}
