import Host

/// A kernel that is there: all its files, as absolute paths into the cache.
public struct Kernel: Sendable, Equatable {
  /// Its name in `vm/kernels.yaml`.
  public var name: String
  /// As `uname -r` prints it: `6.1.0-56-cloud-amd64`.
  public var release: String
  /// Debian's version of the package: `6.1.192-2`.
  public var packageVersion: String
  /// The compressed kernel image (`vmlinuz`).
  public var image: String
  /// `…/lib/modules/<release>`, with `modules.dep` made by depmod.
  public var modulesDirectory: String
  /// What `depmod -b` and `modprobe -d` are given: the folder that holds `lib/modules`.
  public var modulesRoot: String
  /// The headers of this flavour: kbuild's output tree (`O=`).
  public var headersDirectory: String
  /// The headers that all flavours share: kbuild's source tree (`make -C`).
  public var commonHeaders: String
  /// An ELF file that holds the kernel's own BTF.
  public var vmlinuxBTF: String
  /// `vmlinux.h`, made from that BTF.
  public var vmlinuxHeader: String
  /// The SHA-256 of ``vmlinuxHeader``.
  public var vmlinuxHeaderDigest: String
  public var config: String
  public var systemMap: String
  /// The SHA-256 of ``image``; nil where the kernel was fetched before it was kept.
  public var imageDigest: String?
  /// The folder of the compiler that came with it; nil where this machine's does.
  public var tools: String?
  /// Kernel parameters that its guests get besides their profile's.
  public var parameters: [String] = []

  public init(
    name: String, release: String, packageVersion: String, image: String,
    modulesDirectory: String, modulesRoot: String, headersDirectory: String,
    commonHeaders: String, vmlinuxBTF: String, vmlinuxHeader: String,
    vmlinuxHeaderDigest: String, config: String, systemMap: String,
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
    self.vmlinuxBTF = vmlinuxBTF
    self.vmlinuxHeader = vmlinuxHeader
    self.vmlinuxHeaderDigest = vmlinuxHeaderDigest
    self.config = config
    self.systemMap = systemMap
    self.imageDigest = imageDigest
    self.tools = tools
  }

  /// The kernel behind the record in an entry's folder.
  init(_ record: KernelRecord, in folder: String) {
    func path(_ relative: String) -> String { "\(folder)/\(relative)" }
    self.init(
      name: record.entry.name, release: record.release, packageVersion: record.packageVersion,
      image: path(record.files.image), modulesDirectory: path(record.files.modulesDirectory),
      modulesRoot: path(record.files.modulesRoot),
      headersDirectory: path(record.files.headersDirectory),
      commonHeaders: path(record.files.commonHeaders), vmlinuxBTF: path(record.files.vmlinuxBTF),
      vmlinuxHeader: path(record.files.vmlinuxHeader),
      vmlinuxHeaderDigest: record.vmlinuxHeaderDigest, config: path(record.files.config),
      systemMap: path(record.files.systemMap), imageDigest: record.imageDigest,
      tools: record.files.tools.map(path))
  }

  /// How modules are built for it.
  public var kbuild: Kbuild {
    Kbuild(source: commonHeaders, output: headersDirectory, tools: tools)
  }

  /// Those of its files that are not there.
  var missing: [String] {
    [
      image, "\(modulesDirectory)/modules.dep.bin", "\(headersDirectory)/Module.symvers",
      "\(commonHeaders)/Makefile", vmlinuxBTF, vmlinuxHeader, config, systemMap,
    ].filter { !Files.exists($0) } + (tools.map { Files.isFolder($0) ? [] : [$0] } ?? [])
  }
}

extension Kernel {
  /// Throws where `vmlinux.h` is not what was made of the kernel's BTF.
  ///
  /// - Throws: ``KernelError``, which names the file; `ToolError`.
  public func requireHeader() async throws {
    try await require(vmlinuxHeader, vmlinuxHeaderDigest)
  }

  /// Throws where the kernel's image is not what came in its package.
  ///
  /// - Throws: ``KernelError``, which names the file; `ToolError`.
  public func requireImage() async throws {
    guard let imageDigest else { return }
    try await require(image, imageDigest)
  }

  private func require(_ path: String, _ digest: String) async throws {
    if try await Digest.of(files: [path])[path] == digest { return }
    throw KernelError(
      what: "\(path) was damaged since kernel \(name) was fetched",
      remedy: "remove \(folder) and run again, to fetch it anew")
  }

  /// The kernel's folder in the cache, which holds `btf/vmlinux.h`.
  private var folder: String { Files.parent(of: Files.parent(of: vmlinuxHeader)) }
}

/// `kernel.json`, the last file that is written into a kernel's folder.
struct KernelRecord: Codable {
  static let currentSchema = 1

  var schema: Int
  /// What was asked for; where the matrix asks for something else now, the kernel is fetched anew.
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
  var headersDirectory: String
  var commonHeaders: String
  var vmlinuxBTF: String
  var vmlinuxHeader: String
  var config: String
  var systemMap: String
  /// Programs that build modules; nil where this machine's do.
  var tools: String?
}
