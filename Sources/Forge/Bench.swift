import FoundationEssentials
import Host
import Kernels
import Logging
import Verdicts

/// What both forges work with, and where they put what they made.
struct Bench: Sendable {
  let kernel: Kernel
  /// Without links, so that a compiler's paths begin with it.
  let repository: String
  let cache: CacheDirectory
  let logger: Logger

  /// The folder of a mechanism's objects, below the cache's root.
  func shelf(_ mechanism: Mechanism) -> String {
    "objects/\(kernel.name)/\(mechanism.rawValue)"
  }

  /// An object's folder: its name says what it was made from.
  func entry(_ source: TwinSource, digest: String, surroundings: String) -> String {
    "\(shelf(source.mechanism))/\(source.object)-\(digest.prefix(16))-\(surroundings.prefix(16))"
  }

  /// What is in the cache, nil where that entry has yet to be made.
  func stored(_ source: TwinSource, entry: String) throws -> ForgedTwin? {
    let folder = cache.path(entry)
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
    do {
      // What was damaged in the cache, or is of another kernel, would be refused in the guest.
      for path in [object.object, object.full] {
        try ObjectFile(path: path).requireFit(kernel)
      }
    } catch let error as ForgeError {
      logger.warning("building again what can't be used: \(error)")
      return nil
    }
    return twin(source, .success(object))
  }

  /// Keeps a refusal, as the same source will be refused again.
  func refuse(_ source: TwinSource, entry: String, _ messages: [CompilerMessage]) async throws {
    try await cache.atomically(entry) { staging in
      try Files.write(Array(try JSONEncoder().encode(messages)), to: "\(staging)/refused.json")
    }
  }

  private func twin(_ source: TwinSource, _ result: ForgedTwin.Result) -> ForgedTwin {
    ForgedTwin(scenario: source.scenario, mechanism: source.mechanism, result: result)
  }

  static func loaded(_ source: TwinSource) -> String {
    source.mechanism == .bpf ? "\(source.object).bpf.o" : "\(source.object).ko"
  }

  /// The name of the object with debug information; a program is loaded with it.
  static func full(_ source: TwinSource) -> String {
    source.mechanism == .bpf ? "\(source.object).bpf.o" : "\(source.object).full.ko"
  }
}
