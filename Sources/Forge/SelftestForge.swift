// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import Host
public import Kernels
public import Logging
import Verdicts

/// Compiles the verifier's self-tests of a kernel's source tree, as its own Makefile does
/// (tools/testing/selftests/bpf/Makefile), but only against headers in the tree.
public struct SelftestForge: Sendable {
  let kernel: Kernel
  /// The tree's top, without links.
  let tree: String
  let cache: CacheDirectory
  let logger: Logger
  let compiler: Compiler
  /// The folder of `vmlinux.h`.
  private let types: String

  private static let folder = "tools/testing/selftests/bpf"
  /// The oldest clang that the programs ask for (`__clang_major__ >= 18` in many of them).
  public static let oldestCompiler = 18
  /// Debian's come before others on the `PATH`, such as the Swift toolchain's.
  private static let names =
    (oldestCompiler...24).reversed().map { "/usr/bin/clang-\($0)" } + ["/usr/bin/clang"]
    + (oldestCompiler...24).reversed().map { "clang-\($0)" } + ["clang"]

  /// - Throws: ``ForgeError`` if there is no suitable compiler.
  public init(
    kernel: Kernel, tree: String, cache: CacheDirectory, logger: Logger
  ) async throws {
    guard let header = kernel.vmlinuxHeader else {
      throw ForgeError(
        what: "the verifier's self-tests can't be compiled for kernel \(kernel.name), which has no"
          + " BTF to make vmlinux.h of", remedy: "name another one by --kernel")
    }
    self.kernel = kernel
    self.tree = tree
    self.cache = cache
    self.logger = logger
    types = Files.parent(of: header)
    compiler = try await Compiler.forSelftests(Self.names, oldest: Self.oldestCompiler)
  }

  /// The first line of the compiler's version text.
  public var compilerVersion: String { compiler.version }

  /// - Parameter sources: relative to the folder of the BPF self-tests: `progs/verifier_and.c`.
  /// - Returns: the result for each, in their order.
  /// - Throws: ``ForgeError``, `ToolError`, `HostError`, `CancellationError`.
  public func forge(_ sources: [String]) async throws -> [ForgedTwin] {
    try await kernel.requireHeader()
    let headers = try headers()
    let paths = sources.map { "\(tree)/\(Self.folder)/\($0)" }
    let digests = try await Digest.of(files: paths + headers)
    let surroundings = Digest.of(
      (["recipe 1", compiler.version, kernel.vmlinuxHeaderDigest ?? ""]
        + headers.map { "\($0.dropFirst(tree.count)) \(digests[$0] ?? "")" })
        .joined(separator: "\n"))
    let shelf = "selftests/\(kernel.name)"
    let entries = zip(sources, paths).map { source, path in
      "\(shelf)/\(Self.name(source))-\((digests[path] ?? "").prefix(16))-\(surroundings.prefix(16))"
    }
    return try await cache.withLock(shelf) {
      logger.notice("waiting for another harness that compiles self-tests")
    } _: {
      let damages = try await Seal.damages(of: entries.map { cache.path($0) })
      // No refusal is taken from the cache.
      let missing = Set(
        entries.filter {
          damages[cache.path($0)] != nil || Files.exists("\(cache.path($0))/refused.json")
        })
      if !missing.isEmpty {
        try await kernel.requireWhole(in: cache)
        try await cache.temporarily(beside: "selftests/headers") { include in
          try await makeHelperHeaders(in: include)
          try await compile(
            zip(sources, entries).filter { missing.contains($0.1) }, include: include)
        }
      }
      return try zip(sources, entries).map { try made($0, entry: $1) }
    }
  }

  /// `verifier_and` of `progs/verifier_and.c`.
  public static func name(_ source: String) -> String {
    String(Files.name(of: source).dropLast(2))
  }

  /// The headers that a program may include, without the kernel's own `vmlinux.h`.
  private func headers() throws -> [String] {
    let folders = [
      Self.folder, "\(Self.folder)/progs", "tools/lib/bpf", "tools/include/linux",
      "tools/include/uapi/linux",
    ]
    var headers: [String] = ["\(tree)/scripts/bpf_doc.py"]
    for folder in folders where Files.isFolder("\(tree)/\(folder)") {
      headers += try Files.list("\(tree)/\(folder)").filter { $0.hasSuffix(".h") }.sorted()
        .map { "\(tree)/\(folder)/\($0)" }
    }
    return headers
  }

  /// `bpf/bpf_helpers.h` and its neighbours, where libbpf would be installed, with the declarations
  /// of the helpers that the tree's own script generates.
  private func makeHelperHeaders(in include: String) async throws {
    try Files.makeFolder("\(include)/bpf")
    for name in try Files.list("\(tree)/tools/lib/bpf") where name.hasSuffix(".h") {
      try Files.write(
        try Files.read("\(tree)/tools/lib/bpf/\(name)"), to: "\(include)/bpf/\(name)")
    }
    try await Tool("python3").checked(
      [
        "\(tree)/scripts/bpf_doc.py", "--header", "--file",
        "\(tree)/tools/include/uapi/linux/bpf.h",
      ], outputFile: "\(include)/bpf/bpf_helper_defs.h")
  }

  private func compile(_ pairs: [(String, String)], include: String) async throws {
    logger.info("compiling \(pairs.count) files of self-tests with \(compiler.version)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, (source, entry)) in pairs.enumerated() {
        if index >= 2 { try await group.next() }
        group.addTask { try await compile(source, entry: entry, include: include) }
      }
      try await group.waitForAll()
    }
  }

  private func compile(_ source: String, entry: String, include: String) async throws {
    try await cache.atomically(entry) { staging in
      let object = "\(staging)/\(Self.name(source)).bpf.o"
      let output = try await Tool(compiler.path).run(
        arguments(source, include: include, output: object), directory: "\(tree)/\(Self.folder)")
      guard output.status != 0 else { return try await Seal.close(staging) }
      try Files.remove(object)
      let refused = try CompilerOutput(output.errorText).refusal(
        of: source, status: output.status, compiler: compiler.path, output: staging)
      try Files.write(Array(try JSONEncoder().encode(refused)), to: "\(staging)/refused.json")
      try await Seal.close(staging)
    }
  }

  /// The folders are in the Makefile's order: `../../../include/linux/filter.h` is found from the
  /// self-tests' folder. The host's C library replaces the Makefile's `get_sys_includes`, and its
  /// headers are compiled for x86-64.
  private func arguments(_ source: String, include: String, output: String) -> [String] {
    return [
      "-target", "bpf", "-O2", "-g", "-mcpu=v3", "-D__TARGET_ARCH_x86", "-D__x86_64__",
      "-DENABLE_ATOMICS_TESTS", "-I", include, "-I", types, "-I", ".",
      "-I", "\(tree)/tools/include/uapi", "-idirafter", "/usr/include/x86_64-linux-gnu",
      "-idirafter", "/usr/include", "-ffile-prefix-map=\(tree)/=", "-ffile-prefix-map=./=",
      "-fno-color-diagnostics", "-Wno-compare-distinct-pointer-types", "-c", source, "-o", output,
    ]
  }

  private func made(_ source: String, entry: String) throws -> ForgedTwin {
    let (folder, name) = (cache.path(entry), Self.name(source))
    let refusal = "\(folder)/refused.json"
    if Files.exists(refusal) {
      let messages = try JSONDecoder().decode(
        [CompilerMessage].self, from: Data(try Files.read(refusal)))
      return ForgedTwin(scenario: name, mechanism: .bpf, result: .refused(messages))
    }
    let object = "\(folder)/\(name).bpf.o"
    return ForgedTwin(
      scenario: name, mechanism: .bpf,
      result: .success(.init(object: object, full: object, sources: [source])))
  }
}

extension Compiler {
  /// The first of these compilers that is there, new enough, and knows the machine `bpf`.
  static func forSelftests(_ names: [String], oldest: Int) async throws -> Compiler {
    var unfit: [String] = []
    var seen: Set<String> = []
    for name in names {
      guard let path = Tool(name).locate(), seen.insert(path).inserted else { continue }
      let compiler = try await Compiler(path: path)
      let targets = try await Tool(path).run(["--print-targets"])
      let knows = targets.text.split(separator: "\n").contains {
        $0.split(separator: " ").first == "bpf"
      }
      if knows, (compiler.major ?? 0) >= oldest { return compiler }
      unfit.append("\(path) (\(compiler.version))")
    }
    let found = unfit.isEmpty ? "there is no clang" : "found only \(unfit.joined(separator: ", "))"
    throw ForgeError(
      what:
        "the kernel's self-tests need clang \(oldest) or newer with the target bpf, and \(found)",
      remedy: "install one with: apt-get install clang-19")
  }

  /// `19` of `Debian clang version 19.1.7 (3~deb12u1)`.
  var major: Int? {
    guard let start = version.firstRange(of: "clang version ")?.upperBound else { return nil }
    return Int(version[start...].prefix { $0.isNumber })
  }
}
