// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Host
import Logging

extension KernelStore {
  private static let ladderFile = "ladder/releases.json"

  /// What apt's lists said when they were last asked; nil if they never were, or for other suites.
  /// Starts no process and fetches nothing.
  public func ladder(from sources: LadderSources) -> Ladder? {
    let file = cache.found(Self.ladderFile)
    guard Files.exists(file) else { return nil }
    do {
      let ladder = try JSONDecoder().decode(Ladder.self, from: Data(try Files.read(file)))
      return ladder.schema == Ladder.currentSchema && ladder.sources == sources ? ladder : nil
    } catch {
      logger.warning("\(file) can't be read, so apt is asked again: \(error)")
      return nil
    }
  }

  /// Adds a release that this machine may never have heard of: it comes with a kernel from elsewhere.
  ///
  /// - Throws: `HostError`.
  public func learn(_ rung: Ladder.Rung, from sources: LadderSources) throws {
    var ladder = ladder(from: sources) ?? Ladder(knowingNothingOf: sources)
    guard ladder[rung.name] == nil else { return }
    ladder.rungs.append(rung)
    try write(ladder)
  }

  private func write(_ ladder: Ladder) throws {
    var ladder = ladder
    ladder.rungs.sort {
      guard let left = KernelRelease($0.name), let right = KernelRelease($1.name) else {
        return false
      }
      return left < right
    }
    let file = cache.path(Self.ladderFile)
    try Files.makeFolder(Files.parent(of: file))
    try Files.write(json: ladder, to: file)
  }

  /// Asks apt's lists which releases there are. Those that the mirror has forgotten and that are in the
  /// cache stay.
  ///
  /// - Throws: ``KernelError`` if the lists can't be fetched; `ToolError`, `HostError`.
  public func askForLadder(from sources: LadderSources) async throws -> Ladder {
    try Tool.require(["apt-get", "apt-cache", "apt-config"])
    var ladder = try await cache.temporarily(beside: "ladder/lists") { folder in
      let entry = KernelEntry(name: "ladder", suites: sources.suites, image: "", headers: nil)
      let apt = try PrivateApt(
        root: folder, sources: try await Mirror.sources(for: entry, wishes: wishes))
      try await apt.update()
      let names = try await apt.names(beginningWith: "linux-")
      let images = names.filter {
        $0.hasPrefix("linux-image-") && $0.hasSuffix("-" + sources.flavour)
          && $0.dropFirst("linux-image-".count).first?.isNumber == true
      }.sorted()
      return Ladder(
        sources, madison: try await apt.versions(of: images), names: Set(names),
        modules: try await apt.dependencies(of: images, beginningWith: "linux-modules-"))
    }
    let forgotten = self.ladder(from: sources)?.rungs.filter { rung in
      ladder[rung.name] == nil && Files.exists(cache.found("kernels/\(rung.name)"))
    }
    ladder.rungs += forgotten ?? []
    try write(ladder)
    return self.ladder(from: sources) ?? ladder
  }
}

extension PrivateApt {
  /// The names of all packages that begin so.
  fileprivate func names(beginningWith start: String) async throws -> [String] {
    try await Tool("apt-cache").checked(arguments + ["pkgnames", start]).text
      .split(separator: "\n").map(String.init)
  }

  /// Name, version and suite of each, as apt-cache(8) has it under `madison`.
  fileprivate func versions(of names: [String]) async throws -> String {
    guard !names.isEmpty else { return "" }
    return try await Tool("apt-cache").checked(arguments + ["madison"] + names).text
  }

  /// Of each package the first one that it depends on whose name begins so.
  fileprivate func dependencies(
    of names: [String], beginningWith start: String
  ) async throws -> [String: String] {
    guard !names.isEmpty else { return [:] }
    let text = try await Tool("apt-cache").checked(
      arguments + ["show", "--no-all-versions"] + names
    ).text
    var found: [String: String] = [:]
    for package in Deb822.paragraphs(text).compactMap(Package.init) {
      found[package.name] = package.depends.first { $0.hasPrefix(start) }
    }
    return found
  }
}
