// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Glibc
import Host
import Kernels
import Machine
import Record
import Scenarios

/// What is asked of a bundle.
public struct BundleRequest: Sendable {
  /// What is made ready first: kernels, scenarios, profiles.
  public var request: Request
  /// Where the bundle goes.
  public var file: String
  /// Debian packages to include, with all their dependencies; empty for none.
  public var packages: [String] = []
  /// minisign's secret key to sign it with; nil for a bundle without a signature.
  public var signingKey: String?
  /// The program's own version.
  public var version: String

  public init(_ request: Request, file: String, version: String) {
    self.request = request
    self.file = file
    self.version = version
  }
}

/// Packs what runs need for machines without a network, and unpacks it there.
public struct Bundles: Sendable {
  let preparation: Preparation
  let kernels: KernelShelf
  let cache: CacheDirectory
  let emit: EventSink

  /// Makes ready what the request needs, and packs it for a machine without a network: checkout,
  /// programs, kernels with their compilers, objects, Debian packages.
  ///
  /// - Returns: why some kernels are not in it, by name.
  /// - Throws: what is wrong with the request or this machine. No half a bundle is left.
  public func pack(_ wanted: BundleRequest) async throws -> [String: String] {
    try Self.requirePlace(for: wanted.file)
    guard cache.shared == nil else {
      throw LabError("A bundle is packed from one cache: unset PANICROOM_SHARED_CACHE.")
    }
    try Tool.require(["tar", "gzip", "zstd", "find", "ldd", "sync"])
    if wanted.signingKey != nil { try Tool.require(["minisign"]) }
    let reasons = try await preparation.everything(for: wanted.request)
    let ready = try await kernels.select(wanted.request.kernels).compactMap(kernels.store.cached)
    guard !ready.isEmpty else {
      throw LabError("None of the kernels could be prepared, so there is nothing to pack.")
    }
    try await cache.temporarily(beside: "bundles/bundle") { folder in
      let packer = BundlePacker(preparation: preparation, wanted: wanted, folder: folder)
      try await packer.pack(ready)
    }
    return reasons
  }

  /// Asked before the minutes that packing takes.
  private static func requirePlace(for file: String) throws {
    guard !Files.isFolder(file) else {
      throw LabError("\(file) is a folder: name a file in it, such as \(file)/panicroom.tar.")
    }
    let folder = file.contains("/") ? Files.parent(of: file) : "."
    guard Files.isFolder(folder), access(folder, W_OK) == 0 else {
      throw LabError("\(file): there is no folder \(folder) that can be written to.")
    }
  }
}

/// Puts the parts of a bundle side by side, and all of them into one archive.
struct BundlePacker {
  let preparation: Preparation
  let wanted: BundleRequest
  /// For the parts; gone afterwards.
  let folder: String

  private var parts: String { "\(folder)/\(BundleManifest.folder)" }
  private var cache: CacheDirectory { preparation.cache }

  /// Larger than any file of a checkout, in MiB, so that an earlier bundle in it isn't packed.
  private static let longestMiB = 20

  func pack(_ kernels: [Kernel]) async throws {
    try Files.makeFolder(parts)
    var unpacked = try await size(of: kernels.map { cache.path("kernels", $0.name) })
    // Parts and bundle are smaller than what they are made of.
    try cache.requireSpace(unpacked)
    try await step("the checkout") { try await packCheckout() }
    try await step("the programs") { try await packPrograms() }
    var packed: [BundleManifest.Kernel] = []
    for kernel in kernels {
      try await step("kernel \(kernel.name)") { packed.append(try await pack(kernel)) }
    }
    let bringsQEMU = try await pack(
      QEMUStore.entry, in: BundleManifest.qemuPart, "QEMU for guests with several CPUs")
    let bringsLibraries = try await pack(
      GuestLibraries.entry, in: BundleManifest.librariesPart, "the guests' libraries")
    var packages = 0
    if !wanted.packages.isEmpty {
      try await step("Debian packages") { packages = try await packPackages() }
    }
    unpacked += try await size(of: [parts])
    let manifest = BundleManifest(
      version: wanted.version, architecture: HostMachine.architecture(),
      system: try HostMachine.systemName(), made: Date.now.formatted(.iso8601),
      commit: await commit(),
      kernels: packed, packages: packages, qemu: bringsQEMU ? true : nil,
      libraries: bringsLibraries ? true : nil, unpacked: unpacked)
    try Files.write(json: manifest, to: "\(parts)/\(BundleManifest.name)")
    try await seal()
    if let key = wanted.signingKey { try await BundleSignature.sign(parts, with: key) }
    try await step("one file of all parts") { try await close() }
  }

  private func packCheckout() async throws {
    let root = preparation.repository.root
    let list = try await Tool("find").checked(
      [
        ".", "-type", "d", "(", "-name", ".git", "-o", "-name", ".build*", "-o", "-path", "./runs",
        "-o", "-path", "./.bundle", ")", "-prune", "-o", "(", "-type", "f", "-o", "-type", "l", ")",
        "-size", "-\(Self.longestMiB)M", "-print0",
      ], directory: root)
    try await Tool("tar").checked(
      [
        "--create", "--gzip", "--file", "\(parts)/\(BundleManifest.checkout)", "--owner=0",
        "--group=0", "--numeric-owner", "--no-recursion", "--null", "--files-from=-",
      ], directory: root, input: list.standardOutput)
    let script = "\(parts)/install"
    try Files.write(try Files.read("\(root)/vm/install-bundle"), to: script)
    try Files.makeExecutable(script)
  }

  /// The two programs, and those of their libraries that no package of Debian has: Swift's.
  private func packPrograms() async throws {
    let program = try Files.real("/proc/self/exe")
    let output = try await Tool("ldd").checked([program]).text
    let own = output.split(separator: "\n").compactMap { line in
      line.split(whereSeparator: \.isWhitespace).map(String.init).first { $0.hasPrefix("/") }
    }.filter { path in !["/lib/", "/lib64/", "/usr/lib/"].contains { path.hasPrefix($0) } }
    let staging = "\(folder)/program"
    try Files.makeFolder(staging)
    // The loader also looks next to the program ($ORIGIN in its run path).
    for path in [program, preparation.agent] + own {
      let copy = "\(staging)/\(Files.name(of: path))"
      // With the current time: the entry script considers a program older than a source stale, and
      // one whose source was only touched was not linked again.
      try await Tool("cp").checked(["--preserve=mode", try Files.real(path), copy])
    }
    try await Tool("tar").checked([
      "--create", "--gzip", "--file", "\(parts)/\(BundleManifest.program)", "--owner=0",
      "--group=0", "--numeric-owner", "--directory", staging, ".",
    ])
    try Files.remove(staging)
  }

  private func pack(_ kernel: Kernel) async throws -> BundleManifest.Kernel {
    let forge = preparation.forge(for: kernel)
    let inventory = try await forge.inventory(wanted.request.scenarios)
    let lacking = Set(inventory.missing)
    let objects = inventory.entries.filter { !lacking.contains($0) }
    try await cache.withLock("kernels/\(kernel.name)") {
      try await compress(
        ["--directory", cache.path("kernels", kernel.name), "."],
        to: BundleManifest.kernelPart(kernel.name))
    }
    try await compress(
      ["--directory", cache.root, "--null", "--files-from=-"],
      to: BundleManifest.objectsPart(kernel.name),
      input: objects.map { $0 + "\0" }.joined())
    let known = try preparation.kernels.known()
    return .init(
      name: kernel.name, release: kernel.release, objects: objects,
      local: preparation.kernels.store.isLocal(kernel.name) ? true : nil,
      rung: known.names.contains(kernel.name) ? nil : known.ladder?[kernel.name])
  }

  /// Packs an entry of the cache if it is there.
  private func pack(_ entry: String, in part: String, _ what: String) async throws -> Bool {
    guard Files.isFolder(cache.path(entry)) else { return false }
    try await step(what) {
      try await compress(["--directory", cache.path(entry), "."], to: part)
    }
    return true
  }

  private func compress(_ arguments: [String], to part: String, input: String = "") async throws {
    try await Tool("tar").checked(
      [
        "--create", "--use-compress-program", "zstd -q -3 -T0", "--file", "\(parts)/\(part)",
        "--owner=0", "--group=0", "--numeric-owner",
      ] + arguments, input: Array(input.utf8))
  }

  private func packPackages() async throws -> Int {
    let scratch = "\(folder)/apt"
    try await DebianPackages.fetch(
      wanted.packages, into: "\(parts)/packages", scratch: scratch)
    try Files.remove(scratch)
    return try Files.list("\(parts)/packages").count { $0.hasSuffix(".deb") }
  }

  /// The format of sha256sum(1), which the script in the bundle checks it with.
  private func seal() async throws {
    var names = try Files.list(parts).filter { !Files.isFolder("\(parts)/\($0)") }
    if Files.isFolder("\(parts)/packages") {
      names += try Files.list("\(parts)/packages").map { "packages/\($0)" }
    }
    let digests = try await Digest.of(files: names.map { "\(parts)/\($0)" })
    let lines = names.map { "\(digests["\(parts)/\($0)"] ?? "")  \($0)\n" }
    try Files.write(lines.joined(), to: "\(parts)/\(BundleManifest.sums)")
  }

  /// One archive, which is renamed into place when it is complete.
  private func close() async throws {
    let partial = "\(wanted.file).partial-\(getpid())"
    do {
      // The manifest first, so that half a bundle still says what it should be.
      let names =
        [BundleManifest.name]
        + (try Files.list(parts)).filter { $0 != BundleManifest.name }
      try await Tool("tar").checked(
        [
          "--create", "--file", partial, "--owner=0", "--group=0", "--numeric-owner", "--directory",
          folder,
        ] + names.map { "\(BundleManifest.folder)/\($0)" })
      try await Tool("sync").checked([partial])
      try Files.rename(partial, to: wanted.file)
    } catch {
      Self.discard(partial)
      guard let error = error as? ToolError else { throw error }
      throw HostError(spaceFailure: error, path: wanted.file) ?? error as any Error
    }
  }

  /// What made packing fail is the error to report, not what remains.
  private static func discard(_ path: String) {
    do { try Files.remove(path) } catch { return }
  }

  private func step(_ what: String, _ body: () async throws -> Void) async throws {
    try await preparation.emit.step("the bundle: \(what)", body)
  }

  private func size(of folders: [String]) async throws -> UInt64 {
    let output = try await Tool("du").checked(["-sb", "--"] + folders).text
    return output.split(separator: "\n").reduce(0) { sum, line in
      sum + (line.split(whereSeparator: \.isWhitespace).first.flatMap { UInt64($0) } ?? 0)
    }
  }

  /// Nil if the checkout is not a git repository, or git isn't installed.
  private func commit() async -> String? {
    do {
      let output = try await Tool("git").run(
        ["rev-parse", "HEAD"], directory: preparation.repository.root)
      guard output.status == 0 else { return nil }
      return output.text.trimmingCharacters(in: .whitespacesAndNewlines)
    } catch {
      return nil
    }
  }
}
