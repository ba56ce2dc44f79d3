// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Debian's packages as files, for a machine that has no network to install them from.
public enum DebianPackages {
  /// Fetches packages with all their dependencies, down to the C library, and writes the index
  /// `Packages`, which makes the folder a source for apt. Uses this machine's sources, and needs no
  /// root.
  ///
  /// - Parameters:
  ///   - names: what is to be installed there, without recommended packages.
  ///   - folder: takes the `.deb` files.
  ///   - scratch: a folder for apt's lists, which take some 50 MiB.
  /// - Throws: ``KernelError`` if apt can't fetch, `ToolError`, `HostError`.
  public static func fetch(_ names: [String], into folder: String, scratch: String) async throws {
    try Tool.require(["apt-get"])
    let host = try await AptSources.ofHost()
    let origins = try await Mirror.originsOfHost()
    let debian = host.filter { Mirror.isDebian($0, origins) }
    // A derivative of Debian has the packages under the same names.
    let apt = try PrivateApt(root: scratch, sources: debian.isEmpty ? host : debian)
    try await apt.update()
    // Including the base system's: development packages depend on the exact version of their
    // libraries, and the other machine may lack some updates.
    let shown = try await apt.closure(of: names)
    let wanted = Deb822.paragraphs(shown).compactMap(PrivateApt.Package.init)
    try Files.makeFolder(folder)
    _ = try await apt.download(wanted, into: folder)
    // apt writes an epoch's colon as %3a, and would read it as a colon again.
    for name in try Files.list(folder) where name.contains("%") {
      try Files.rename("\(folder)/\(name)", to: "\(folder)/\(plain(name))")
    }
    try Files.write(index(shown), to: "\(folder)/Packages")
  }

  private static func plain(_ name: String) -> String { name.replacing("%3a", with: "_") }

  /// apt's paragraphs about packages, with the paths where ``fetch(_:into:scratch:)`` puts the
  /// files.
  package static func index(_ shown: String) -> String {
    shown.split(separator: "\n\n").map { paragraph in
      let fields = Deb822.paragraphs(String(paragraph)).first ?? [:]
      let name = [fields["package"], fields["version"], fields["architecture"]]
        .compactMap { $0 }.joined(separator: "_").replacing(":", with: "_")
      return paragraph.split(separator: "\n").map { line in
        line.hasPrefix("Filename: ") ? "Filename: ./\(name).deb" : String(line)
      }.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }
}

extension DebianPackages {
  /// The packages of lines such as `Inst libc6 (2.36-9 Debian:12/stable [amd64]) []`.
  package static func installed(by simulation: String) -> [(name: String, version: String)] {
    simulation.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 2, words[0] == "Inst", words[2].hasPrefix("(") else { return nil }
      return (String(words[1]), String(words[2].dropFirst()))
    }
  }
}

extension PrivateApt {
  /// What apt would install on a machine that has nothing, in apt's paragraphs.
  func closure(of names: [String]) async throws -> String {
    let output = try await Tool("apt-get").checked(
      arguments + ["--simulate", "--yes", "--no-install-recommends", "install"] + names)
    let exact = DebianPackages.installed(by: output.text).map { "\($0.name)=\($0.version)" }
    return try await Tool("apt-cache").checked(
      arguments + ["show", "--no-all-versions"] + exact
    ).text
  }
}
