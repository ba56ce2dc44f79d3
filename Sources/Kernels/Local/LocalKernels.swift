// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Host
import Logging

/// `local.json`, the last file that is written into the folder of a kernel that was added here.
struct LocalRecord: Codable {
  static let currentSchema = 1

  var schema = currentSchema
  var release: String
  /// Who built it and when, as the kernel prints it.
  var build: String
  /// A digest of its content.
  var version = ""
  /// The command that adds it again.
  var addedBy: String
  /// Relative to the record's folder, like all paths here that aren't absolute.
  var image: String
  var imageDigest = ""
  var modulesDirectory: String
  var vmlinuxHeader: String?
  var vmlinuxHeaderDigest: String?
  var config: String?
  var systemMap: String?
  var headers: Headers?
  /// Absolute.
  var tools: String?
  var parameters: [String]
  var lacks = KernelLacks()

  struct Headers: Codable {
    /// Absolute, both.
    var source: String
    var output: String
    /// Of the output tree (``HeaderTree/stamp(of:)``), when the kernel was added.
    var stamp: String
  }

  init(
    _ parts: KernelParts, release: String, build: String, image: String, modulesDirectory: String
  ) {
    self.release = release
    self.build = build
    self.image = image
    self.modulesDirectory = modulesDirectory
    addedBy = parts.addedBy
    tools = parts.tools
    parameters = parts.parameters
  }
}

extension Kernel {
  /// The local kernel that the record in its folder describes, with what it lacks by now.
  init(_ record: LocalRecord, named name: String, in folder: String) throws(HostError) {
    func path(_ relative: String) -> String { "\(folder)/\(relative)" }
    self.init(
      name: name, release: record.release, packageVersion: record.version,
      image: path(record.image), modulesDirectory: path(record.modulesDirectory),
      modulesRoot: path("modules"), headersDirectory: record.headers?.output,
      commonHeaders: record.headers?.source,
      vmlinuxHeader: record.vmlinuxHeader.map(path),
      vmlinuxHeaderDigest: record.vmlinuxHeaderDigest, config: record.config.map(path),
      systemMap: record.systemMap.map(path), imageDigest: record.imageDigest, tools: record.tools)
    parameters = record.parameters
    lacks = record.lacks
    addedBy = record.addedBy
    guard let headers = record.headers, lacks.headers == nil else { return }
    if let gone = missingOfHeaders.first {
      lacks.headers = "what kernel \(name)'s modules are built with is gone: \(gone)"
    } else if try HeaderTree.stamp(of: headers.output) != headers.stamp {
      lacks.headers =
        "\(headers.output) was built anew since kernel \(name) was added; "
        + "add it again with: \(record.addedBy)"
    }
    if lacks.headers != nil { (headersDirectory, commonHeaders) = (nil, nil) }
  }
}

extension KernelStore {
  private func folder(_ name: String) -> String { cache.found("kernels/\(name)") }
  private func record(_ name: String) -> String { "\(folder(name))/local.json" }

  /// Whether a kernel of this name was added here.
  public func isLocal(_ name: String) -> Bool { Files.exists(record(name)) }

  /// The names of the kernels that were added here, sorted.
  public func localNames() throws -> [String] {
    let shelves = [cache.root, cache.shared].compactMap { $0.map { $0 + "/kernels" } }
    let names = try Set(shelves.filter(Files.isFolder).flatMap { try Files.list($0) })
    return names.filter { !$0.hasPrefix(".") && isLocal($0) }.sorted()
  }

  /// A kernel that was added here.
  ///
  /// - Throws: ``KernelError`` if its record or one of its files is missing or damaged.
  public func local(_ name: String) throws -> Kernel {
    let path = record(name)
    do {
      let record = try JSONDecoder().decode(LocalRecord.self, from: Data(try Files.read(path)))
      guard record.schema == LocalRecord.currentSchema else {
        throw KernelError(
          what: "kernel \(name) was added by another version of Panic Room",
          remedy: "add it again with: \(record.addedBy)")
      }
      let kernel = try Kernel(record, named: name, in: folder(name))
      guard let gone = kernel.missing.first(where: { $0.hasPrefix(folder(name)) }) else {
        return kernel
      }
      throw KernelError(
        what: "a file of kernel \(name) is gone from the cache: \(gone)",
        remedy: "add it again with: \(record.addedBy)")
    } catch let error as DecodingError {
      throw KernelError(
        what: "the record of kernel \(name) can't be read: \(path): \(error)",
        remedy: "remove it with: panicroom kernel remove \(name)")
    }
  }

  /// Adds a kernel that is in no matrix to the cache, completely or not at all.
  ///
  /// - Parameters:
  ///   - parts: the places of its files.
  ///   - wanted: the modules that guests may need, including those of the laboratory's transport.
  ///   - replacing: whether a local kernel of that name may be replaced.
  /// - Returns: the kernel; its ``Kernel/lacks`` say what it can't be used for.
  /// - Throws: ``KernelError`` if a file is not what it should be, or the guests could not
  ///   communicate; `HostError`, `ToolError`.
  public func add(
    _ parts: KernelParts, wanted: [String], replacing: Bool
  ) async throws -> Kernel {
    try parts.checkName()
    try Tool.require(["bpftool", "depmod", "strip", "make", "find", "sync"])
    let place = "kernels/\(parts.name)"
    return try await cache.withLock(place) {
      logger.notice("waiting for another harness that uses kernel \(parts.name)")
    } _: {
      if !replacing, isLocal(parts.name) {
        throw KernelError(
          what: "there already is a kernel \(parts.name)",
          remedy: "use --replace to replace it, or choose another name")
      }
      // An image packed and unpacked, vmlinux.h, modules.
      try cache.requireSpace(200 << 20)
      do {
        try await cache.atomically(place) { try await fill($0, with: parts, wanted) }
      } catch let error as ToolError {
        throw HostError(spaceFailure: error, path: cache.root) ?? error as any Error
      }
      return try local(parts.name)
    }
  }

  private func fill(_ folder: String, with parts: KernelParts, _ wanted: [String]) async throws {
    let assembly = LocalAssembly(parts: parts, wanted: wanted, folder: folder)
    let record = try await assembly.assemble()
    try await TreeSeal.close(folder)
    try await Tool("sync").checked(["--file-system", folder])
    try Files.write(json: record, to: "\(folder)/local.json")
  }
}
