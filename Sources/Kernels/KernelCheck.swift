// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Host
import Synchronization

/// Which of a kernel's files in the cache to compare with their seal. What isn't checked at once has to
/// be before it is read: see ``Kernel/requireWhole(in:)``.
public enum KernelCheck: Sendable {
  /// Image, modules, headers, compiler: 14,000 files.
  case all
  /// What is read even if all objects, images and templates are there: the configuration, the lists
  /// of modules, and the image, which a guest boots that can't be restored.
  case lists

  /// Those that were found whole in this process, by their folders.
  private static let whole = Mutex<Set<String>>([])

  static func isKnownWhole(_ folder: String) -> Bool { whole.withLock { $0.contains(folder) } }

  /// What is damaged; nil if nothing is.
  func damage(of kernel: Kernel, in folder: String) async throws -> String? {
    switch self {
    case .all:
      let damage = try await TreeSeal.damage(of: folder)
      Self.whole.withLock { whole in
        if damage == nil { whole.insert(folder) } else { whole.remove(folder) }
      }
      return damage
    case .lists:
      let files = [kernel.config, kernel.systemMap, kernel.image].compactMap(\.self)
      let lists = kernel.modulesDirectory + "/modules."
      return try await TreeSeal.damage(of: folder) { path in
        let path = "\(folder)/\(path)"
        return files.contains(path) || path.hasPrefix(lists)
      }
    }
  }
}

extension Kernel {
  /// Throws if any of the kernel's files was damaged. Called before something is made from them; once they
  /// were found whole, this process doesn't look again.
  ///
  /// - Throws: ``KernelError``, with ``KernelError/isDamage`` if it can be fetched again; `HostError`,
  ///   `CancellationError`.
  public func requireWhole(in cache: CacheDirectory) async throws {
    let folder = cache.found("kernels/\(name)")
    if !KernelCheck.isKnownWhole(folder) { try await check(folder) }
  }

  /// The same, looking again in any case.
  func check(_ folder: String) async throws {
    // Those that an older version added have no seal.
    guard TreeSeal.exists(in: folder),
      let damage = try await KernelCheck.all.damage(of: self, in: folder)
    else { return }
    throw damaged("kernel \(name)", since: "it", ": in \(folder) \(damage)")
  }
}
