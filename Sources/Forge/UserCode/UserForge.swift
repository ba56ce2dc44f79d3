// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Host
public import Kernels
public import Logging

/// Compiles a user's own programs and modules where they lie, as the user would, and confined: see
/// ``CompilerSandbox``. Nothing is kept.
public struct UserForge: Sendable {
  let kernel: Kernel
  /// The repository's headers can be included, after the user's.
  let repository: String
  /// Keeps nothing of the user's.
  let cache: CacheDirectory
  let logger: Logger
  let bounds: Tool.Bounds
  let libbpfHeaders: String
  public let options: CompilerOptions
  let sandbox: CompilerSandbox

  /// - Parameters:
  ///   - bounds: the limits of a compiler.
  ///   - libbpfHeaders: a folder that has libbpf's headers below `bpf`.
  /// - Throws: `ToolError` if bubblewrap is missing.
  public init(
    kernel: Kernel, repository: String, cache: CacheDirectory, options: CompilerOptions,
    logger: Logger, bounds: Tool.Bounds, libbpfHeaders: String
  ) async throws {
    self.kernel = kernel
    self.repository = try Files.real(repository)
    self.cache = cache
    self.options = options
    self.logger = logger
    self.bounds = bounds
    self.libbpfHeaders = libbpfHeaders
    sandbox = try await CompilerSandbox()
  }

  /// Why compilers are not confined; nil if they are.
  public var obstacle: String? { sandbox.obstacle }

  /// The user's folders of headers, and those of the kernel and the repository.
  func readable() throws -> [String] {
    var paths = try options.includes.map { folder in
      guard Files.isFolder(folder) else {
        throw ForgeError(what: "-I \(folder): there is no such folder", remedy: "name one")
      }
      return try Files.real(folder)
    }
    let own = kernel.vmlinuxHeader.map { Files.parent(of: Files.parent(of: $0)) }
    let kernels = [own, kernel.headersDirectory, kernel.commonHeaders, kernel.tools]
    paths += kernels.compactMap(\.self).filter(Files.exists)
    return paths + [libbpfHeaders, "\(repository)/bpf", "\(repository)/lkm"]
  }

  /// The inputs by the names that a compiler and an object may give them.
  ///
  /// - Parameter inputs: as the compiler spelled them: relative to the working directory, or absolute.
  static func names(of inputs: [String], in directory: String) throws -> [String: String] {
    var names: [String: String] = [:]
    for input in inputs {
      let absolute = input.hasPrefix("/") ? input : "\(directory)/\(input)"
      names[absolute] = input
      names[try Files.real(absolute)] = input
    }
    return names
  }
}
