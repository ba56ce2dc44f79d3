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
    let btf = try await vmlinux(image: image, headers: headers)
    let header = "btf/vmlinux.h"
    try Files.makeFolder("\(folder)/btf")
    try await Tool("bpftool").checked(
      ["btf", "dump", "file", "\(folder)/\(btf)", "format", "c"],
      outputFile: "\(folder)/\(header)")
    let digests = try await Digest.of(files: ["\(folder)/\(header)", "\(folder)/\(image)"])
    return KernelRecord(
      schema: KernelRecord.currentSchema, entry: entry, release: release, packageVersion: version,
      packages: packages.sorted(), vmlinuxHeaderDigest: digests["\(folder)/\(header)"] ?? "",
      imageDigest: digests["\(folder)/\(image)"],
      files: KernelFiles(
        image: image, modulesDirectory: "\(modulesRoot)/lib/modules/\(release)",
        modulesRoot: modulesRoot, headersDirectory: headers,
        commonHeaders: common.map { "root/usr/src/\($0)" }, vmlinuxBTF: btf, vmlinuxHeader: header,
        config: part("config"), systemMap: part("System.map")))
  }

  /// An ELF file with the kernel's BTF: newer headers bring it, older kernels have it inside.
  private func vmlinux(image: String, headers: String?) async throws -> String {
    if let headers, Files.exists("\(folder)/\(headers)/vmlinux") { return "\(headers)/vmlinux" }
    try await KernelImage.unpack("\(folder)/\(image)", to: "\(folder)/vmlinux")
    return "vmlinux"
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
