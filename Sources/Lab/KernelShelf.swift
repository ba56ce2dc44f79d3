import Foundation
import Host
import Kernels
import Machine
import Record

/// A kernel of the matrix, and what of it is here.
public struct KernelStatus: Codable, Sendable, Equatable {
  public var name: String
  public var isDefault: Bool
  /// Nil where it isn't fetched.
  public var release: String?
  public var version: String?
  /// The compiler of its modules: this machine's, or one that came with it.
  public var compiler: String?
  public var ownCompiler: Bool
  /// On disk, in MiB, templates and objects left out; nil where it isn't fetched.
  public var mebibytes: Int?
  /// The suites that it comes from.
  public var suites: [String]

  enum CodingKeys: String, CodingKey {
    case name, release, version, compiler, mebibytes, suites
    case isDefault = "default"
    case ownCompiler = "own_compiler"
  }
}

extension Laboratory {
  /// The kernels of `vm/kernels.yaml`, in its order. Fetches nothing.
  public func kernels() async throws -> [KernelStatus] {
    let store = KernelStore(cache: cache, logger: logger)
    var list: [KernelStatus] = []
    for entry in try KernelMatrix.load(from: repository.kernelsFile).entries {
      let kernel = store.cached(entry)
      list.append(
        KernelStatus(
          name: entry.name, isDefault: entry.isDefault, release: kernel?.release,
          version: kernel?.packageVersion, compiler: try compiler(of: kernel),
          ownCompiler: kernel?.tools != nil, mebibytes: try await size(of: kernel, entry.name),
          suites: entry.suites.map(\.name)))
    }
    return list
  }

  /// Fetches kernels where the cache doesn't have them.
  ///
  /// - Parameter names: of the matrix; `all` for all.
  /// - Returns: why some could not be had, by name; the others are there.
  public func fetchKernels(_ names: [String]) async throws -> [String: String] {
    let store = KernelStore(cache: cache, logger: logger)
    var reasons: [String: String] = [:]
    for entry in try select(names, from: try KernelMatrix.load(from: repository.kernelsFile)) {
      let began = ContinuousClock.now
      if store.cached(entry) == nil { emit(.preparing("kernel \(entry.name)")) }
      do {
        _ = try await store.kernel(entry)
        emit(
          .prepared("kernel \(entry.name)", seconds: (ContinuousClock.now - began).seconds))
      } catch let error as KernelError {
        reasons[entry.name] = "\(error)"
      }
    }
    return reasons
  }

  /// Takes kernels out of the cache, with all that was made for them.
  public func removeKernels(_ names: [String]) async throws {
    for entry in try select(names, from: try KernelMatrix.load(from: repository.kernelsFile)) {
      try await cache.withLock("kernels/\(entry.name)") {
        for folder in ["kernels", "objects"] { try Files.remove(cache.path(folder, entry.name)) }
        for shelf in ["images", "templates"] where Files.isFolder(cache.path(shelf)) {
          for name in try Files.list(cache.path(shelf)) where name.hasPrefix("\(entry.name)-") {
            try Files.remove(cache.path(shelf, name))
          }
        }
      }
    }
  }

  private func compiler(of kernel: Kernel?) throws -> String? {
    guard let kernel else { return nil }
    do {
      return Files.name(of: try kernel.kbuild.compiler())
    } catch is ToolError {
      return nil
    }
  }

  private func size(of kernel: Kernel?, _ name: String) async throws -> Int? {
    guard kernel != nil else { return nil }
    let output = try await Tool("du").checked(["-sm", cache.path("kernels", name)]).text
    return output.split(whereSeparator: \.isWhitespace).first.flatMap { Int($0) }
  }
}
