// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// A kernel's version, as far as it orders kernels: the numbers at the beginning of its release.
public struct KernelVersion: Sendable, Equatable, Comparable, CustomStringConvertible {
  public var numbers: [Int]

  /// The version in a text such as `7.0` or `6.12.117+deb13-cloud-amd64`; nil if it doesn't begin
  /// with two numbers.
  public init?(_ text: String) {
    let head = text.prefix { $0.isNumber || $0 == "." }
    let parts = head.split(separator: ".", omittingEmptySubsequences: true)
    let numbers = parts.compactMap { Int($0) }
    guard numbers.count >= 2, numbers.count == parts.count else { return nil }
    self.numbers = numbers
  }

  /// 6.1 is 6.1.0.
  public static func < (left: KernelVersion, right: KernelVersion) -> Bool {
    let count = max(left.numbers.count, right.numbers.count)
    func padded(_ numbers: [Int]) -> [Int] {
      numbers + Array(repeating: 0, count: count - numbers.count)
    }
    return padded(left.numbers).lexicographicallyPrecedes(padded(right.numbers))
  }

  public static func == (left: KernelVersion, right: KernelVersion) -> Bool {
    !(left < right) && !(right < left)
  }

  public var description: String { numbers.map(String.init).joined(separator: ".") }
}

/// What is known of a kernel before anything runs on it.
public struct KernelTraits: Sendable, Equatable {
  /// As `uname -r` prints it.
  public var release: String
  /// The options that are switched on in its configuration, without `CONFIG_`.
  public var options: Set<String>

  public init(release: String, options: Set<String> = []) {
    self.release = release
    self.options = options
  }

  /// - Parameter config: the kernel's `.config`.
  public init(release: String, config: String) {
    self.init(release: release)
    for line in config.split(separator: "\n") where line.hasPrefix("CONFIG_") {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2, parts[1] == "y" { options.insert(String(parts[0].dropFirst(7))) }
    }
  }
}

/// The verdict of an armed twin on some kernels only, if it differs from that on all others.
public struct KernelExpectation: Codable, Sendable, Equatable {
  /// The first version that it holds for; nil for all from the oldest on.
  public var from: String?
  /// The first version that it no longer holds for; nil for all up to the newest.
  public var before: String?
  /// An option of the kernel's configuration, without `CONFIG_`, that must be switched on, or off.
  public var with: String?
  public var without: String?
  /// The commit of Linux that made the difference, at least 12 digits.
  public var commit: String?
  /// The one profile that it holds for; nil for those without their own expectation.
  public var profile: String?
  public var expectation: Expectation

  public init(
    from: String? = nil, before: String? = nil, with: String? = nil, without: String? = nil,
    commit: String? = nil, profile: String? = nil, expectation: Expectation
  ) {
    self.from = from
    self.before = before
    self.with = with
    self.without = without
    self.commit = commit
    self.profile = profile
    self.expectation = expectation
  }

  /// Whether it applies to this kernel. A release that is not a version is in no range.
  func holds(for kernel: KernelTraits) -> Bool {
    if let with, !kernel.options.contains(with) { return false }
    if let without, kernel.options.contains(without) { return false }
    if from == nil, before == nil { return true }
    guard let version = KernelVersion(kernel.release) else { return false }
    if let from = from.flatMap(KernelVersion.init), version < from { return false }
    if let before = before.flatMap(KernelVersion.init), !(version < before) { return false }
    return true
  }

  /// `from 6.9, before 7.0`, `without PREEMPT_COUNT`.
  public var range: String {
    [
      from.map { "from \($0)" }, before.map { "before \($0)" }, with.map { "with \($0)" },
      without.map { "without \($0)" },
    ].compactMap(\.self).joined(separator: ", ")
  }
}

extension Scenario.Twin {
  package init(
    armed: Expectation, sensitive: Expectation? = nil, kernels: [KernelExpectation]? = nil
  ) {
    self.init(
      guardName: nil, built: nil, builtBecause: nil, armed: armed, sensitive: sensitive,
      kernels: kernels)
  }

  /// Whether anything is declared for the armed twin under the profile `sensitive` on a kernel.
  public func declaresSensitive(on kernel: KernelTraits?) -> Bool {
    sensitive != nil
      || (kernels ?? []).contains { item in
        item.profile == Scenario.sensitiveProfile && (kernel.map(item.holds) ?? false)
      }
  }

  /// What is expected of the armed twin under a profile on a kernel.
  ///
  /// What is declared for the kernel comes before what is declared for the profile only if it names
  /// that profile, or if the profile has no expectation of its own.
  ///
  /// - Parameter kernel: nil if it isn't known.
  public func expectation(profile: String, kernel: KernelTraits?) -> Expectation {
    let own = profile == Scenario.sensitiveProfile ? sensitive : nil
    let fitting = (kernels ?? []).filter { item in kernel.map(item.holds) ?? false }
    if let item = fitting.first(where: { $0.profile == profile }) { return item.expectation }
    if let own { return own }
    return fitting.first { $0.profile == nil }?.expectation ?? armed
  }
}
