// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The releases that Debian's suites held when they were last asked, oldest first.
public struct Ladder: Codable, Sendable, Equatable {
  static let currentSchema = 1

  var schema = Ladder.currentSchema
  /// When, in seconds since 1970.
  var asked: Double
  /// What was asked.
  public var sources: LadderSources
  public var rungs: [Rung]

  /// One release, as the best of its packages has it.
  public struct Rung: Codable, Sendable, Equatable {
    /// `6.12.57`
    public var name: String
    /// The package of the image: `linux-image-6.12.57+deb12-cloud-amd64`.
    public var image: String
    /// The package of the headers that modules are built with; nil if no suite has it any more.
    public var headers: String?
    /// Whether there are the modules that guests need: Debian drops them before the image.
    public var hasModules: Bool
    /// Debian's version of the package.
    public var version: String
    public var suites: [KernelEntry.Suite]
    /// Other packages of the release, in case that this one is listed and gone; nil if there are none.
    public var others: [Rung]?

    enum CodingKeys: String, CodingKey {
      case name, image, headers, version, suites, others
      case hasModules = "has_modules"
    }
  }

  /// Whether apt was never asked, so that only what came with bundles is known.
  public var isPartial: Bool { asked == 0 }

  /// Whether apt's lists may say something else by now.
  public var isOld: Bool { Date.now.timeIntervalSince1970 - asked > 24 * 3600 }

  public subscript(name: String) -> Rung? { rungs.first { $0.name == name } }

  /// The rungs that a range or a series has; a single release is a series of one.
  public func rungs(in range: KernelRange) -> [Rung] {
    rungs.filter { KernelRelease($0.name).map(range.contains) ?? false }
  }

  /// The newest of a series.
  public func newest(of series: KernelRelease) -> Rung? {
    rungs.last { KernelRelease($0.name).map(series.includes) ?? false }
  }
}

extension KernelEntry {
  /// - Parameter matrix: gives a release the parameters of its own kernel from the same suite.
  public init(_ rung: Ladder.Rung, in matrix: KernelMatrix) {
    self.init(name: rung.name, suites: rung.suites, image: rung.image, headers: rung.headers)
    parameters =
      matrix.entries.first { entry in entry.suites.contains(where: rung.suites.contains) }?
      .parameters
    others = (rung.others ?? []).map { KernelEntry($0, in: matrix) }
  }
}

extension Ladder {
  /// Apt is asked as soon as a release is wanted that it lacks.
  init(knowingNothingOf sources: LadderSources) {
    self.sources = sources
    asked = 0
    rungs = []
  }

  /// Puts together what apt's lists have.
  ///
  /// - Parameters:
  ///   - madison: `apt-cache madison` of all images: name, version and suite of each.
  ///   - names: of all packages whose name begins with `linux-`.
  ///   - modules: of each image, the package of modules that it depends on, if any.
  init(
    _ sources: LadderSources, madison: String, names: Set<String>, modules: [String: String]
  ) {
    var found: [KernelRelease: Rung] = [:]
    for line in madison.split(separator: "\n") {
      let fields = line.split(separator: "|").map { $0.split(separator: " ").map(String.init) }
      guard fields.count == 3, let name = fields[0].first, let version = fields[1].first,
        fields[2].count > 1, let release = KernelRelease(ofPackage: version)
      else { continue }
      let suite = fields[2][1].prefix { $0 != "/" }
      guard let suite = sources.suites.first(where: { $0.name == suite }) else { continue }
      let headers = name.replacing("linux-image-", with: "linux-headers-", maxReplacements: 1)
      var rung = Rung(
        name: release.description, image: name, headers: names.contains(headers) ? headers : nil,
        hasModules: modules[name].map(names.contains) ?? true, version: version, suites: [suite])
      guard var known = found[release] else {
        found[release] = rung
        continue
      }
      if known.image == rung.image {
        if !known.suites.contains(suite) { known.suites.append(suite) }
        found[release] = known
      } else {
        let isBetter = rung.isBetter(than: known, in: sources)
        if isBetter { swap(&rung, &known) }
        let others = (known.others ?? []) + [rung.alone] + (rung.others ?? [])
        known.others = others.filter(\.hasModules)
        found[release] = known
      }
    }
    self.sources = sources
    asked = Date.now.timeIntervalSince1970
    rungs = found.sorted { $0.key < $1.key }.map(\.value)
  }
}

extension Ladder.Rung {
  fileprivate var alone: Self {
    var rung = self
    rung.others = nil
    return rung
  }

  /// The same release is in several suites, built for each, and they drop parts at different times; of
  /// those for an older Debian some are listed and gone.
  fileprivate func isBetter(than other: Self, in sources: LadderSources) -> Bool {
    rank(in: sources) > other.rank(in: sources)
  }

  private func rank(in sources: LadderSources) -> (Int, Int, Int) {
    // `bookworm` of `bookworm-security`
    let codenames = sources.suites.map { $0.name.prefix { $0 != "-" } }
    let codename = suites[0].name.prefix { $0 != "-" }
    return (hasModules ? 1 : 0, headers == nil ? 0 : 1, codenames.firstIndex(of: codename) ?? 0)
  }
}
