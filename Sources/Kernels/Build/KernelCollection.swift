// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Host

/// Takes out of a build what is needed to run its kernel and to build modules for it.
package struct KernelCollection {
  let source: String
  /// kbuild's output tree.
  let output: String

  package init(source: String, output: String) {
    self.source = source
    self.output = output
  }

  /// - Parameter make: the arguments that name source and output to make.
  /// - Returns: the kernel's release.
  func collect(into folder: String, make: [String]) async throws -> String {
    let release = try Files.text("\(output)/include/config/kernel.release")
      .filter { !$0.isWhitespace }
    for (from, to) in [
      ("arch/x86/boot/bzImage", "vmlinuz"), ("System.map", "System.map"), (".config", "config"),
    ] {
      try Files.write(try Files.read("\(output)/\(from)"), to: "\(folder)/\(to)")
    }
    try await Tool("make").checked(
      make + ["INSTALL_MOD_PATH=\(folder)/modules", "INSTALL_MOD_STRIP=1", "modules_install"],
      environment: KernelBuild.environment)
    // Links into the build, which goes.
    for name in ["build", "source"] {
      try Files.remove("\(folder)/modules/lib/modules/\(release)/\(name)")
    }
    try await collectHeaders(into: "\(folder)/headers")
    return release
  }

  /// Source and output in one tree, as in the kernel's own package of headers (Linux:
  /// scripts/package/builddeb, `deploy_kernel_headers`).
  package func collectHeaders(into folder: String) async throws {
    try Files.makeFolder(folder)
    let fromSource = try await find(
      in: source,
      [
        [".", "arch/x86", "-maxdepth", "1", "-name", "Makefile*"],
        ["include", "scripts", "(", "-type", "f", "-o", "-type", "l", ")"],
        ["arch/x86", "-path", "*/include/*", "-type", "f"],
      ])
    let fromOutput = try await find(
      in: output,
      [
        ["arch/x86/include", "include", "-type", "f"],
        ["scripts", "-type", "f", "-not", "-name", "*.o"],
        ["Module.symvers", "tools/objtool/objtool", ".config"],
      ])
    try await copy(fromSource, from: source, into: folder)
    try await copy(fromOutput, from: output, into: folder)
  }

  private func find(in folder: String, _ searches: [[String]]) async throws -> [UInt8] {
    var found: [UInt8] = []
    for search in searches {
      found += try await Tool("find").checked(search + ["-print0"], directory: folder)
        .standardOutput
    }
    return found
  }

  /// - Parameter names: each followed by a NUL.
  private func copy(_ names: [UInt8], from: String, into folder: String) async throws {
    let archive = "\(folder).tar"
    try await Tool("tar").checked(
      ["-c", "-f", archive, "--null", "--files-from=-"], directory: from, input: names)
    try await Tool("tar").checked(["-x", "-f", archive, "-C", folder])
    try Files.remove(archive)
  }
}

/// A kernel that was built here: all its files, as absolute paths.
public struct BuiltKernel: Sendable, Equatable {
  /// Everything of it is in this folder.
  public var folder: String
  public var release: String
  /// Debian's version of the source package.
  public var version: String
  /// What it was configured with, by file name.
  var fragments: [String: String]

  public var image: String { "\(folder)/vmlinuz" }
  public var config: String { "\(folder)/config" }
  public var systemMap: String { "\(folder)/System.map" }
  /// kbuild's tree for modules: source and output in one.
  public var headers: String { "\(folder)/headers" }
  /// The folder that holds `lib/modules`.
  public var modules: String { "\(folder)/modules" }

  private struct Record: Codable {
    var release: String
    var version: String
    var fragments: [String: String]
  }

  /// The kernel in a folder; nil if there is none.
  ///
  /// - Throws: `HostError`, a decoding error.
  init?(in folder: String) throws {
    let path = "\(folder)/built.json"
    guard Files.exists(path) else { return nil }
    let record = try JSONDecoder().decode(Record.self, from: Data(try Files.read(path)))
    self.folder = folder
    release = record.release
    version = record.version
    fragments = record.fragments
  }

  /// Writes the record, the last file of the folder.
  static func note(
    release: String, version: String, fragments: [String: String], in folder: String
  ) throws {
    let record = Record(release: release, version: version, fragments: fragments)
    try Files.write(Array(try JSONEncoder().encode(record)), to: "\(folder)/built.json")
  }
}
