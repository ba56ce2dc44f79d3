// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Releases of the kernel: `6.12.57`, `6.12` (the whole series), `6.12.43..6.12.57`, `6.1..6.12`.
public struct ReleaseRange: Sendable, Equatable, CustomStringConvertible {
  public let description: String
  private let first: KernelVersion
  private let last: KernelVersion

  /// Nil if the text is none, or its end comes before its beginning.
  public init?(_ text: String) {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false).map {
      KernelVersion.named(String($0))
    }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
      first < last || first == last || last.includes(first)
    else { return nil }
    (description, self.first, self.last) = (text, first, last)
  }

  public func contains(_ release: KernelVersion) -> Bool {
    !(release < first) && (release < last || last.includes(release))
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.description == right.description
  }
}

extension KernelVersion {
  /// Nil if the text has anything besides the numbers.
  static func named(_ text: String) -> KernelVersion? {
    KernelVersion(text).flatMap { $0.description == text ? $0 : nil }
  }

  /// Whether a release is of this series, or this release itself.
  func includes(_ release: KernelVersion) -> Bool { release.numbers.starts(with: numbers) }
}
