// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Logging

/// A kernel that can be asked for by its name.
public enum KnownKernel: Sendable, Equatable {
  /// One of `vm/kernels.yaml`, which is fetched when it is needed.
  case packaged(KernelEntry)
  /// A kernel that was added here, by its name. It is in the cache or nowhere.
  case local(String)

  public var name: String {
    switch self {
    case .packaged(let entry): entry.name
    case .local(let name): name
    }
  }

  public var isDefault: Bool {
    if case .packaged(let entry) = self { entry.isDefault } else { false }
  }

  /// The suites that it comes from; empty for a local one.
  public var suites: [String] {
    if case .packaged(let entry) = self { entry.suites.map(\.name) } else { [] }
  }

  public var isLocal: Bool {
    if case .local = self { true } else { false }
  }
}

/// All available kernels: those of the matrix, followed by those that were added here, and the ladder's.
/// This is the only place that knows of all of them.
public struct KernelList: Sendable {
  public var packaged: [KnownKernel]
  public var local: [KnownKernel]
  /// Every release that Debian had when it was last asked; nil if it never was.
  public var ladder: Ladder?
  let matrix: KernelMatrix

  public var all: [KnownKernel] { packaged + local }
  public var names: [String] { all.map(\.name) }
  public var defaultKernel: KnownKernel { packaged.first { $0.isDefault } ?? packaged[0] }

  public subscript(name: String) -> KnownKernel? {
    all.first { $0.name == name } ?? ladder?[name].map(kernel)
  }

  /// A release as a kernel like those of the matrix.
  public func kernel(_ rung: Ladder.Rung) -> KnownKernel {
    .packaged(KernelEntry(rung, in: matrix))
  }

  /// - Parameters:
  ///   - path: `vm/kernels.yaml`.
  ///   - store: the cache that local kernels are in.
  /// - Throws: as `KernelMatrix.load(from:)`; `HostError` if the cache can't be read.
  public static func load(matrix path: String, store: KernelStore) throws -> KernelList {
    let matrix = try KernelMatrix.load(from: path)
    // A name that the matrix has means the matrix's.
    let local = try store.localNames().filter { matrix[$0] == nil }
    return KernelList(
      packaged: matrix.entries.map(KnownKernel.packaged), local: local.map(KnownKernel.local),
      ladder: matrix.ladder.flatMap(store.ladder), matrix: matrix)
  }
}

extension KernelStore {
  /// The kernel, if it is here and complete; starts no process and fetches nothing.
  public func cached(_ kernel: KnownKernel) -> Kernel? {
    switch kernel {
    case .packaged(let entry): return cached(entry)
    case .local(let name):
      do {
        return try local(name)
      } catch {
        logger.warning("\(error)")
        return nil
      }
    }
  }

  /// The kernel, fetched first if that is possible and needed.
  ///
  /// - Parameter extent: which of its files are checked for damage before it is used.
  /// - Throws: as ``kernel(_:checking:)-(KernelEntry,_)`` and ``local(_:)``.
  public func kernel(
    _ kernel: KnownKernel, checking extent: KernelCheck = .all
  ) async throws -> Kernel {
    switch kernel {
    case .packaged(let entry): return try await self.kernel(entry, checking: extent)
    case .local(let name):
      let kernel = try local(name)
      // It has no headers in the cache, so all of it is little.
      try await kernel.check(cache.found("kernels/\(name)"))
      return kernel
    }
  }
}
