// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
package import Kernels

/// `bundle.json`: what a bundle for a machine without a network holds.
package struct BundleManifest: Codable, Sendable, Equatable {
  /// The version of the bundle's format.
  package static let currentFormat = 1
  /// The folder in the archive that holds everything.
  package static let folder = "panicroom-bundle"

  package var format: Int
  /// Of the program that made it; another one's kernels and objects need not fit.
  package var version: String
  /// As `uname -m` prints it.
  package var architecture: String
  /// The system that made it: `Debian GNU/Linux 12 (bookworm)`.
  package var system: String
  /// ISO 8601, UTC.
  package var made: String
  /// The checkout's commit, if git knows one.
  package var commit: String?
  package var kernels: [Kernel]
  /// How many Debian packages it has; 0 if it was made without.
  package var packages: Int
  /// True if it contains the QEMU for guests with several CPUs.
  package var qemu: Bool?
  /// True if it contains the guests' libraries.
  package var libraries: Bool?
  /// What everything takes once it is unpacked, in bytes.
  package var unpacked: UInt64

  package struct Kernel: Codable, Sendable, Equatable {
    /// Its name in `vm/kernels.yaml`.
    package var name: String
    package var release: String
    /// Below the cache's root.
    package var objects: [String]
    /// True for a kernel that was added on the machine that made the bundle: no `vm/kernels.yaml`
    /// names it.
    package var local: Bool?
    /// What makes it known to a machine that has not asked for Debian's releases; nil for a kernel of
    /// `vm/kernels.yaml`, and a local one.
    package var rung: Ladder.Rung?

    package init(
      name: String, release: String, objects: [String], local: Bool? = nil,
      rung: Ladder.Rung? = nil
    ) {
      self.name = name
      self.release = release
      self.objects = objects
      self.local = local
      self.rung = rung
    }
  }

  package init(
    version: String, architecture: String, system: String, made: String, commit: String?,
    kernels: [Kernel], packages: Int, qemu: Bool? = nil, libraries: Bool? = nil, unpacked: UInt64
  ) {
    format = Self.currentFormat
    self.version = version
    self.architecture = architecture
    self.system = system
    self.made = made
    self.commit = commit
    self.kernels = kernels
    self.packages = packages
    self.qemu = qemu
    self.libraries = libraries
    self.unpacked = unpacked
  }

  package static let name = "bundle.json"
  package static let sums = "SHA256SUMS"
  /// The signature of the sums, and so of everything.
  package static let signature = "SHA256SUMS.minisig"
  package static let qemuPart = "qemu.tar.zst"
  package static let librariesPart = "libraries.tar.zst"
  package static let checkout = "checkout.tar.gz"
  package static let program = "program.tar.gz"
  package static func kernelPart(_ name: String) -> String { "kernel-\(name).tar.zst" }
  package static func objectsPart(_ name: String) -> String { "objects-\(name).tar.zst" }

  /// The files that the bundle must have, in addition to the packages.
  package var parts: [String] {
    [Self.name, "install", Self.checkout, Self.program] + (qemu == true ? [Self.qemuPart] : [])
      + (libraries == true ? [Self.librariesPart] : [])
      + kernels.flatMap { [Self.kernelPart($0.name), Self.objectsPart($0.name)] }
  }

  /// Reads the manifest and checks whether this program, on this machine, can use the bundle.
  ///
  /// - Parameter path: what messages call it.
  /// - Throws: ``LabError``.
  package static func read(
    _ bytes: [UInt8], path: String, version: String, architecture: String
  ) throws -> BundleManifest {
    struct Format: Decodable { var format: Int }
    let manifest: BundleManifest
    do {
      let format = try JSONDecoder().decode(Format.self, from: Data(bytes)).format
      guard format == currentFormat else {
        throw LabError(
          "\(path) is a bundle of format \(format), and this version of Panic Room reads format "
            + "\(currentFormat). Run the script install that is in it, or make it again.")
      }
      manifest = try JSONDecoder().decode(BundleManifest.self, from: Data(bytes))
    } catch let error as LabError {
      throw error
    } catch {
      throw LabError(
        "\(path) is not a bundle of Panic Room, or is damaged: \(name) can't be read.")
    }
    guard manifest.architecture == architecture else {
      throw LabError(
        "\(path) was made for \(manifest.architecture), and this machine is \(architecture).")
    }
    guard manifest.version == version else {
      throw LabError(
        "\(path) was made by Panic Room \(manifest.version), and this is \(version): run the script "
          + "install that is in it, or make it again.")
    }
    for kernel in manifest.kernels {
      let prefix = "objects/\(kernel.name)/"
      guard !kernel.name.contains("/"), !kernel.name.hasPrefix("."),
        kernel.objects.allSatisfy({ $0.hasPrefix(prefix) && !$0.contains("..") })
      else {
        throw LabError("\(path): \(name) names places outside the cache; it is damaged.")
      }
    }
    return manifest
  }

  /// What is wrong with a folder's files, by the sums that were made with them; nil for nothing.
  package func damage(in folder: String) async throws -> String? {
    guard Files.exists("\(folder)/\(Self.sums)") else { return "\(Self.sums) is missing" }
    var sums: [String: String] = [:]
    for line in try Files.text("\(folder)/\(Self.sums)").split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.count == 2 else { return "\(Self.sums) is truncated" }
      sums[words[1].trimmingCharacters(in: .whitespaces)] = words[0]
    }
    for part in parts where sums[part] == nil || !Files.exists("\(folder)/\(part)") {
      return "\(part) is missing"
    }
    let debs = sums.keys.filter { $0.hasSuffix(".deb") }
    guard debs.count == packages else { return "some of its Debian packages are missing" }
    let names = sums.keys.sorted()
    for name in names where !Files.exists("\(folder)/\(name)") { return "\(name) is missing" }
    let digests = try await Digest.of(files: names.map { "\(folder)/\($0)" })
    let changed = names.first { digests["\(folder)/\($0)"] != sums[$0] }
    return changed.map { "\($0) is not what it was when the bundle was made" }
  }
}
