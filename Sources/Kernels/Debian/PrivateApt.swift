// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// An apt that is independent of the host's: its own sources, state and cache, and an empty list of
/// installed packages. It needs no root, and checks signatures as the host's apt does.
struct PrivateApt {
  /// Everything of it is in this folder.
  let root: String
  var arguments: [String] { ["--config-file=\(root)/apt.conf"] }

  struct Package: Sendable, Equatable {
    var name: String
    var version: String
    /// The names it depends on; of alternatives the first.
    var depends: [String]
    /// In bytes, as it is fetched.
    var size: UInt64
    /// Of the file, as the signed list has it.
    var sha256: String
  }

  /// Writes the configuration. It is passed with `--config-file`, which apt reads after the host's
  /// own, so that proxies are kept and hooks can be removed.
  ///
  /// - Parameter preferred: the suite whose packages are taken even if another has newer ones; nil if the
  ///   newest is taken, unless it is a backport.
  init(root: String, sources: [AptSource], preferred: String? = nil) throws(HostError) {
    self.root = root
    for folder in ["state/lists/partial", "cache/archives/partial"] {
      try Files.makeFolder("\(root)/\(folder)")
    }
    try Files.write("", to: "\(root)/state/status")
    try Files.write(
      sources.map(Self.paragraph).joined(separator: "\n"), to: "\(root)/panicroom.sources")
    let preference = preferred.map { "APT::Default-Release \"\($0)\";\n" } ?? ""
    try Files.write(Self.configuration(root) + preference, to: "\(root)/apt.conf")
  }

  static func configuration(_ root: String) -> String {
    """
    Dir::State "\(root)/state";
    Dir::State::lists "\(root)/state/lists";
    Dir::State::status "\(root)/state/status";
    Dir::Cache "\(root)/cache";
    Dir::Cache::archives "\(root)/cache/archives";
    Dir::Etc::sourcelist "\(root)/panicroom.sources";
    Dir::Etc::sourceparts "/dev/null";
    Dir::Etc::preferences "/dev/null";
    Dir::Etc::preferencesparts "/dev/null";
    // Kernels are for guests of this architecture, whatever else the host can run.
    APT::Architecture "amd64";
    #clear APT::Architectures;
    APT::Architectures { "amd64"; };
    Acquire::Languages "none";
    // Nothing unsigned, whatever the host allows itself.
    APT::Get::AllowUnauthenticated "false";
    Acquire::AllowInsecureRepositories "false";
    Acquire::AllowWeakRepositories "false";
    Acquire::AllowDowngradeToInsecureRepositories "false";
    // If root runs this, apt's own user can't reach a cache in root's home.
    APT::Sandbox::User "root";
    // The host's hooks clean the host's caches and notify its desktop of new lists.
    #clear APT::Update::Pre-Invoke;
    #clear APT::Update::Post-Invoke;
    #clear APT::Update::Post-Invoke-Success;

    """
  }

  static func paragraph(_ source: AptSource) -> String {
    """
    Types: deb
    URIs: \(source.uri)
    Suites: \(source.suite)
    Components: \(source.components.joined(separator: " "))
    Targets: Packages
    \(source.signedBy.map { "Signed-By: \($0)\n" } ?? "")
    """
  }

  /// Fetches the lists of packages and checks their signatures.
  func update() async throws {
    // Without this, a source that can't be reached is only a warning, and apt uses old lists or
    // none.
    try await fetching("lists of packages") {
      try await Tool("apt-get").checked(
        arguments + ["-q", "-o", "APT::Update::Error-Mode=any", "update"])
    }
  }

  /// The newest version of a package.
  func show(_ name: String) async throws -> Package {
    let output = try await Tool("apt-cache").run(arguments + ["show", "--no-all-versions", name])
    guard output.status == 0, let fields = Deb822.paragraphs(output.text).first,
      let package = Package(fields)
    else {
      throw KernelError(
        what: "no suite of this kernel has the package \(name)",
        remedy: "check the names in the file of vm/ that asks for it, and that the mirror carries"
          + " the suites",
        isUnavailable: true)
    }
    return package
  }

  /// Fetches packages into a folder. Complete ones left there by an earlier try are not fetched
  /// again.
  ///
  /// - Returns: their files.
  func download(_ packages: [Package], into folder: String) async throws -> [String] {
    // apt itself takes a file of the right name and size for complete.
    let left = try Files.list(folder).map { "\(folder)/\($0)" }
    let digests = try await Digest.of(files: left.filter { Files.size($0) != nil })
    for path in left where !packages.contains(where: { $0.sha256 == digests[path] }) {
      try Files.remove(path)
    }
    try await fetching("packages") {
      try await Tool("apt-get").checked(
        arguments + ["-q", "download"] + packages.map(\.exact),
        directory: folder)
    }
    return try Files.list(folder).filter { $0.hasSuffix(".deb") }.map { "\(folder)/\($0)" }
  }

  /// Unpacks packages; nothing in them is run.
  func unpack(_ files: [String], into folder: String) async throws {
    for file in files { try await Tool("dpkg-deb").checked(["-x", file, folder]) }
  }

  /// apt's first error in one line, as it becomes the reason of many trials. The errors after it
  /// follow from it, or are of the same kind.
  static func cause(in words: String) -> String {
    let lines = words.split(separator: "\n")
    guard let first = lines.first(where: { $0.hasPrefix("E: ") }) else { return words }
    return first.dropFirst(3).split(separator: " ").joined(separator: " ")
  }

  /// Says what to do if apt gave up; apt's own message says why.
  private func fetching(
    _ what: String, _ body: () async throws -> Tool.Output
  ) async throws {
    do {
      _ = try await body()
    } catch ToolError.failed(_, _, let words) where !words.contains("No space left on device") {
      throw KernelError(
        what: "apt could not fetch Debian's \(what): \(Self.cause(in: words))",
        remedy: "check the network and the mirror in this machine's apt sources, or set"
          + " PANICROOM_DEBIAN_MIRROR to the address of another, and run again; packages that"
          + " arrived complete are kept", isUnavailable: true)
    }
  }
}

extension PrivateApt.Package {
  /// `name=version`, as apt takes it.
  var exact: String { "\(name)=\(version)" }

  init?(_ fields: [String: String]) {
    guard let name = fields["package"], let version = fields["version"] else { return nil }
    self.name = name
    self.version = version
    size = fields["size"].flatMap { UInt64($0) } ?? 0
    sha256 = fields["sha256"] ?? ""
    depends = (fields["depends"] ?? "").split(separator: ",").map { item in
      String(item.drop { $0.isWhitespace }.prefix { !$0.isWhitespace && !"|(:".contains($0) })
    }
  }
}
