// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
public import Kernels
import Logging
import Machine
import Record
import Scenarios

/// The kernels that guests run: lists, fetches, adds, builds and removes them.
public struct KernelShelf: Sendable {
  let repository: Repository
  let cache: CacheDirectory
  let logger: Logger
  let emit: EventSink

  var store: KernelStore { KernelStore(cache: cache, logger: logger) }

  /// The names of all kernels, including those added here.
  public func names() throws -> [String] { try known().names }

  /// The kernels of `vm/kernels.yaml` in its order, those that were added here, and those whose
  /// build is unfinished. Fetches nothing.
  public func list() async throws -> [KernelStatus] {
    var list: [KernelStatus] = []
    for entry in try known().all { list.append(try await status(of: entry)) }
    for build in try unfinishedBuilds() {
      let size = try await size(of: cache.path("builds", build.name))
      list.append(
        KernelStatus(
          name: build.name, isDefault: false, ownCompiler: false, mebibytes: size, suites: [],
          isLocal: false, lacks: [],
          problem: "its build is unfinished (\(size) MiB); continue with: \(build.command)"))
    }
    return list
  }

  private func status(of entry: KnownKernel) async throws -> KernelStatus {
    var kernel: Kernel?
    var problem: String?
    switch entry {
    case .packaged(let packaged): kernel = store.cached(packaged)
    case .local(let name):
      do {
        kernel = try store.local(name)
      } catch let error as KernelError {
        problem = "\(error)"
      }
    }
    return KernelStatus(
      name: entry.name, isDefault: entry.isDefault, release: kernel?.release,
      version: kernel?.packageVersion, compiler: try compiler(of: kernel),
      ownCompiler: kernel?.tools != nil,
      mebibytes: kernel == nil ? nil : try await size(of: cache.found("kernels/\(entry.name)")),
      suites: entry.suites, isLocal: entry.isLocal,
      lacks: kernel.map { KernelStatus.words($0.lacks) } ?? [], problem: problem)
  }

  /// Adds a kernel that is in no matrix to the cache.
  ///
  /// - Parameter replacing: whether a local kernel of that name may be replaced; everything that
  ///   was made for it is removed, too.
  /// - Returns: what it can be used for.
  /// - Throws: `KernelError`, which says what is wrong with which file and what to do; nothing new
  ///   remains then, and an existing kernel stays.
  public func add(_ parts: KernelParts, replacing: Bool) async throws -> KernelStatus {
    let packaged = try KernelMatrix.load(from: repository.kernelsFile)
    guard packaged[parts.name] == nil else {
      throw LabError(
        "\(parts.name) is a kernel of vm/kernels.yaml; choose another name for yours.")
    }
    let old = Files.exists(cache.path("kernels", parts.name))
    let kernel = try await emit.step("kernel \(parts.name)") {
      let kernel = try await store.add(
        parts, wanted: try GuestImage.moduleNames(in: repository.imageFile), replacing: replacing)
      if old {
        try await cache.withLock("kernels/\(parts.name)") { try removeMade(for: parts.name) }
      }
      return kernel
    }
    return try await status(of: .local(kernel.name))
  }

  /// Fetches kernels that are not in the cache.
  ///
  /// - Parameter names: `all` for those of the matrix. An added one is only checked.
  /// - Returns: why some could not be fetched, by name; the others are there.
  public func fetch(_ names: [String]) async throws -> [String: String] {
    var reasons: [String: String] = [:]
    for entry in try await select(names) {
      let began = ContinuousClock.now
      if store.cached(entry) == nil { emit(.preparing("kernel \(entry.name)")) }
      do {
        _ = try await store.kernel(entry)
        emit(
          .prepared("kernel \(entry.name)", seconds: (ContinuousClock.now - began).seconds))
      } catch {
        guard let failure = KernelFailure(error) else { throw error }
        reasons[entry.name] = failure.reason
      }
    }
    return reasons
  }

  /// Removes kernels from the cache, with everything that was made for them.
  ///
  /// - Parameter names: `all` for those of the matrix; the name of an unfinished build is accepted,
  ///   too.
  public func remove(_ names: [String]) async throws {
    let unfinished = try unfinishedBuilds().map(\.name)
    let kernels = names.filter { !unfinished.contains($0) }
    let chosen = kernels.isEmpty ? [] : try await select(kernels).map(\.name)
    for name in chosen + names.filter(unfinished.contains).withoutRepeats {
      try await cache.withLock("builds/\(name)") {
        logger.notice("waiting for another harness that builds kernel \(name)")
      } _: {
        try await KernelBuild.requireNobodyAtWork(on: name, in: cache)
        try await cache.withLock("kernels/\(name)") {
          // `builds`: for a kernel that was built here, what its modules are built with.
          for shelf in ["kernels", "downloads", "builds"] {
            try Files.remove(cache.path(shelf, name))
          }
          try removeMade(for: name)
        }
      }
    }
  }

  /// Kernels of `vm/builds.yaml` whose first build was begun and not finished, with the commands
  /// that continue it.
  private func unfinishedBuilds() throws -> [(name: String, command: String)] {
    let builds = try BuildList.load(from: repository.buildsFile)
    let names = try self.known().names
    return builds.kernelNames.compactMap { name in
      guard !names.contains(name), Files.isFolder(cache.path("builds", name)) else { return nil }
      return builds.command(for: name).map { (name, $0) }
    }
  }

  /// Removes the objects, images, templates and suites' modules that were made for a kernel.
  private func removeMade(for name: String) throws {
    try Files.remove(cache.path("objects", name))
    let others = try known().names.filter { $0.hasPrefix("\(name)-") }
    for shelf in ["images", "templates", "suites"] where Files.isFolder(cache.path(shelf)) {
      for entry in try Files.list(cache.path(shelf)) where entry.hasPrefix("\(name)-") {
        // What begins with `6.1-mine-` does not belong to the kernel 6.1.
        if others.contains(where: { entry.hasPrefix("\($0)-") }) { continue }
        try Files.remove(cache.path(shelf, entry))
      }
    }
  }

  private func compiler(of kernel: Kernel?) throws -> String? {
    guard let kernel, kernel.lacks.builtModules == nil, let kbuild = kernel.kbuild else {
      return nil
    }
    do {
      return Files.name(of: try kbuild.compiler())
    } catch is ToolError {
      return nil
    }
  }

  /// What a folder takes on disk, in MiB.
  func size(of folder: String) async throws -> Int {
    // Its exit status is 1 if a file disappeared, as during a running build.
    let output = try await Tool("du").run(["-sm", folder])
    guard let size = output.text.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) })
    else { throw LabError("du says of \(folder): \(output.errorText)") }
    return size
  }
}
