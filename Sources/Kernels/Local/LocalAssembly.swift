// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Makes a local kernel's folder from what the user gave: finds out what the files are, copies what
/// trials need, and says what they can't be used for.
struct LocalAssembly {
  let parts: KernelParts
  /// The modules that guests load or keep available, under all the names that they have had.
  let wanted: [String]
  /// What everything is put into.
  let folder: String

  /// Without these a guest can't communicate with the laboratory.
  private static let transport = [
    (name: "virtio_pci", option: "VIRTIO_PCI", text: "virtio-pci"),
    (name: "virtio_console", option: "VIRTIO_CONSOLE", text: "virtio_console"),
  ]
  /// What the agent and its console need that no module can provide.
  private static let needed = [
    "64BIT", "BLK_DEV_INITRD", "BINFMT_ELF", "DEVTMPFS", "PROC_FS", "SYSFS", "PCI", "INET", "FUTEX",
    "EPOLL", "SERIAL_8250_CONSOLE",
  ]

  func assemble() async throws -> LocalRecord {
    let scratch = "\(folder)/scratch"
    try Files.makeFolder(scratch)
    let file = try await KernelFile.open(parts.image, unpackingIn: scratch)
    let headers = try headers(of: file)
    let installed = try await installed(file)
    let config = try await config(file, headers, installed)
    if let config { try requireNeeded(config, file) }
    try requireTransport(file, installed, config)

    let image = file.form == .bzImage ? "vmlinuz" : "vmlinux"
    var record = LocalRecord(
      parts, release: file.release, build: file.build, image: image,
      modulesDirectory: "modules/lib/modules/\(file.release)")
    try await putModules(installed, config, file)
    if let config {
      record.config = "config"
      try Files.write(config, to: "\(folder)/config")
    }
    if let map = systemMap(file, headers, installed) {
      record.systemMap = "System.map"
      try Files.write(try Files.read(map), to: "\(folder)/System.map")
    }
    record.lacks.types = try await putTypes(file, &record)
    let options = config.map { KernelConfig($0) }
    if let options, !options.has("BPF_SYSCALL") {
      record.lacks.programs = "kernel \(parts.name) has no eBPF (CONFIG_BPF_SYSCALL is not set)"
    }
    record.lacks.modules = moduleLack(options, file)
    try await use(headers, in: &record, scratch)
    try Files.rename(file.image, to: "\(folder)/\(image)")
    try Files.remove(scratch)
    try await identify(&record)
    return record
  }

  private func headers(of file: KernelFile) throws -> HeaderTree? {
    guard let path = parts.headers else { return nil }
    let tree = try HeaderTree.find(path)
    guard tree.release == nil || tree.release == file.release else {
      throw KernelError(
        what: "the headers in \(tree.output) are of \(tree.release ?? ""), and \(parts.image) is "
          + file.release,
        remedy: "give the headers of the same build")
    }
    return tree
  }

  private func installed(_ file: KernelFile) async throws -> ModuleFolder? {
    guard let path = parts.modules else { return nil }
    return try await ModuleFolder.find(path, release: file.release)
  }

  /// What was given, what the kernel has inside, or what is next to image, modules or headers.
  private func config(
    _ file: KernelFile, _ headers: HeaderTree?, _ installed: ModuleFolder?
  ) async throws -> String? {
    if let path = parts.config {
      let text = try Files.text(path)
      guard !KernelConfig(text).values.isEmpty else {
        throw KernelError(
          what: "\(path) is not a kernel configuration: it sets no CONFIG_…",
          remedy: "give a .config, or a file such as /boot/config-\(file.release)")
      }
      return text
    }
    if let packed = KernelConfig.embedded(in: file.vmlinux.bytes) {
      let text = try await Tool("gzip", bounds: .unpacking).checked(
        ["-dc"], input: Array(packed)
      ).text
      if !KernelConfig(text).values.isEmpty { return text }
    }
    let beside = [
      "\(Files.parent(of: parts.image))/config-\(file.release)",
      installed.map { "\($0.path)/config" }, headers?.config,
    ]
    return try beside.compactMap(\.self).first(where: Files.exists).map { try Files.text($0) }
  }

  private func systemMap(
    _ file: KernelFile, _ headers: HeaderTree?, _ installed: ModuleFolder?
  ) -> String? {
    if let path = parts.systemMap { return path }
    let beside = [
      "\(Files.parent(of: parts.image))/System.map-\(file.release)",
      installed.map { "\($0.path)/System.map" }, headers.map { "\($0.output)/System.map" },
    ]
    return beside.compactMap(\.self).first(where: Files.exists)
  }

  private func requireNeeded(_ config: String, _ file: KernelFile) throws {
    let options = KernelConfig(config)
    let missing = Self.needed.filter { !options.has($0) }
    guard missing.isEmpty else {
      throw KernelError(
        what: "kernel \(file.release) lacks what every guest needs: "
          + missing.map { "CONFIG_\($0)" }.joined(separator: ", "),
        remedy: "build it with these (=y)")
    }
  }

  private func requireTransport(
    _ file: KernelFile, _ installed: ModuleFolder?, _ config: String?
  ) throws {
    let options = config.map { KernelConfig($0) }
    for part in Self.transport where installed?.has(part.name) != true {
      if let options {
        if options.has(part.option) { continue }
      } else if ByteSearch.first(part.text + "\0", in: file.vmlinux.bytes[...]) != nil {
        // The configuration is unknown; but the image contains the driver's own name.
        continue
      }
      let silent = "guests of kernel \(file.release) could not communicate with the laboratory"
      if let installed {
        throw KernelError(
          what: "\(silent): \(installed.path) has no \(part.name), and it isn't built in",
          remedy: "install that module, or build the kernel with CONFIG_\(part.option)=y")
      }
      if options?.values[part.option] == nil, options != nil {
        throw KernelError(
          what: "\(silent): it has no \(part.name) (CONFIG_\(part.option) is not set)",
          remedy: "build it with CONFIG_VIRTIO_PCI=y and CONFIG_VIRTIO_CONSOLE=y")
      }
      throw KernelError(
        what: "\(silent): \(part.name) is not built in, and no modules were given",
        remedy: "name the folder that they are installed in: --modules \(likelyModules(file))")
    }
  }

  /// Where the modules of an image in `/boot`, or in an unpacked package, are.
  private func likelyModules(_ file: KernelFile) -> String {
    let root = Files.parent(of: Files.parent(of: parts.image))
    let likely = ["\(root)/lib/modules/\(file.release)", "/lib/modules/\(file.release)"]
    return likely.first(where: Files.isFolder) ?? "…/lib/modules/\(file.release)"
  }

  /// The modules that guests may need, and indexes over just these.
  private func putModules(
    _ installed: ModuleFolder?, _ config: String?, _ file: KernelFile
  ) async throws {
    let target = "\(folder)/modules/lib/modules/\(file.release)"
    try Files.makeFolder(target)
    for list in ModuleFolder.lists { try Files.write("", to: "\(target)/\(list)") }
    try await installed?.copy(wanted, to: target)
    let options = config.map { KernelConfig($0) }
    let builtin = wanted.filter { name in
      if installed?.has(name) == true { return false }
      guard let options else {
        return Self.transport.contains { $0.name == ModuleDependencies.normal(name) }
      }
      let option = ModuleDependencies.normal(name).uppercased()
      return options.has(option) || options.has("NET_\(option)")
    }
    let known = try Files.text("\(target)/modules.builtin")
    // Only the name counts (libkmod: modules.builtin.bin).
    try Files.write(
      known + builtin.map { "kernel/\($0).ko\n" }.joined(), to: "\(target)/modules.builtin")
    try await Tool("depmod").checked(["-b", "\(folder)/modules", file.release])
  }

  /// - Returns: why there is no `vmlinux.h`.
  private func putTypes(_ file: KernelFile, _ record: inout LocalRecord) async throws -> String? {
    guard file.vmlinux.sections[".BTF"] != nil else {
      return
        "kernel \(parts.name) has no BTF (CONFIG_DEBUG_INFO_BTF), so that there is no vmlinux.h "
        + "for it and libbpf can't adapt programs to it"
    }
    let header = "btf/vmlinux.h"
    try Files.makeFolder("\(folder)/btf")
    try await Tool("bpftool").checked(
      ["btf", "dump", "file", file.vmlinuxPath, "format", "c"], outputFile: "\(folder)/\(header)")
    record.vmlinuxHeader = header
    return nil
  }

  private func moduleLack(_ options: KernelConfig?, _ file: KernelFile) -> String? {
    // The table of the symbols that modules may use.
    guard options?.has("MODULES") ?? (file.vmlinux.sections["__ksymtab"] != nil) else {
      return "kernel \(parts.name) loads no modules (CONFIG_MODULES is not set)"
    }
    if options?.has("MODULE_SIG_FORCE") == true {
      return "kernel \(parts.name) loads only modules with its builder's signature "
        + "(CONFIG_MODULE_SIG_FORCE)"
    }
    return nil
  }

  /// Records the headers, and tries whether a module can be built with them.
  private func use(
    _ headers: HeaderTree?, in record: inout LocalRecord, _ scratch: String
  ) async throws {
    guard let headers else {
      record.lacks.headers =
        "kernel \(parts.name) has no headers to build modules with (add it with --headers DIR)"
      return
    }
    record.headers = .init(
      source: headers.source, output: headers.output,
      stamp: try HeaderTree.stamp(of: headers.output))
    guard record.lacks.modules == nil else { return }
    let kbuild = Kbuild(source: headers.source, output: headers.output, tools: parts.tools)
    if let obstacle = try await kbuild.obstacle(in: "\(scratch)/probe") {
      record.lacks.headers =
        "no module can be built for kernel \(parts.name) with \(headers.output): \(obstacle)"
        + (try absentCompiler(of: kbuild) ?? "")
    }
  }

  /// That the kernel's own compiler is missing here, which may be the only problem.
  private func absentCompiler(of kbuild: Kbuild) throws -> String? {
    guard parts.tools == nil, let wanted = try kbuild.wantedCompiler(),
      Tool(wanted).locate() == nil
    else { return nil }
    return
      " (the kernel was built by \(wanted), which is not here; with it installed, add it again)"
  }

  /// Distinguishes this kernel from another with its name and release.
  private func identify(_ record: inout LocalRecord) async throws {
    let header = record.vmlinuxHeader.map { "\(folder)/\($0)" }
    let copied = ["\(folder)/\(record.image)", header, record.config.map { "\(folder)/\($0)" }]
    let built = record.headers.map {
      ["\($0.output)/Module.symvers", "\($0.output)/include/generated/autoconf.h"]
    }
    let modules = try await Tool("find").checked([
      "\(folder)/modules", "-type", "f", "-name", "*.ko", "-print0",
    ]).text.split(separator: "\0").map(String.init).sorted()
    let files = copied.compactMap(\.self) + (built ?? []) + modules
    let digests = try await Digest.of(files: files)
    record.imageDigest = digests["\(folder)/\(record.image)"] ?? ""
    record.vmlinuxHeaderDigest = header.flatMap { digests[$0] }
    let all = files.compactMap { digests[$0] } + [record.headers?.output ?? "", parts.tools ?? ""]
    record.version = "local-\(Digest.of(all.joined(separator: "\n")).prefix(12))"
  }
}
