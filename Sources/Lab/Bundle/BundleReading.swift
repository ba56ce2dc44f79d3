// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Machine
import Record
import Scenarios

extension Bundles {
  /// Puts a bundle's kernels and objects into the cache; existing entries stay as they are. Nothing
  /// is changed before the whole bundle has been checked, and each kernel is installed completely.
  ///
  /// - Parameters:
  ///   - path: the bundle, or the folder that it was unpacked into.
  ///   - version: the program's own.
  ///   - key: minisign's public key that must have signed it; nil to take it on trust, which a note
  ///     reports.
  /// - Returns: the names of the bundle's kernels that are available now.
  /// - Throws: ``LabError`` if it is damaged, incomplete, made for something else, or not signed by
  ///   `key`.
  public func install(_ path: String, version: String, key: String? = nil) async throws
    -> [String]
  {
    try Tool.require(["tar", "zstd"])
    let isFolder = Files.isFolder(path)
    guard isFolder || Files.size(path) != nil else {
      let near = NearFile.hint(for: path)
      throw LabError("\(path): there is no such bundle\(near.isEmpty ? "." : near)")
    }
    let manifest = try BundleManifest.read(
      isFolder ? try Files.read("\(path)/\(BundleManifest.name)") : try await head(of: path),
      path: path, version: version, architecture: HostMachine.architecture())
    let copy = UInt64(isFolder ? 0 : Files.size(path) ?? 0)
    try cache.requireSpace(manifest.unpacked + copy)
    return try await cache.temporarily(beside: "bundles/bundle") { folder in
      var parts = path
      if !isFolder {
        try await emit.step("unpacking \(path)") { try await extract(path, to: folder) }
        parts = "\(folder)/\(BundleManifest.folder)"
      }
      try await emit.step("checking the bundle") {
        let doubt = try await BundleSignature.check(parts, with: key, path: path)
        if let doubt { emit(.note(doubt)) }
        guard let damage = try await manifest.damage(in: parts) else { return }
        throw LabError(
          "\(path) is damaged: \(damage). Nothing was installed; copy it again, or make it again.")
      }
      if manifest.qemu == true, preparation.qemuStore.cached == nil {
        try await place(BundleManifest.qemuPart, from: parts, at: QEMUStore.entry)
      }
      if manifest.libraries == true, try await preparation.guestLibraries.whole() == nil {
        try await place(BundleManifest.librariesPart, from: parts, at: GuestLibraries.entry)
      }
      var here: [String] = []
      for kernel in manifest.kernels {
        try await emit.step("kernel \(kernel.name) from the bundle") {
          if try await install(kernel, from: parts, staging: folder) { here.append(kernel.name) }
        }
      }
      return here
    }
  }

  private func head(of path: String) async throws -> [UInt8] {
    let output = try await Tool("tar").run([
      "--extract", "--to-stdout", "--occurrence=1", "--file", path,
      "\(BundleManifest.folder)/\(BundleManifest.name)",
    ])
    guard output.status == 0 else {
      throw LabError(
        "\(path) is not a bundle of Panic Room, or is damaged: "
          + (output.errorText.split(separator: "\n").first.map(String.init) ?? "tar says nothing")
          + ". Nothing was installed.")
    }
    return output.standardOutput
  }

  private func extract(_ path: String, to folder: String) async throws {
    do {
      try await Tool("tar").checked([
        "--extract", "--file", path, "--directory", folder, "--no-same-owner",
      ])
    } catch let error as ToolError {
      if let space = HostError(spaceFailure: error, path: cache.root) { throw space }
      guard case .failed(_, _, let words) = error else { throw error }
      throw LabError(
        "\(path) is damaged or was only partly copied: \(words). Nothing was installed; copy it "
          + "again.")
    }
  }

  /// - Returns: whether the kernel can be used now.
  private func install(
    _ kernel: BundleManifest.Kernel, from parts: String, staging: String
  ) async throws -> Bool {
    if let rung = kernel.rung, rung.name == kernel.name, let sources = try kernels.ladderSources {
      try kernels.store.learn(rung, from: sources)
    }
    let isNamed = try kernels.known()[kernel.name].map { !$0.isLocal } ?? false
    guard isNamed || kernel.local == true else {
      emit(.note("kernel \(kernel.name) is not in vm/kernels.yaml: it is left out"))
      return false
    }
    if let known = try kernelHere(kernel.name) {
      emit(.note("kernel \(kernel.name) is here already: \(known.release)"))
    } else {
      try await place(
        BundleManifest.kernelPart(kernel.name), from: parts, at: "kernels/\(kernel.name)")
    }
    guard let now = try kernelHere(kernel.name) else {
      throw LabError(
        "The bundle's kernel \(kernel.name) is not the one that this checkout's vm/kernels.yaml "
          + "asks for: use the checkout that is in the bundle (its script install unpacks it).")
    }
    guard now.release == kernel.release else { return true }
    let objects = "\(staging)/objects-\(kernel.name)"
    try Files.makeFolder(objects)
    try await unpack(BundleManifest.objectsPart(kernel.name), from: parts, to: objects)
    for shelf in ["objects/\(kernel.name)/bpf", "objects/\(kernel.name)/lkm"] {
      try await cache.withLock(shelf) {
        for object in kernel.objects where object.hasPrefix(shelf + "/") {
          let place = cache.path(object)
          guard !Files.exists(place), Files.isFolder("\(objects)/\(object)") else { continue }
          try Files.makeFolder(Files.parent(of: place))
          try Files.rename("\(objects)/\(object)", to: place)
        }
      }
    }
    return true
  }

  private func kernelHere(_ name: String) throws -> Kernel? {
    try kernels.known()[name].flatMap(kernels.store.cached)
  }

  /// Makes a complete entry of the cache from a part of the bundle.
  private func place(_ part: String, from parts: String, at entry: String) async throws {
    try await cache.withLock(entry) {
      _ = try await cache.atomically(entry) {
        try await unpack(part, from: parts, to: $0)
        // Thousands of files, whose content nobody checks later.
        try await Tool("sync").checked(["--file-system", $0])
      }
    }
  }

  private func unpack(_ part: String, from parts: String, to folder: String) async throws {
    do {
      try await Tool("tar").checked([
        "--extract", "--use-compress-program", "zstd -q", "--file", "\(parts)/\(part)",
        "--directory", folder, "--no-same-owner",
      ])
    } catch let error as ToolError {
      throw HostError(spaceFailure: error, path: cache.root) ?? error as any Error
    }
  }
}
