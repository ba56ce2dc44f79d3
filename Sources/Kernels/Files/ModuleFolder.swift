// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A kernel's installed modules, as the user gives them: `…/lib/modules/<release>`.
struct ModuleFolder {
  let path: String
  let release: String
  /// The modules' files, relative to ``path``, by their names.
  private let files: [String: String]
  let builtin: Set<String>

  /// What depmod reads in addition to the modules; older kernels don't have the last.
  static let lists = ["modules.order", "modules.builtin", "modules.builtin.modinfo"]

  /// - Parameter path: the folder itself, or one that holds it as `lib/modules/<release>`, as
  ///   `usr/lib/modules/<release>` or by its release.
  static func find(_ path: String, release: String) async throws -> ModuleFolder {
    guard Files.isFolder(path) else {
      throw KernelError(
        what: "the modules' folder \(path) is not there",
        remedy: "give a folder such as /lib/modules/\(release)")
    }
    let candidates = ["", "/lib/modules/", "/usr/lib/modules/"].map {
      "\(path)/\($0)\(release)"
    }
    let isItself = ["kernel", "modules.order", "modules.builtin"].contains {
      Files.exists("\(path)/\($0)")
    }
    guard let folder = isItself ? path : candidates.first(where: Files.isFolder) else {
      throw KernelError(
        what: "\(path) has no modules for \(release), which the image is",
        remedy:
          "give a folder such as /lib/modules/\(release); a build tree's modules are installed "
          + "by make modules_install INSTALL_MOD_PATH=DIR")
    }
    return try await ModuleFolder(try Files.real(folder), release: release)
  }

  private init(_ path: String, release: String) async throws {
    self.path = path
    self.release = release
    let found = try await Tool("find").checked([
      path, "-type", "f", "-name", "*.ko*", "-printf", "%P\\0",
    ]).text
    var files: [String: String] = [:]
    // Sorted, so that of two with one name it is always the same one.
    for file in found.split(separator: "\0").map(String.init).sorted()
    where PackedModule.packing(of: file) != nil {
      files[ModuleDependencies.name(of: file)] = file
    }
    self.files = files
    let list = "\(path)/modules.builtin"
    builtin =
      Files.exists(list)
      ? Set(
        try Files.text(list).split(separator: "\n").map { ModuleDependencies.name(of: String($0)) })
      : []
  }

  func has(_ name: String) -> Bool {
    let name = ModuleDependencies.normal(name)
    return files[name] != nil || builtin.contains(name)
  }

  /// Copies those of the modules that are there, with all that they need, uncompressed.
  func copy(_ names: [String], to folder: String) async throws {
    var open = names.map(ModuleDependencies.normal)
    var done: Set<String> = []
    while let name = open.popLast() {
      guard let file = files[name], let packing = PackedModule.packing(of: file),
        done.insert(name).inserted
      else { continue }
      let target = "\(folder)/\(file.dropLast(packing.count))"
      try Files.makeFolder(Files.parent(of: target))
      try await PackedModule.unpack("\(path)/\(file)", to: target)
      guard let module = ElfImage(try Files.read(target)),
        module.machine == ElfImage.machineOfGuests
      else {
        throw KernelError(
          what: "\(path)/\(file) is no whole module for x86-64", remedy: "install the modules again"
        )
      }
      let own = module.moduleInfo("vermagic").first?.split(separator: " ").first.map(String.init)
      guard own == release else {
        throw KernelError(
          what: "\(path)/\(file) is a module of \(own ?? "no kernel"), and the image is \(release)",
          remedy: "give the modules of the same build")
      }
      open += module.moduleInfo("depends").flatMap { $0.split(separator: ",") }
        .map { ModuleDependencies.normal(String($0)) }
    }
    for list in Self.lists {
      let bytes = Files.exists("\(path)/\(list)") ? try Files.read("\(path)/\(list)") : []
      try Files.write(bytes, to: "\(folder)/\(list)")
    }
  }
}
