// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Why a kernel is not available.
public struct KernelError: Error, Sendable, Equatable, CustomStringConvertible {
  public var what: String
  /// What the reader can do next.
  public var remedy: String

  /// Whether its suite, its mirror or its packages don't exist (any more).
  public var isUnavailable: Bool

  /// Whether a file of its own in the cache has changed, which can be fetched again.
  public var isDamage: Bool

  public init(
    what: String, remedy: String, isUnavailable: Bool = false, isDamage: Bool = false
  ) {
    self.what = what
    self.remedy = remedy
    self.isUnavailable = isUnavailable
    self.isDamage = isDamage
  }

  public var description: String { "\(what); \(remedy)" }
}
