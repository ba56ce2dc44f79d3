// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A kernel that is there: all its files, as absolute paths. They lie in the cache, but for the
/// build tree and the compiler of a local kernel.
public struct Kernel: Sendable, Equatable {
  /// What the command line calls it.
  public var name: String
  /// As `uname -r` prints it: `6.1.0-56-cloud-amd64`.
  public var release: String
  /// Debian's version of the package: `6.1.192-2`; for a local kernel, a digest of its content.
  public var packageVersion: String
  /// The image that QEMU starts: compressed (`vmlinuz`), or a local kernel's `vmlinux`.
  public var image: String
  /// `…/lib/modules/<release>`, with `modules.dep` made by depmod.
  public var modulesDirectory: String
  /// What `depmod -b` and `modprobe -d` are given: the folder that holds `lib/modules`.
  public var modulesRoot: String
  /// The headers of this flavour: kbuild's output tree (`O=`). Nil if there are none.
  public var headersDirectory: String?
  /// The headers that all flavours share: kbuild's source tree (`make -C`).
  public var commonHeaders: String?
  /// `vmlinux.h`, made from the kernel's BTF; nil if it has none.
  public var vmlinuxHeader: String?
  /// The SHA-256 of ``vmlinuxHeader``.
  public var vmlinuxHeaderDigest: String?
  /// Nil if it is unknown.
  public var config: String?
  public var systemMap: String?
  /// The SHA-256 of ``image``; nil if the kernel was fetched before it was recorded.
  public var imageDigest: String?
  /// The folder of the compiler that came with it; nil if this machine's is used.
  public var tools: String?
  /// Kernel parameters that its guests get in addition to their profile's.
  public var parameters: [String] = []
  /// What it can't be used for.
  public var lacks = KernelLacks()
  /// The command that gives a local kernel to the cache again; nil for one that is fetched.
  public var addedBy: String?

  public init(
    name: String, release: String, packageVersion: String, image: String,
    modulesDirectory: String, modulesRoot: String, headersDirectory: String?,
    commonHeaders: String?, vmlinuxHeader: String?,
    vmlinuxHeaderDigest: String?, config: String?, systemMap: String?,
    imageDigest: String? = nil, tools: String? = nil
  ) {
    self.name = name
    self.release = release
    self.packageVersion = packageVersion
    self.image = image
    self.modulesDirectory = modulesDirectory
    self.modulesRoot = modulesRoot
    self.headersDirectory = headersDirectory
    self.commonHeaders = commonHeaders
    self.vmlinuxHeader = vmlinuxHeader
    self.vmlinuxHeaderDigest = vmlinuxHeaderDigest
    self.config = config
    self.systemMap = systemMap
    self.imageDigest = imageDigest
    self.tools = tools
  }

  /// The kernel that the record in an entry's folder describes.
  init(_ record: KernelRecord, in folder: String) {
    func path(_ relative: String) -> String { "\(folder)/\(relative)" }
    self.init(
      name: record.entry.name, release: record.release, packageVersion: record.packageVersion,
      image: path(record.files.image), modulesDirectory: path(record.files.modulesDirectory),
      modulesRoot: path(record.files.modulesRoot),
      headersDirectory: record.files.headersDirectory.map(path),
      commonHeaders: record.files.commonHeaders.map(path),
      vmlinuxHeader: path(record.files.vmlinuxHeader),
      vmlinuxHeaderDigest: record.vmlinuxHeaderDigest, config: path(record.files.config),
      systemMap: path(record.files.systemMap), imageDigest: record.imageDigest,
      tools: record.files.tools.map(path))
    if headersDirectory == nil {
      lacks.headers = "Debian has no headers of \(name) any more, or not what they need"
    }
  }

  /// How modules are built for it; nil if it has no headers.
  public var kbuild: Kbuild? {
    guard let commonHeaders, let headersDirectory else { return nil }
    return Kbuild(source: commonHeaders, output: headersDirectory, tools: tools)
  }

  /// Those of its files that are not there.
  var missing: [String] {
    let files = [
      image, "\(modulesDirectory)/modules.dep.bin", vmlinuxHeader, config, systemMap,
    ]
    return files.compactMap(\.self).filter { !Files.exists($0) } + missingOfHeaders
  }

  /// Those of its headers and its compiler's files that are not there.
  var missingOfHeaders: [String] {
    [
      headersDirectory.map { "\($0)/Module.symvers" }, commonHeaders.map { "\($0)/Makefile" },
      tools,
    ]
    .compactMap(\.self).filter { !Files.exists($0) }
  }
}

extension Kernel {
  /// Throws if `vmlinux.h` is not what was made from the kernel's BTF.
  ///
  /// - Throws: ``KernelError``, which names the file; `ToolError`.
  public func requireHeader() async throws {
    guard let vmlinuxHeader, let vmlinuxHeaderDigest else { return }
    try await require(vmlinuxHeader, vmlinuxHeaderDigest)
  }

  /// Throws if the kernel's image is not the one from its package.
  ///
  /// - Throws: ``KernelError``, which names the file; `ToolError`.
  public func requireImage() async throws {
    guard let imageDigest else { return }
    try await require(image, imageDigest)
  }

  private func require(_ path: String, _ digest: String) async throws {
    if try Digest.of(file: path) == digest { return }
    throw damaged(path, since: "kernel \(name)")
  }

  /// What to say of damage in the cache, and what helps.
  func damaged(_ what: String, since kernel: String, _ detail: String = "") -> KernelError {
    let words = "\(what) was damaged since \(kernel) was "
    guard let addedBy else {
      return KernelError(
        what: "\(words)fetched\(detail)",
        remedy: "fetch it again with: panicroom kernel fetch \(name)", isDamage: true)
    }
    return KernelError(what: "\(words)added\(detail)", remedy: "add it again with: \(addedBy)")
  }
}

/// What a kernel can't be used for: for each the reason, and what would help if anything does. A
/// kernel that was fetched lacks nothing but headers that Debian has dropped.
public struct KernelLacks: Codable, Sendable, Equatable {
  /// Why it loads no eBPF programs at all.
  public var programs: String?
  /// Why no programs can be compiled for it that include `vmlinux.h`, as CO-RE programs do.
  public var types: String?
  /// Why it loads no modules that were built here.
  public var modules: String?
  /// Why no modules can be built for it.
  public var headers: String?

  public init(
    programs: String? = nil, types: String? = nil, modules: String? = nil, headers: String? = nil
  ) {
    self.programs = programs
    self.types = types
    self.modules = modules
    self.headers = headers
  }

  /// What keeps modules from being built and loaded.
  public var builtModules: String? { modules ?? headers }
  /// What keeps programs that include `vmlinux.h` from being compiled and loaded.
  public var typedPrograms: String? { programs ?? types }
}

/// `kernel.json`, the last file that is written into a kernel's folder.
struct KernelRecord: Codable {
  static let currentSchema = 1

  var schema: Int
  /// What was fetched; if the matrix asks for something else now, the kernel is fetched again.
  var entry: KernelEntry
  var release: String
  var packageVersion: String
  /// `name=version` of each package.
  var packages: [String]
  var vmlinuxHeaderDigest: String
  var imageDigest: String?
  /// Relative to the record's folder.
  var files: KernelFiles
}

/// Where the parts of a kernel are in the folder into which its packages were unpacked.
struct KernelFiles: Codable {
  var image: String
  var modulesDirectory: String
  var modulesRoot: String
  /// Nil if the kernel has no headers, as the next.
  var headersDirectory: String?
  var commonHeaders: String?
  var vmlinuxHeader: String
  var config: String
  var systemMap: String
  /// Programs that build modules; nil if this machine's are used.
  var tools: String?
}
