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

  func packages(of entry: KernelEntry) async throws -> Packages {
    var found: [PrivateApt.Package] = []
    var open = [entry.image, entry.headers]
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
      [entry.image, entry.headers].contains(package.name)
        && package.depends.contains { name in found.contains { $0.name == name } }
        && package.name != image.name
    }
    return Packages(image: image, all: found.filter { !meta.contains($0) })
  }
}
