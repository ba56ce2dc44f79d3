// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
public import Host
public import Logging

/// Builds a kernel from Debian's source with fragments of configuration.
///
/// All of it happens in a folder of the cache that stays until the kernel is done: what was fetched,
/// unpacked or compiled when a build was stopped is not done again.
public struct KernelBuild: Sendable {
  let cache: CacheDirectory
  let logger: Logger
  let wishes: Mirror.Wishes
  let plan: KernelBuildPlan
  let series: KernelBuildPlan.Series
  /// Files of options, in the order in which they are merged.
  let fragments: [String]

  /// What is being done now.
  public enum Stage: Sendable, Equatable {
    case fetching(package: String)
    case configuring
    /// - Parameters:
    ///   - done: the part of the build's time that is over, from 0 to 1.
    ///   - secondsLeft: nil as long as nothing can be said.
    case compiling(done: Double, secondsLeft: Double?)
    case collecting
  }

  /// The programs that a kernel is built with, in addition to those that fetch its source.
  static let tools = [
    "make", "gcc", "ld", "flex", "bison", "bc", "pahole", "tar", "xz", "dpkg-deb", "apt-get",
    "apt-cache", "apt-config", "nice", "flock", "depmod", "strip", "find",
  ]
  /// Headers of libraries that the kernel's own programs are built with, with their packages.
  static let libraries = ["gelf.h": "libelf-dev", "zlib.h": "zlib1g-dev"]

  /// What a build takes in the end, its source left out, in bytes.
  private static let space: UInt64 = 3 << 30
  /// Seconds that make may take: a slow machine with one core needs hours.
  private static let patience = 12 * 3600.0
  /// flock's exit status if another build holds the folder.
  private static let isTaken = 75

  /// - Parameters:
  ///   - folder: what the plan's fragments are relative to.
  ///   - wishes: mirrors to use instead of the host's.
  public init(
    _ plan: KernelBuildPlan, _ series: KernelBuildPlan.Series, fragmentsIn folder: String,
    cache: CacheDirectory, wishes: Mirror.Wishes, logger: Logger
  ) {
    self.cache = cache
    self.logger = logger
    self.wishes = wishes
    self.plan = plan
    self.series = series
    fragments = plan.fragments.map { "\(folder)/\($0)" }
  }

  /// What the command line calls the kernel.
  public var name: String { plan.kernelName(series) }
  private var place: String { "builds/\(name)" }
  private var work: String { cache.path("builds", name, "work") }
  private var output: String { "\(work)/build" }
  private var log: String { "\(work)/make.log" }

  /// The kernel, if it was built from exactly these fragments.
  public func built() throws -> BuiltKernel? {
    guard let built = try BuiltKernel(in: cache.path("builds", name, "kept")),
      built.fragments == (try fragmentTexts())
    else { return nil }
    return built
  }

  /// Builds it, and keeps what is needed to run it and to build modules for it.
  ///
  /// - Parameters:
  ///   - jobs: how many compilers run in parallel.
  ///   - fromScratch: whether what an earlier build left is discarded first.
  ///   - keeping: whether source and objects are kept for the next build.
  /// - Throws: ``KernelError``, `ToolError`, `HostError`; `CancellationError` if the task is
  ///   cancelled. What is done by then stays.
  public func build(
    jobs: Int, fromScratch: Bool, keeping: Bool, tell: @escaping @Sendable (Stage) -> Void
  ) async throws -> BuiltKernel {
    try Self.requireTools()
    return try await cache.withLock(place) {
      logger.notice("waiting for another harness that builds kernel \(name)")
    } _: {
      if fromScratch { try Files.remove(work) }
      do {
        return try await buildLocked(jobs: jobs, keeping: keeping, tell)
      } catch let error as ToolError {
        throw HostError(spaceFailure: error, path: cache.root) ?? error as any Error
      }
    }
  }

  private func buildLocked(
    jobs: Int, keeping: Bool, _ tell: @escaping @Sendable (Stage) -> Void
  ) async throws -> BuiltKernel {
    let sources = KernelSource(cache: cache, logger: logger, wishes: wishes)
    // The build uses what they say now, though they may be edited while it runs.
    let texts = try fragmentTexts()
    tell(.fetching(package: series.source))
    let source = try await sources.tree(of: series, at: "\(place)/work/source")
    if !Files.exists("\(output)/vmlinux") { try cache.requireSpace(Self.space) }
    tell(.configuring)
    try await configure(source.root)
    try await compile(source.root, jobs: jobs, tell)
    tell(.collecting)
    let collection = KernelCollection(source: source.root, output: output)
    let kept = try await cache.atomically("\(place)/kept") { folder in
      let release = try await collection.collect(into: folder, make: makeArguments(source.root))
      try BuiltKernel.note(
        release: release, version: source.version, fragments: texts, in: folder)
    }
    if !keeping { try Files.remove(work) }
    guard let built = try BuiltKernel(in: kept) else {
      throw KernelError(what: "\(kept) contains no kernel", remedy: "run the command again")
    }
    return built
  }

  /// Looks for compilers that a killed harness has left at work on a kernel's build.
  ///
  /// - Throws: ``KernelError`` if there are any.
  public static func requireNobodyAtWork(on name: String, in cache: CacheDirectory) async throws {
    let output = cache.path("builds", name, "work") + "/build"
    guard Files.exists(lock(of: output)) else { return }
    let result = try await Tool("flock").run(
      ["--nonblock", "--conflict-exit-code", "\(isTaken)", lock(of: output), "true"])
    if result.status == isTaken { throw leftBehind(name, output) }
  }

  private static func lock(of output: String) -> String { "\(output)/.panicroom-lock" }

  private static func leftBehind(_ name: String, _ output: String) -> KernelError {
    KernelError(
      what: "a build of \(name) that a harness left behind is still at work in \(output)",
      remedy: "wait until its compilers have ended, and run the command again")
  }

  /// Reports everything that is missing at once.
  static func requireTools() throws(KernelError) {
    var missing: [String] = []
    var packages: [String] = []
    func miss(_ name: String, _ package: String?) {
      missing.append(name)
      if let package, !packages.contains(package) { packages.append(package) }
    }
    for name in tools where Tool(name).locate() == nil { miss(name, ToolError.package(of: name)) }
    for (name, package) in libraries.sorted(by: { $0.key < $1.key })
    where !Files.exists("/usr/include/\(name)") { miss(name, package) }
    guard !missing.isEmpty else { return }
    throw KernelError(
      what: "a kernel can't be built without \(missing.joined(separator: ", "))",
      remedy: "install what is missing with: apt-get install \(packages.joined(separator: " "))")
  }

  /// The fragments by name, as they are now.
  private func fragmentTexts() throws -> [String: String] {
    var texts: [String: String] = [:]
    for path in fragments { texts[Files.name(of: path)] = try Files.text(path) }
    return texts
  }
}

extension KernelBuild {
  /// Starts from the smallest configuration there is, and merges the fragments into it.
  private func configure(_ source: String) async throws {
    try Files.makeFolder(output)
    try await make(source, ["tinyconfig"])
    try await Tool("\(source)/scripts/kconfig/merge_config.sh").checked(
      ["-m", "-O", output, "\(output)/.config"] + fragments,
      environment: Self.environment, directory: source)
    try await make(source, ["olddefconfig"])
    let parts = try fragments.map { ConfigFragment(try Files.text($0), path: Files.name(of: $0)) }
    let config = ConfigFragment(try Files.text("\(output)/.config"), path: ".config")
    let unmet = ConfigFragment.unmet(parts, in: config)
    guard unmet.isEmpty else {
      throw KernelError(
        what: "Linux \(series.name) with this compiler can't be configured as vm/ asks for:"
          + unmet.map { "\n  \($0)" }.joined(),
        remedy: "correct the fragments that vm/builds.yaml names")
    }
  }

  private func compile(
    _ source: String, jobs: Int, _ tell: @escaping @Sendable (Stage) -> Void
  ) async throws {
    let before = try await compiledFiles()
    let progress = BuildProgress(total: series.files, before: before, linking: series.linking)
    if before > 0 { logger.notice("resuming a build with \(before) files compiled") }
    // make must not wait for its turn, nor end: a compiler of a killed harness may still be
    // running.
    let arguments =
      ["-n", "5", "flock", "--nonblock", "--conflict-exit-code", "\(Self.isTaken)"]
      + [Self.lock(of: output), "make", "-j\(jobs)"]
      + makeArguments(source) + ["bzImage", "modules"]
    try Files.write("", to: log)
    let log = log
    let result = try await withThrowingTaskGroup(of: Tool.Output?.self) { group in
      group.addTask {
        try await Tool("nice").run(
          arguments, environment: Self.environment, outputFile: log, patience: Self.patience)
      }
      group.addTask {
        try await Self.watch(log, progress, tell)
        return nil
      }
      defer { group.cancelAll() }
      while let ended = try await group.next() {
        if let ended { return ended }
      }
      throw CancellationError()
    }
    if result.status != 0 { throw failure(result) }
  }

  /// Follows what make prints, until the task is cancelled.
  private static func watch(
    _ log: String, _ progress: BuildProgress, _ tell: @Sendable (Stage) -> Void
  ) async throws {
    var progress = progress
    var seen = 0
    let began = ContinuousClock.now
    while !Task.isCancelled {
      let bytes = try Files.read(log)
      let time = (ContinuousClock.now - began) / .seconds(1)
      progress.read(bytes.dropFirst(seen), at: time)
      seen = bytes.count
      tell(
        .compiling(
          done: progress.fraction(at: time), secondsLeft: progress.secondsLeft(at: time)))
      do {
        try await Task.sleep(for: .seconds(1))
      } catch {
        return
      }
    }
  }

  /// How many of the kernel's files an earlier build has compiled: when an object is done, kbuild
  /// records next to it the command that made it (Linux: scripts/Kbuild.include, `if_changed`).
  private func compiledFiles() async throws -> Int {
    try await Tool("find").checked(
      ["-name", ".*.o.cmd", "-not", "-path", "./scripts/*", "-not", "-path", "./tools/*"],
      directory: output
    ).standardOutput.count { $0 == UInt8(ascii: "\n") }
  }

  private func failure(_ result: Tool.Output) -> any Error {
    let words = result.errorText
    if result.status == Self.isTaken { return Self.leftBehind(name, output) }
    if words.contains("No space left on device") {
      return HostError(errno: ENOSPC, doing: "build a kernel", path: output)
    }
    return KernelError(
      what: "the build of \(name) failed:"
        + Self.complaints(in: words).map { "\n  \($0)" }.joined(),
      remedy: "run the command again to continue; with --from-scratch it starts over, with the"
        + " source fetched again. What make did is in \(log)")
  }

  /// The lines of make's errors that say what is wrong: those of the compilers and tools, and the
  /// first of make's own, which names the file; the others only repeat it for each folder above.
  package static func complaints(in words: String) -> [Substring] {
    let lines = words.split(separator: "\n")
    let tools = lines.filter {
      !$0.contains("***") && ($0.contains("rror") || $0.contains("not found"))
    }
    return Array(tools.prefix(7) + lines.filter { $0.contains("***") }.prefix(1))
  }

  private func make(_ source: String, _ targets: [String]) async throws {
    try await Tool("make").checked(
      makeArguments(source) + targets, environment: Self.environment)
  }

  private func makeArguments(_ source: String) -> [String] {
    let cached = Tool("ccache").locate() != nil
    return ["-C", source, "O=\(output)"] + (cached ? ["CC=ccache gcc", "HOSTCC=ccache gcc"] : [])
  }

  /// What the environment must not change about a kernel, and what would make every build another.
  static let environment: [String: String?] = [
    "MAKEFLAGS": nil, "MFLAGS": nil, "MAKELEVEL": nil, "ARCH": nil, "CROSS_COMPILE": nil,
    "KBUILD_OUTPUT": nil, "KBUILD_EXTMOD": nil, "KCFLAGS": nil, "KAFLAGS": nil,
    "CFLAGS_MODULE": nil,
    "KCONFIG_CONFIG": nil, "KCONFIG_ALLCONFIG": nil, "LOCALVERSION": nil, "LLVM": nil, "V": nil,
    "KBUILD_BUILD_USER": "panicroom", "KBUILD_BUILD_HOST": "panicroom",
    "KBUILD_BUILD_TIMESTAMP": "Thu Jan  1 00:00:00 UTC 1970", "KBUILD_BUILD_VERSION": "1",
  ]
}
