// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Makes a kernel's folder out of its unpacked packages: finds the parts, makes what the packages
/// leave to their installation.
struct KernelAssembly {
  /// Holds `root`, into which the packages were unpacked.
  let folder: String

  func assemble(
    entry: KernelEntry, version: String, packages: [String]
  ) async throws -> KernelRecord {
    // sid unpacks into usr/lib.
    let modulesRoot = Files.isFolder("\(folder)/root/lib/modules") ? "root" : "root/usr"
    let release = try only(in: "\(modulesRoot)/lib/modules") { _ in true }
    try await Tool("depmod").checked(["-b", "\(folder)/\(modulesRoot)", release])
    let headers = entry.headers.map { _ in "root/usr/src/linux-headers-\(release)" }
    let common =
      entry.headers == nil
      ? nil
      : try only(in: "root/usr/src") {
        $0.hasPrefix("linux-headers-") && $0.hasSuffix("-common")
      }
    // sid has image and config next to the modules, not in /boot.
    func part(_ name: String) -> String {
      let beside = "\(modulesRoot)/lib/modules/\(release)/\(name)"
      return Files.exists("\(folder)/\(beside)") ? beside : "root/boot/\(name)-\(release)"
    }
    let image = part("vmlinuz")
    let header = "btf/vmlinux.h"
    try Files.makeFolder("\(folder)/btf")
    try await dumpTypes(image: image, headers: headers, to: "\(folder)/\(header)")
    let digests = try await Digest.of(files: ["\(folder)/\(header)", "\(folder)/\(image)"])
    return KernelRecord(
      schema: KernelRecord.currentSchema, entry: entry, release: release, packageVersion: version,
      packages: packages.sorted(), vmlinuxHeaderDigest: digests["\(folder)/\(header)"] ?? "",
      imageDigest: digests["\(folder)/\(image)"],
      files: KernelFiles(
        image: image, modulesDirectory: "\(modulesRoot)/lib/modules/\(release)",
        modulesRoot: modulesRoot, headersDirectory: headers,
        commonHeaders: common.map { "root/usr/src/\($0)" }, vmlinuxHeader: header,
        config: part("config"), systemMap: part("System.map")))
  }

  /// Writes the kernel's types as C. Newer headers bring an ELF file with its BTF, older kernels have it
  /// inside: what is unpacked for it is 55 MiB, and not kept.
  private func dumpTypes(image: String, headers: String?, to header: String) async throws {
    let brought = headers.map { "\(folder)/\($0)/vmlinux" }.flatMap { Files.exists($0) ? $0 : nil }
    let unpacked = "\(folder)/vmlinux"
    if brought == nil { try await KernelImage.unpack("\(folder)/\(image)", to: unpacked) }
    try await Tool("bpftool").checked(
      ["btf", "dump", "file", brought ?? unpacked, "format", "c"], outputFile: header)
    if brought == nil { try Files.remove(unpacked) }
  }

  private func only(in path: String, _ fits: (String) -> Bool) throws -> String {
    let names = try Files.list("\(folder)/\(path)").filter(fits)
    guard names.count == 1 else {
      throw KernelError(
        what: "one kernel's packages should hold one folder in \(path), not \(names.count)",
        remedy: "check the names in vm/kernels.yaml")
    }
    return names[0]
  }
}
