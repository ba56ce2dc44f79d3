// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// The headers that a kernel's modules are built with, as the user gives them: a build tree, or
/// what a distribution's package of headers installs.
struct HeaderTree {
  /// kbuild's source tree (`make -C`).
  var source: String
  /// kbuild's output tree (`O=`); the same if a kernel was built in its source.
  var output: String
  /// Nil if nothing in it says so.
  var release: String?

  /// - Parameter path: Debian's or Ubuntu's `linux-headers-…-<flavour>`, Fedora's
  ///   `/usr/src/kernels/…`, a build tree, or a link to one (`/lib/modules/…/build`).
  /// - Throws: ``KernelError`` that says which part is missing.
  static func find(_ path: String) throws -> HeaderTree {
    guard Files.isFolder(path) else {
      throw KernelError(
        what: "the headers' folder \(path) is not there",
        remedy: "use a build tree, or a folder such as /usr/src/linux-headers-…-amd64")
    }
    let output = try Files.real(path)
    guard Files.exists("\(output)/Makefile") else {
      throw KernelError(
        what: "\(output) is no build tree and no headers package: it has no Makefile",
        remedy: "use a build tree, or a folder such as /usr/src/linux-headers-…-amd64")
    }
    guard Files.exists("\(output)/include/generated/autoconf.h") else {
      throw KernelError(
        what: "\(output) is not prepared for modules: it has no include/generated/autoconf.h",
        remedy:
          "of a distribution's headers give the folder of the flavour (linux-headers-…-amd64, "
          + "linux-headers-…-generic) instead of the one that flavours share; in a build tree run "
          + "make first")
    }
    guard Files.exists("\(output)/Module.symvers") else {
      throw KernelError(
        what: "\(output) has no Module.symvers, which modules are linked with",
        remedy: "run make in that build tree to its end")
    }
    let source = try source(of: output)
    return HeaderTree(source: source, output: output, release: try release(of: output))
  }

  /// The folder that the output tree's Makefile includes the rules from, if it is a generated one.
  private static func source(of output: String) throws -> String {
    let makefile = try Files.read("\(output)/Makefile", upTo: 4096)
    let lines = String(decoding: makefile, as: UTF8.self).split(separator: "\n")
    let generated = lines.first { $0.hasPrefix("include /") && $0.hasSuffix("/Makefile") }
    guard let generated else { return output }
    let named = String(generated.dropFirst("include ".count).dropLast("/Makefile".count))
    // A package that was unpacked elsewhere has both halves next to each other.
    let beside = "\(Files.parent(of: output))/\(Files.name(of: named))"
    for place in [beside, named] where Files.exists("\(place)/Makefile") { return place }
    throw KernelError(
      what:
        "\(output) is half of the headers: the other half, \(named), is neither there nor beside it",
      remedy: "install or unpack that package, too")
  }

  /// Linux: Makefile, `include/generated/utsrelease.h`.
  private static func release(of output: String) throws -> String? {
    let path = "\(output)/include/generated/utsrelease.h"
    guard Files.exists(path) else { return nil }
    let parts = try Files.text(path).split(separator: "\"")
    return parts.count > 1 ? String(parts[1]) : nil
  }

  /// Changes when the tree is rebuilt: from another configuration, as another release, or with
  /// other exported symbols.
  static func stamp(of output: String) throws(HostError) -> String {
    let generated = ["autoconf.h", "utsrelease.h"].map { "\(output)/include/generated/\($0)" }
    var stamps: [String] = []
    for file in ["\(output)/Module.symvers"] + generated where Files.exists(file) {
      stamps.append(try Files.stamp(file))
    }
    return stamps.joined(separator: " ")
  }

  /// Its configuration; nil if it has none.
  var config: String? {
    ["\(output)/.config", "\(output)/include/config/auto.conf"].first(where: Files.exists)
  }
}
