// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Host
import Kernels
import Logging
import Verdicts

/// What both forges work with, and where they put their results.
struct Workbench: Sendable {
  let kernel: Kernel
  /// Without symlinks, so that a compiler's paths begin with it.
  let repository: String
  let cache: CacheDirectory
  let logger: Logger
  /// A compiler's limits; nil if its sources are the laboratory's own.
  let bounds: Tool.Bounds?
  let libbpfHeaders: String

  /// The folder of a mechanism's objects, below the cache's root.
  func shelf(_ mechanism: Mechanism) -> String {
    "objects/\(kernel.name)/\(mechanism.rawValue)"
  }

  /// An object's folder: its name says what it was made from.
  func entry(_ source: TwinSource, digest: String, surroundings: String) -> String {
    let arm = source.armed.map { $0 ? "-armed" : "-disarmed" } ?? ""
    return "\(shelf(source.mechanism))/\(source.object)\(arm)-\(digest.prefix(16))"
      + "-\(surroundings.prefix(16))"
  }

  /// The entries that have yet to be made: they are not in the cache, are damaged, or hold a
  /// refusal. A refusal is never taken from the cache, because its cause, such as a damaged header
  /// or compiler, may be gone.
  ///
  /// - Parameters:
  ///   - telling: whether to warn of damage.
  ///   - refused: whether entries that hold a refusal count.
  func missing(
    _ pairs: [(TwinSource, String)], telling: Bool, refused: Bool = true
  ) async throws -> [(TwinSource, String)] {
    let there = pairs.filter { Files.isFolder(cache.found($1)) }
    let damages = try await Seal.damages(of: there.map { cache.found($1) })
    if telling {
      for (folder, damage) in damages.sorted(by: { $0.key < $1.key }) {
        logger.warning("building again what can't be used: \(folder): \(damage)")
      }
    }
    return try pairs.filter { source, entry in
      guard damages[cache.found(entry)] == nil, let twin = try stored(source, entry: entry) else {
        return true
      }
      if case .refused = twin.result { return refused }
      return false
    }
  }

  /// What is in the cache; nil if that entry has yet to be made.
  private func stored(_ source: TwinSource, entry: String) throws -> ForgedTwin? {
    let folder = cache.found(entry)
    guard Files.isFolder(folder) else { return nil }
    let refusal = "\(folder)/refused.json"
    if Files.exists(refusal) {
      do {
        let messages = try JSONDecoder().decode(
          [CompilerMessage].self, from: Data(try Files.read(refusal)))
        return twin(source, .refused(messages))
      } catch let error as DecodingError {
        logger.warning("compiling again what can't be read: \(refusal): \(error)")
        return nil
      }
    }
    let object = ForgedTwin.Object(
      object: "\(folder)/\(Self.loaded(source))", full: "\(folder)/\(Self.full(source))",
      sources: [source.path])
    guard Files.exists(object.object), Files.exists(object.full) else { return nil }
    return twin(source, .success(object))
  }

  /// The results for the twins, now that all of them were compiled.
  func twins(_ pairs: [(TwinSource, String)]) throws -> [ForgedTwin] {
    try pairs.map { source, entry in
      guard let twin = try stored(source, entry: entry) else {
        throw ForgeError(
          what: "\(cache.found(entry)) is gone while it is needed",
          remedy: "run again, and leave the cache alone during the run")
      }
      return twin
    }
  }

  /// The last step of making an entry: checks whether guests can use the objects, and seals them.
  func close(_ source: TwinSource, in staging: String) async throws {
    // An armed twin's fault may be exactly that it is for another kernel.
    if source.armed == true { return try await Seal.close(staging) }
    do {
      for name in Set([Self.loaded(source), Self.full(source)]) {
        try ObjectFile(path: "\(staging)/\(name)").requireFit(kernel)
      }
    } catch let error as ForgeError {
      throw ForgeError(
        what: "what was made of \(source.path) can't be used: \(error.what)",
        remedy: "see whether the kernel's headers in \(kernel.headersDirectory ?? "none") are whole"
      )
    }
    try await Seal.close(staging)
  }

  /// Records a refusal for the rest of this command, and for whoever asks what has been made.
  func refuse(_ source: TwinSource, entry: String, _ messages: [CompilerMessage]) async throws {
    try await cache.atomically(entry) { staging in
      try Files.write(Array(try JSONEncoder().encode(messages)), to: "\(staging)/refused.json")
      try await Seal.close(staging)
    }
  }

  private func twin(_ source: TwinSource, _ result: ForgedTwin.Result) -> ForgedTwin {
    ForgedTwin(
      scenario: source.scenario, mechanism: source.mechanism, armed: source.armed, result: result)
  }

  static func loaded(_ source: TwinSource) -> String {
    source.mechanism == .bpf ? "\(source.object).bpf.o" : "\(source.object).ko"
  }

  /// The name of the object with debug information; a program is loaded with it.
  static func full(_ source: TwinSource) -> String {
    source.mechanism == .bpf ? "\(source.object).bpf.o" : "\(source.object).full.ko"
  }
}
