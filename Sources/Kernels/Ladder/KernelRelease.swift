// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// An upstream release of the kernel, `6.12.57`, or a series of them, `6.12`.
public struct KernelRelease: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// Two of a series, three of a release.
  public let numbers: [Int]

  /// Nil if the text is neither.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
    guard numbers.count == parts.count, (2...3).contains(numbers.count) else { return nil }
    self.numbers = numbers
  }

  /// The release in a Debian version: of `6.12.57-1~bpo12+1` it is 6.12.57. Nil for a release
  /// candidate, `7.3~rc7-1~exp1`.
  init?(ofPackage version: String) {
    self.init(version.prefix { $0 != "-" })
    guard numbers.count == 3 else { return nil }
  }

  public var isSeries: Bool { numbers.count == 2 }
  public var description: String { numbers.map(String.init).joined(separator: ".") }

  /// Whether a release is of this series, or this release itself.
  public func includes(_ release: KernelRelease) -> Bool { release.numbers.starts(with: numbers) }

  public static func < (left: KernelRelease, right: KernelRelease) -> Bool {
    left.numbers.lexicographicallyPrecedes(right.numbers)
  }
}

/// Releases that are asked for together: `6.1..6.12` has both series whole.
public struct KernelRange: Sendable, Equatable {
  public var first: KernelRelease
  public var last: KernelRelease

  /// Nil if the text is no range.
  public init?(_ text: String) {
    let ends = text.split(separator: "..", omittingEmptySubsequences: false)
    guard ends.count == 2, let first = KernelRelease(ends[0]), let last = KernelRelease(ends[1])
    else { return nil }
    (self.first, self.last) = (first, last)
  }

  /// Whether its end comes before its beginning.
  public var isUpsideDown: Bool { last < first && !last.includes(first) }

  public func contains(_ release: KernelRelease) -> Bool {
    (first < release || first == release) && (release < last || last.includes(release))
  }
}
