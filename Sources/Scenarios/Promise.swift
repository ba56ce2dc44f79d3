// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What must hold of an object on some releases of the kernel.
public struct Promise: Sendable, Equatable {
  public enum Deed: String, Sendable, CaseIterable {
    /// The kernel accepts it, and nothing goes wrong.
    case load
    /// It loads, and every program that is attached runs; of a module, something calls one of its functions.
    case fire
    /// A gate refuses it.
    case notLoad = "not-load"
  }

  public var deed: Deed
  /// The first release that it holds for: `5.13`; nil for the oldest.
  public var since: String?
  /// The last release that it holds for: `6.1.170`, or `6.1` with all of its series; nil for the newest.
  public var until: String?
  /// Releases that it doesn't hold for.
  public var except: [ReleaseRange]
  public var because: String?

  public init(
    _ deed: Deed, since: String? = nil, until: String? = nil, except: [ReleaseRange] = [],
    because: String? = nil
  ) {
    (self.deed, self.since, self.until) = (deed, since, until)
    (self.except, self.because) = (except, because)
  }

  /// - Parameter release: nil if it isn't known: it is then like any that no bound excludes.
  public func holds(on release: KernelVersion?) -> Bool {
    guard let release else { return true }
    if let since = since.flatMap(KernelVersion.init), release < since { return false }
    if let until = until.flatMap(KernelVersion.init), until < release, !until.includes(release) {
      return false
    }
    return !except.contains { $0.contains(release) }
  }

  /// `must fire from 5.13 on, except 6.12.43..6.12.57 (its reason)`
  public var phrase: String {
    let deed =
      switch self.deed {
      case .load: "must load"
      case .fire: "must fire"
      case .notLoad: "must not load"
      }
    let bounds =
      switch (since, until) {
      case (nil, nil): ""
      case (let since?, nil): " from \(since) on"
      case (nil, let until?): " up to \(until)"
      case (let since?, let until?): " from \(since) to \(until)"
      }
    let exceptions = except.map(\.description).joined(separator: ", ")
    return deed + bounds
      + (except.isEmpty ? "" : "\(bounds.isEmpty ? "" : ",") except \(exceptions)")
      + (because.map { " (\($0))" } ?? "")
  }
}
