// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Host
package import Kernels
import Machine
import Yams

/// Puts the guest's initial file system together: the agent, its libraries, and the few kernel
/// modules that `vm/image.yaml` names.
package struct GuestImage: Sendable {
  /// `vm/image.yaml`.
  private struct Content: Codable {
    /// Loaded by the agent before it is ready, in this order: of each item the first that the
    /// kernel has.
    var bootModules: [Names]
    /// There for scenarios that ask for them.
    var extraModules: [String]

    enum CodingKeys: String, CodingKey {
      case bootModules = "boot_modules"
      case extraModules = "extra_modules"
    }
  }

  /// One name, or the names that a module has had, the newest first.
  private struct Names: Codable {
    var names: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        names = [try container.decode(String.self)]
      } catch is DecodingError {
        names = try container.decode([String].self)
      }
    }

    func encode(to encoder: any Encoder) throws {
      try names.encode(to: encoder)
    }
  }

  let cache: CacheDirectory
  /// The agent's program, `guest-init`.
  let agent: String
  let imageFile: String
  let libraries: SharedLibraries
  /// Further modules of the kernel's, by name.
  var modules: [String] = []
  /// Modules that are not the kernel's own, as files.
  var foreignModules: [String] = []

  package init(
    cache: CacheDirectory, agent: String, imageFile: String,
    libraries: SharedLibraries = SharedLibraries()
  ) {
    self.cache = cache
    self.agent = agent
    self.imageFile = imageFile
    self.libraries = libraries
  }

  /// The modules that guests load or keep available, under all the names that they have had.
  static func moduleNames(in imageFile: String) throws -> [String] {
    let content = try YAMLDecoder().decode(Content.self, from: Files.text(imageFile))
    return content.bootModules.flatMap(\.names) + content.extraModules
  }

  /// Raised when what this file puts into an image changes.
  private static let format = 5

  /// The initramfs for a kernel, made if it is not in the cache.
  ///
  /// - Returns: its path, which changes with its content.
  package func make(for kernel: Kernel) async throws -> String {
    let programs = try await programs()
    let entry = try await entry(for: kernel, programs)
    return try await cache.withLock(entry) {
      let path = cache.found(entry) + "/initramfs.cpio"
      if Files.exists(path) {
        // The last use, which decides which images are old.
        try Files.touch(cache.found(entry))
      } else {
        try await make(entry, for: kernel, programs)
        try CacheSweep(cache: cache).sweep(
          "images", family: kernel.name + "-", except: Files.name(of: entry))
      }
      return path
    }
  }

  /// Makes the initramfs again if it was damaged since it was made. Reads all of it, so it is for
  /// guests that boot, not for clones, which have it in their memory.
  ///
  /// - Parameter note: called with what is made again.
  package func repair(for kernel: Kernel, note: (String) -> Void) async throws {
    let programs = try await programs()
    let entry = try await entry(for: kernel, programs)
    try await cache.withLock(entry) {
      let folder = cache.found(entry)
      guard let damage = try await Seal.damages(of: [folder])[folder] else { return }
      note("The guest's image in \(folder) is damaged: \(damage). It is made again.")
      try await make(entry, for: kernel, programs)
    }
  }

  /// Where the image for a kernel is or will be.
  func path(for kernel: Kernel) async throws -> String {
    cache.found(try await entry(for: kernel, try await programs())) + "/initramfs.cpio"
  }

  private func make(_ entry: String, for kernel: Kernel, _ programs: Programs) async throws {
    try await kernel.requireWhole(in: cache)
    try await cache.atomically(entry) { staging in
      let archive = try await assemble(kernel, programs, staging: staging + "/tree")
      try Files.write(archive, to: staging + "/initramfs.cpio")
      try Files.remove(staging + "/tree")
      try await Seal.close(staging)
    }
  }

  private func entry(for kernel: Kernel, _ programs: Programs) async throws -> String {
    let digests = try await Digest.of(
      files: [agent, imageFile] + programs.files + foreignModules)
    var parts = digests.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    if let tree = libraries.tree { parts.append(try tree.identity) }
    if !modules.isEmpty { parts.append("modules \(modules.sorted().joined(separator: " "))") }
    let identity = ["format \(Self.format)", kernel.release, kernel.packageVersion] + parts
    let key = Digest.of(identity.joined(separator: "\n")).prefix(16)
    return "images/\(kernel.name)-\(key)"
  }

  /// What is put in besides modules.
  private struct Programs {
    /// bpftool, which looks at programs from inside; nil if this machine's is not a program but a
    /// script that looks for one (Ubuntu's).
    var bpftool: String?
    /// The shell and its tools, from Debian's busybox-static, which needs no libraries; nil if this
    /// machine has none: its guests then have no shell.
    var busybox: String?
    /// The shared libraries that the agent and bpftool need: their paths here, by those in the
    /// guest.
    var libraries: [String: String]
    /// What has no seal.
    var files: [String]
  }

  private func programs() async throws -> Programs {
    var tool = Tool("bpftool").locate()
    guard var needed = try await libraries.needed(by: agent) else {
      throw LabError("The guest's agent, \(agent), is not a program.")
    }
    if let path = tool, let others = try await libraries.needed(by: path) {
      needed.merge(others) { first, _ in first }
    } else {
      tool = nil
    }
    let busybox = Tool("busybox").locate()
    let sealed = libraries.tree.map { $0.folder + "/" }
    let unsealed = needed.values.filter { path in !(sealed.map(path.hasPrefix) ?? false) }
    return Programs(
      bpftool: tool, busybox: busybox, libraries: needed,
      files: unsealed + [tool, busybox].compactMap(\.self))
  }

  private func assemble(_ kernel: Kernel, _ programs: Programs, staging: String) async throws
    -> [UInt8]
  {
    let content = try YAMLDecoder().decode(Content.self, from: Files.text(imageFile))
    var image = Initramfs()
    for folder in ["dev", "proc", "sys", "tmp", "run", "mnt"] { image.addDirectory(folder) }
    let known = try ModuleDependencies(folder: kernel.modulesDirectory)
    // A module that a kernel has under none of its names is left out; the store refuses kernels
    // without the indispensable ones.
    let boot = content.bootModules.compactMap { $0.names.first(where: known.has) }
    image.addFile(
      "etc/panicroom/boot-modules", Array(boot.map { $0 + "\n" }.joined().utf8))

    try Files.makeFolder(staging)
    try await Tool("strip").checked(["-o", staging + "/init", agent])
    image.addFile("init", try Files.read(staging + "/init"), executable: true)
    if let bpftool = programs.bpftool {
      image.addFile("sbin/bpftool", try Files.read(bpftool), executable: true)
    }
    if let busybox = programs.busybox {
      image.addFile("bin/busybox", try Files.read(busybox), executable: true)
    }
    for (place, library) in programs.libraries {
      image.addFile(place, try Files.read(Files.real(library)), executable: true)
    }

    let names = boot + content.extraModules + modules
    for (path, bytes) in try await indexed(names, of: kernel, staging: staging) {
      image.addFile("lib/modules/\(kernel.release)/\(path)", bytes)
    }
    return image.archive()
  }

  /// These modules with all they depend on, and depmod's indexes over just them.
  private func indexed(_ names: [String], of kernel: Kernel, staging: String) async throws
    -> [(path: String, bytes: [UInt8])]
  {
    let source = kernel.modulesDirectory
    let folder = "\(staging)/lib/modules/\(kernel.release)"
    let wanted = try ModuleDependencies(folder: source).closure(of: names)
    var files: [String] = []
    for path in wanted + ["modules.order", "modules.builtin", "modules.builtin.modinfo"] {
      try Files.makeFolder(Files.parent(of: "\(folder)/\(path)"))
      try Files.write(Files.read("\(source)/\(path)"), to: "\(folder)/\(path)")
      files.append(path)
    }
    for module in foreignModules {
      let path = "updates/\(Files.name(of: module).prefix { $0 != "." }).ko"
      try Files.makeFolder("\(folder)/updates")
      try Files.write(Files.read(module), to: "\(folder)/\(path)")
      files.append(path)
    }
    try await Tool("depmod").checked(["-b", staging, kernel.release])
    // The indexes that libkmod reads, and the one that busybox's modprobe does.
    files += try Files.list(folder).filter { $0.hasSuffix(".bin") || $0 == "modules.dep" }
    return try files.map { ($0, try Files.read("\(folder)/\($0)")) }
  }
}
