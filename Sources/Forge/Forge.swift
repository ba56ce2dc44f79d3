// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Host
public import Kernels
public import Logging
public import Scenarios
public import Verdicts

/// Makes what guests load: modules and programs from their C sources, for one kernel.
///
/// Results are kept by content: the twin's source, the headers it may include, the compiler, its
/// flags and the kernel. If none of these has changed, nothing is built.
public struct Forge: Sendable {
  public let kernel: Kernel
  /// The top of the repository, which has `bpf` and `lkm`.
  public let repository: String
  let cache: CacheDirectory
  let logger: Logger
  let bounds: Tool.Bounds?
  let libbpfHeaders: String

  /// Where libbpf-dev has its headers, below `bpf`.
  public static let libbpfHeaders = "/usr/include"

  /// - Parameters:
  ///   - bounds: the limits of a compiler of untrusted source. Waiting for another harness to compile
  ///     doesn't count.
  ///   - libbpfHeaders: a folder that has libbpf's headers below `bpf`.
  public init(
    kernel: Kernel, repository: String, cache: CacheDirectory, logger: Logger,
    bounds: Tool.Bounds? = nil, libbpfHeaders: String = Forge.libbpfHeaders
  ) {
    self.kernel = kernel
    self.repository = repository
    self.cache = cache
    self.logger = logger
    self.bounds = bounds
    self.libbpfHeaders = libbpfHeaders
  }

  /// The programs that a forge runs, in addition to clang and the gcc that the kernel was built
  /// with.
  public static let tools = ["make", "strip", "eu-addr2line"]

  /// The twins of the scenarios, built if they are not in the cache.
  ///
  /// - Parameter isWanted: which of the twins; the arm is nil for one that serves both.
  /// - Returns: for each scenario in turn its program and its module, and after each that is built
  ///   twice its armed variant. A twin that the compiler refuses is
  ///   ``ForgedTwin/Result/refused(_:)`` and does not keep the others from being built.
  /// - Throws: ``ForgeError`` (a source that is missing, a compiler that crashes), `ToolError`,
  ///   `HostError`; `CancellationError` if the task is cancelled.
  public func forge(
    _ scenarios: [Scenario],
    where isWanted: (_ scenario: String, Mechanism, _ armed: Bool?) -> Bool = { _, _, _ in true }
  ) async throws -> [ForgedTwin] {
    if scenarios.isEmpty { return [] }
    for (index, scenario) in scenarios.enumerated()
    where scenarios[..<index].contains(where: { $0.name == scenario.name }) {
      throw ForgeError(
        what: "the scenario \(scenario.name) exists twice", remedy: "name it once")
    }
    return try await make {
      try TwinSource.all(of: scenarios, in: $0).filter {
        isWanted($0.scenario, $0.mechanism, $0.armed)
      }
    }
  }

  /// One source of the repository, which need not belong to a scenario: `bpf/<name>.bpf.c` or
  /// `lkm/<name>.c`.
  ///
  /// - Parameter armed: the variant to build; nil if one object serves both.
  /// - Throws: as ``forge(_:)``.
  public func forge(
    _ name: String, _ mechanism: Mechanism, armed: Bool? = nil
  ) async throws -> ForgedTwin {
    try await make { _ in [TwinSource(scenario: name, mechanism: mechanism, armed: armed)] }[0]
  }

  /// Where the twins of the scenarios are kept, below the cache's root, and which of them are still
  /// missing. Builds nothing.
  ///
  /// - Throws: as ``forge(_:)``.
  public func inventory(
    _ scenarios: [Scenario]
  ) async throws -> (entries: [String], missing: [String]) {
    if scenarios.isEmpty { return ([], []) }
    let order = try await order { try TwinSource.all(of: scenarios, in: $0) }
    let missing = try await order.workbench.missing(order.pairs, telling: false, refused: false)
    return (order.pairs.map(\.1), missing.map(\.1))
  }

  /// What to make, with what, and where it goes.
  private struct Order {
    var workbench: Workbench
    var sources: [TwinSource]
    var programs: [(TwinSource, String)]
    var modules: [(TwinSource, String)]
    var clang: Compiler
    /// Nil if no modules can be built for the kernel.
    var gcc: Compiler?
    var shared: SharedSources
    /// What this kernel can't have.
    var unavailable: [ForgedTwin]

    var pairs: [(TwinSource, String)] { programs + modules }
  }

  private func order(
    _ list: (_ repository: String) throws -> [TwinSource]
  ) async throws -> Order {
    let repository = try Files.real(repository)
    let shared = try SharedSources(repository: repository, libbpfHeaders: libbpfHeaders)
    let workbench = Workbench(
      kernel: kernel, repository: repository, cache: cache, logger: logger, bounds: bounds,
      libbpfHeaders: libbpfHeaders)
    let sources = try list(repository)
    let digests = try await Digest.of(
      files: (sources.map(\.path) + shared.all).map { absolute($0, in: repository) })
    func digest(_ path: String) -> String { digests[absolute(path, in: repository)] ?? "" }
    let unavailable = try unavailable(sources, in: repository)
    let possible = sources.filter { source in
      !unavailable.contains {
        $0.scenario == source.scenario && $0.mechanism == source.mechanism
      }
    }
    let clang = try await Compiler.forPrograms()
    let gcc = try await Compiler.forModules(of: kernel)
    var modules: [(TwinSource, String)] = []
    if let gcc {
      modules = try await ModuleForge(workbench: workbench, shared: shared.modules).entries(
        of: possible.filter { $0.mechanism == .lkm }, with: gcc, digest: digest)
    }
    return Order(
      workbench: workbench, sources: sources,
      programs: try await ProgramForge(workbench: workbench, shared: shared.programs).entries(
        of: possible.filter { $0.mechanism == .bpf }, with: clang, digest: digest),
      modules: modules, clang: clang, gcc: gcc, shared: shared, unavailable: unavailable)
  }

  private func make(
    _ list: (_ repository: String) throws -> [TwinSource]
  ) async throws -> [ForgedTwin] {
    do {
      let order = try await order(list)
      let workbench = order.workbench
      // Both mechanisms together, so that one process checks what the cache has.
      let missing = try await workbench.missing(order.pairs, telling: false)
      let programs = missing.filter { $0.0.mechanism == .bpf }
      let modules = missing.filter { $0.0.mechanism == .lkm }
      // Of the kernel, programs are made from `vmlinux.h` alone, which their forge checks.
      if !modules.isEmpty { try await kernel.requireWhole(in: cache) }
      if !programs.isEmpty {
        try await ProgramForge(workbench: workbench, shared: order.shared.programs)
          .forge(programs, with: order.clang)
      }
      if !modules.isEmpty, let gcc = order.gcc {
        try await ModuleForge(workbench: workbench, shared: order.shared.modules)
          .forge(modules, with: gcc)
      }
      let twins = try workbench.twins(order.pairs) + order.unavailable
      let names = order.sources.map(\.scenario).reduce(into: [String]()) {
        if $0.last != $1 { $0.append($1) }
      }
      return names.flatMap { name in twins.filter { $0.scenario == name } }
    } catch let error as ToolError {
      throw HostError(spaceFailure: error, path: cache.root) ?? error as any Error
    }
  }

  /// Those of the twins that this kernel can't have, each with the reason.
  private func unavailable(_ sources: [TwinSource], in repository: String) throws -> [ForgedTwin] {
    let lacks = kernel.lacks
    if lacks == KernelLacks() { return [] }
    return try sources.compactMap { source in
      let reason =
        switch source.mechanism {
        case .lkm: lacks.builtModules
        case .bpf:
          try lacks.programs ?? (source.includesTypes(in: repository) ? lacks.types : nil)
        }
      return reason.map {
        ForgedTwin(
          scenario: source.scenario, mechanism: source.mechanism, armed: source.armed,
          result: .unavailable($0))
      }
    }
  }

  private func absolute(_ path: String, in repository: String) -> String {
    path.hasPrefix("/") ? path : "\(repository)/\(path)"
  }
}

/// The source of one twin.
struct TwinSource: Sendable {
  var scenario: String
  var mechanism: Mechanism
  /// The name of the file, the object and the module: `null_map_value`.
  var object: String
  /// Relative to the repository.
  var path: String
  /// The variant that the object is built for; nil if one object serves both.
  var armed: Bool?

  init(scenario: String, mechanism: Mechanism, armed: Bool? = nil) {
    self.scenario = scenario
    self.mechanism = mechanism
    self.armed = armed
    object = String(scenario.map { $0 == "-" ? "_" : $0 })
    path = mechanism == .bpf ? "bpf/\(object).bpf.c" : "lkm/\(object).c"
  }

  /// The compiler's argument for the variant.
  var definition: String? { armed.map { "-DARMED=\($0 ? 1 : 0)" } }

  /// Whether it includes `vmlinux.h`, directly or through a header of the repository.
  func includesTypes(in repository: String) throws -> Bool {
    var open = [path]
    var done: Set<String> = []
    while let path = open.popLast() {
      guard done.insert(path).inserted, Files.exists("\(repository)/\(path)") else { continue }
      let included = ScenarioText.includes(of: try Files.text("\(repository)/\(path)"))
      if included.contains("vmlinux.h") { return true }
      open += included.map { "bpf/\($0)" }
    }
    return false
  }

  static func all(of scenarios: [Scenario], in repository: String) throws -> [TwinSource] {
    try scenarios.flatMap { scenario in
      let name = scenario.name
      guard name.utf8.allSatisfy({ $0 != UInt8(ascii: "/") && $0 != 0 }), !name.hasPrefix(".")
      else {
        throw ForgeError(
          what: "the scenario name \"\(name)\" can't be a file name",
          remedy: "use lower-case letters, digits and dashes")
      }
      return try [Mechanism.bpf, .lkm].flatMap { mechanism in
        let source = TwinSource(scenario: name, mechanism: mechanism)
        guard Files.exists("\(repository)/\(source.path)") else {
          throw ForgeError(
            what: "the scenario \(name) lacks its \(mechanism == .bpf ? "program" : "module"), "
              + source.path,
            remedy: "add that file, or remove the scenario")
        }
        guard scenario.twins[mechanism].built == .twice else { return [source] }
        return [false, true].map {
          TwinSource(scenario: name, mechanism: mechanism, armed: $0)
        }
      }
    }
  }
}

/// What more than one twin is made from.
struct SharedSources {
  /// What programs may include: relative paths for the repository's, absolute ones for libbpf's.
  var programs: [String]
  /// What modules may include, and `lkm/Kbuild`.
  var modules: [String]

  var all: [String] { programs + modules }

  init(repository: String, libbpfHeaders: String) throws {
    func headers(in folder: String, named prefix: String) throws -> [String] {
      try Files.list(folder).filter { $0.hasSuffix(".h") }.map { "\(prefix)/\($0)" }
    }
    let libbpf = "\(libbpfHeaders)/bpf"
    guard Files.isFolder(libbpf) else {
      throw ForgeError(
        what: "libbpf's headers are missing in \(libbpf)",
        remedy: "install them with: apt-get install libbpf-dev")
    }
    programs =
      try headers(in: "\(repository)/bpf", named: "bpf") + headers(in: libbpf, named: libbpf)
    modules = try headers(in: "\(repository)/lkm", named: "lkm") + ["lkm/Kbuild"]
    guard Files.exists("\(repository)/lkm/Kbuild") else {
      throw ForgeError(
        what: "\(repository)/lkm/Kbuild is missing", remedy: "restore it from the repository")
    }
  }
}

extension Forge {
  /// Looks for clang and asks for its version, so that the first ``forge(_:)`` of this process need not:
  /// it may be called while that is not possible yet. What is wrong shows there.
  public static func askCompiler() async { _ = try? await Compiler.forPrograms() }

  /// What compiles the twins, for the record: `clang` and `gcc`, each with its version text.
  public func compilers() async throws -> [String: String] {
    var compilers = ["clang": try await Compiler.forPrograms().version]
    compilers["gcc"] = try await Compiler.forModules(of: kernel)?.version
    return compilers
  }

  /// The lines of a twin's source for the frames of a call trace; see ``FrameResolver``.
  public func resolve(
    _ frames: [String], in fullModule: String, returnAddresses: Set<String> = []
  ) async throws -> [String: SourcePlace] {
    try await FrameResolver.resolve(frames, in: fullModule, returnAddresses: returnAddresses)
  }
}
