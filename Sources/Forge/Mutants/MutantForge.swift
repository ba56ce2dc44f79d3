// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Host
import Kernels
import Logging
public import Scenarios
public import Verdicts

/// A disarmed twin and the places for faults in it.
public struct MutantBase: Codable, Sendable {
  public var scenario: String
  public var mechanism: Mechanism
  public var places: [MutantPlace]
  /// Places that a macro spans, which are left out.
  public var spanned: Int
  /// Why there are none; nil if it could be read.
  public var obstacle: String?

  package init(
    scenario: String, mechanism: Mechanism, places: [MutantPlace], spanned: Int = 0,
    obstacle: String? = nil
  ) {
    (self.scenario, self.mechanism, self.places) = (scenario, mechanism, places)
    (self.spanned, self.obstacle) = (spanned, obstacle)
  }

  /// `null-map-value.bpf`.
  public var name: String { "\(scenario).\(mechanism.rawValue)" }
}

/// What the compiler makes of a base's mutants.
public struct MadeMutants: Codable, Sendable {
  /// The digests of objects, by the names of places; `base` for the twin itself.
  public var objects: [String: String] = [:]
  /// Places whose object has the same code as the base's.
  public var equivalent: [String] = []
  /// Places whose object has the same code as that of an earlier place, with its name.
  public var duplicates: [String: String] = [:]
  /// The compiler's first error, by the names of places.
  public var refused: [String: String] = [:]
  /// Why there are none; nil if there are.
  public var obstacle: String?
  /// The folder of the objects.
  public var folder = ""

  /// A mutant's object.
  public func path(_ place: String, _ mechanism: Mechanism) -> String {
    "\(folder)/\(place).\(mechanism == .bpf ? "bpf.o" : "ko")"
  }
}

/// Finds the places for faults in twins, and compiles mutants, each as it stands: the verifier sees other
/// code if a variable chooses among them.
struct MutantForge: Sendable {
  let kernel: Kernel
  let repository: String
  let cache: CacheDirectory
  let logger: Logger
  let libbpfHeaders: String

  /// What a compiler may take for one file.
  static let bounds = Tool.Bounds(seconds: 60, memoryMiB: 4096, fileMiB: 512)
  private static let recipe = "mutants 1"
  /// What else places and objects depend on.
  private static let (placing, making) = ("places 3", "objects 2")

  /// What a source's mutants depend on besides itself.
  func surroundings() async throws -> [Mechanism: String] {
    let shared = try SharedSources(repository: repository, libbpfHeaders: libbpfHeaders)
    let paths = shared.all.map { $0.hasPrefix("/") ? $0 : "\(repository)/\($0)" }
    let digests = try await Digest.of(files: paths).sorted { $0.key < $1.key }.map(\.value)
    let clang = try await Compiler.forPrograms()
    let gcc = try await Compiler.forModules(of: kernel)
    let common =
      [
        Self.recipe, clang.version, kernel.release, kernel.packageVersion,
        kernel.vmlinuxHeaderDigest ?? "no types",
        FaultOperator.all.map(\.code).joined(separator: " "),
      ] + digests
    return [
      .bpf: Digest.of(common.joined(separator: "\n")),
      .lkm: Digest.of((common + [gcc?.version ?? "none"]).joined(separator: "\n")),
    ]
  }

  func key(_ source: TwinSource, _ surroundings: String, _ more: String = "") throws -> String {
    let digest = Digest.of(file:)
    let text = try digest("\(repository)/\(source.path)")
    return String(
      Digest.of([text, surroundings, source.definition ?? "", more].joined(separator: "\n"))
        .prefix(16))
  }

  func entry(_ kind: String, _ source: TwinSource, _ key: String) -> String {
    "mutants/\(kernel.name)/\(kind)/\(source.object).\(source.mechanism.rawValue)-\(key)"
  }

  // MARK: Places

  func places(
    of source: TwinSource, _ surroundings: String, kit: String?
  ) async throws -> MutantBase {
    let entry = entry("places", source, try key(source, surroundings, Self.placing))
    let file = "\(cache.found(entry))/places.json"
    if Files.exists(file) {
      return try JSONDecoder().decode(MutantBase.self, from: Data(try Files.read(file)))
    }
    let text = CSource(try Files.read("\(repository)/\(source.path)"))
    var base = MutantBase(
      scenario: source.scenario, mechanism: source.mechanism, places: [])
    do {
      let workshop = try await MutantWorkshop(self, source, kit: kit)
      let functions = try await cache.temporarily(beside: "mutants/\(kernel.name)/tree") {
        try await workshop.functions(of: text, in: $0)
      }
      var finder = FaultFinder(text)
      finder.search(functions)
      (base.places, base.spanned) = (MutantPlace.all(finder.found, in: text), finder.spanned)
    } catch let error where MutantForge.isObstacle(error) {
      base.obstacle = Self.words(error)
      return base
    }
    try await cache.atomically(entry) { try Files.write(json: base, to: "\($0)/places.json") }
    return base
  }

  /// Whether an error keeps one base from having mutants, and no other.
  static func isObstacle(_ error: any Error) -> Bool {
    error is ForgeError || error is ToolError || error is DecodingError
  }

  static func words(_ error: any Error) -> String {
    (error as? ForgeError)?.what ?? "\(error)"
  }

  // MARK: Objects

  func make(
    _ places: [MutantPlace], of source: TwinSource, _ surroundings: String, kit: String?
  ) async throws -> MadeMutants {
    let chosen = places.map(\.name).joined(separator: " ")
    let entry = entry("objects", source, try key(source, surroundings, "\(Self.making) \(chosen)"))
    let found = cache.found(entry)
    if Files.exists("\(found)/made.json") {
      return try read(found)
    }
    let bytes = try Files.read("\(repository)/\(source.path)")
    let folder = try await cache.atomically(entry) { staging in
      try await cache.temporarily(beside: "mutants/\(kernel.name)/work") { work in
        let workshop = try await MutantWorkshop(self, source, kit: kit)
        let made = try await workshop.make(
          places, of: CSource(bytes), in: work, objects: staging)
        try Files.write(json: made, to: "\(staging)/made.json")
      }
    }
    return try read(folder)
  }

  private func read(_ folder: String) throws -> MadeMutants {
    var made = try JSONDecoder().decode(
      MadeMutants.self, from: Data(try Files.read("\(folder)/made.json")))
    made.folder = folder
    return made
  }
}

extension Forge {
  private func mutantForge() throws -> MutantForge {
    MutantForge(
      kernel: kernel, repository: try Files.real(repository), cache: cache, logger: logger,
      libbpfHeaders: libbpfHeaders)
  }

  /// The disarmed twins of the scenarios, and all places in them that an operator fits.
  ///
  /// - Throws: ``ForgeError``, `ToolError`, `HostError`, `CancellationError`.
  public func mutantBases(
    _ scenarios: [Scenario], where isWanted: (String) -> Bool = { _ in true }
  ) async throws -> [MutantBase] {
    let forge = try mutantForge()
    let (sources, kits, surroundings) = try await mutantSources(forge, scenarios, isWanted)
    return try await Self.each(sources) { source in
      try await forge.places(
        of: source, surroundings[source.mechanism] ?? "", kit: kits[source.object])
    }
  }

  /// Compiles chosen mutants of some bases.
  ///
  /// - Returns: for each base in turn what was made.
  /// - Throws: as ``mutantBases(_:where:)``.
  public func mutants(
    _ bases: [MutantBase], of scenarios: [Scenario]
  ) async throws -> [MadeMutants] {
    let forge = try mutantForge()
    let names = Set(bases.map(\.name))
    let (sources, kits, surroundings) = try await mutantSources(
      forge, scenarios, names.contains)
    let order = Dictionary(uniqueKeysWithValues: bases.map { ($0.name, $0) })
    let made = try await Self.each(sources) { source -> (String, MadeMutants) in
      let name = "\(source.scenario).\(source.mechanism.rawValue)"
      guard let base = order[name], base.obstacle == nil else { return (name, MadeMutants()) }
      do {
        return (
          name,
          try await forge.make(
            base.places, of: source, surroundings[source.mechanism] ?? "",
            kit: kits[source.object])
        )
      } catch let error where MutantForge.isObstacle(error) {
        var made = MadeMutants()
        made.obstacle = MutantForge.words(error)
        return (name, made)
      }
    }
    let all = Dictionary(uniqueKeysWithValues: made)
    return bases.map { all[$0.name] ?? MadeMutants() }
  }

  private func mutantSources(
    _ forge: MutantForge, _ scenarios: [Scenario], _ isWanted: (String) -> Bool
  ) async throws -> (sources: [TwinSource], kits: [String: String], [Mechanism: String]) {
    let sources = try TwinSource.all(of: scenarios, in: forge.repository).filter {
      $0.armed != true && isWanted("\($0.scenario).\($0.mechanism.rawValue)")
    }
    let surroundings = try await forge.surroundings()
    let modules = sources.filter { $0.mechanism == .lkm }
    var entries: [String: String] = [:]
    for source in modules {
      entries[source.object] = forge.entry(
        "kits", source, try forge.key(source, surroundings[.lkm] ?? ""))
    }
    let kits = try await forge.kits(modules, entries)
    return (sources, kits, surroundings)
  }

  /// As many compilers at a time as gain anything on small machines.
  private static func each<Result: Sendable>(
    _ sources: [TwinSource], _ body: @escaping @Sendable (TwinSource) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results: [Int: Result] = [:]
      for (index, source) in sources.enumerated() {
        if index >= 2, let (done, result) = try await group.next() { results[done] = result }
        group.addTask { (index, try await body(source)) }
      }
      for try await (done, result) in group { results[done] = result }
      return sources.indices.compactMap { results[$0] }
    }
  }
}
