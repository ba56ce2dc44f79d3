// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// From the names in the matrix to the exact packages that hold a kernel.
struct Resolver {
  let apt: PrivateApt

  struct Packages {
    var image: PrivateApt.Package
    var all: [PrivateApt.Package]
  }

  /// What a kernel's parts are called; their other dependencies (compilers, initramfs tools) are
  /// not for a prefix. sid has the image in linux-binary, linux-base and linux-modules.
  private static let parts = [
    "linux-image-", "linux-headers-", "linux-kbuild-", "linux-binary-", "linux-base-",
    "linux-modules-",
  ]

  /// What the compiler's packages depend on but a kernel's modules don't: run-time libraries of
  /// sanitizers and languages, configuration, signing. Names begin so.
  private static let unneeded = [
    "linux-", "debconf", "openssl-", "libssl", "libc-gconv", "libgprofng", "libasan", "liblsan",
    "libtsan", "libubsan", "libhwasan", "libgomp", "libitm", "libquadmath", "libatomic",
  ]

  /// What builds modules for a kernel: the compiler that its headers ask for, and what kbuild's
  /// programs are linked with, down to the C library.
  func tools(for packages: Packages) async throws -> [PrivateApt.Package] {
    var open = ["binutils"]
    for package in packages.all {
      let compilers = ["gcc-", "linux-compiler-gcc-", "pahole"]
      if package.name.hasPrefix("linux-headers-") || package.name.hasPrefix("linux-compiler-") {
        open += package.depends.filter { name in compilers.contains { name.hasPrefix($0) } }
      }
      if package.name.hasPrefix("linux-kbuild-") { open += package.depends }
    }
    var found: [PrivateApt.Package] = []
    while let name = open.popLast() {
      let isCompiler = name.hasPrefix("linux-compiler-gcc-")
      if found.contains(where: { $0.name == name })
        || !isCompiler && Self.unneeded.contains(where: { name.hasPrefix($0) })
      {
        continue
      }
      let package = try await apt.show(name)
      found.append(package)
      open += package.depends
    }
    return found
  }

  func packages(of entry: KernelEntry) async throws -> Packages {
    var found: [PrivateApt.Package] = []
    let named = [entry.image, entry.headers].compactMap(\.self)
    var open = named
    while let name = open.popLast() {
      if found.contains(where: { $0.name == name }) { continue }
      let package = try await apt.show(name)
      found.append(package)
      open += package.depends.filter { name in Self.parts.contains { name.hasPrefix($0) } }
    }
    // A meta package holds nothing; the image is what it depends on.
    let images = found.filter { $0.name.hasPrefix("linux-image-") }
    guard let image = images.first(where: { $0.name != entry.image }) ?? images.first else {
      throw KernelError(
        what: "\(entry.image) leads to no package linux-image-…",
        remedy: "check the names in vm/kernels.yaml")
    }
    let meta = found.filter { package in
      named.contains(package.name)
        && package.depends.contains { name in found.contains { $0.name == name } }
        && package.name != image.name
    }
    return Packages(image: image, all: found.filter { !meta.contains($0) })
  }
}
