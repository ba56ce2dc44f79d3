// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
package import Kernels

/// The shared libraries that a guest's programs get: those of a newer suite of Debian, or this
/// machine's own.
package struct SharedLibraries: Sendable {
  /// Nil for this machine's own.
  package var tree: GuestLibraries.Tree?

  package init(tree: GuestLibraries.Tree? = nil) {
    self.tree = tree
  }

  private static let loader = "/lib64/ld-linux-x86-64.so.2"
  /// Debian's loader looks here by default.
  private static let place = "lib/x86_64-linux-gnu"
  /// What libkmod opens by itself if a module is packed.
  private static let opened = ["liblzma.so.5", "libzstd.so.1"]

  /// What a program needs, the dynamic linker included: the paths on this machine by those in the
  /// guest, which have no leading slash.
  ///
  /// - Returns: nil if it is not a dynamically linked program.
  /// - Throws: ``LabError`` if something of it is missing.
  package func needed(by program: String) async throws -> [String: String]? {
    try await Self.known.value([tree?.folder ?? "", program]) { try await find(program) }
  }

  private static let known = Once<[String], [String: String]?>()

  private func find(_ program: String) async throws -> [String: String]? {
    // Not ldd, a script that starts the loader five times.
    let output = try await Tool(tree?.loader ?? Self.loader).run(
      (tree.map { ["--library-path", $0.libraries] } ?? []) + ["--list", program])
    let lines = (output.text + output.errorText).split(separator: "\n")
    if let missing = lines.first(where: { $0.contains("not found") }) {
      throw LabError("The guest's agent needs a library that is missing: \(missing)")
    }
    guard output.status == 0 else { return nil }
    var needed = places(lines)
    for name in Self.opened {
      if let tree, needed["\(Self.place)/libkmod.so.2"] != nil {
        needed["\(Self.place)/\(name)"] = "\(tree.libraries)/\(name)"
      }
    }
    return needed
  }

  /// Reads lines such as `libc.so.6 => /lib/…/libc.so.6 (0x…)`, `/lib64/ld-linux-x86-64.so.2 (0x…)`,
  /// `linux-vdso…`.
  private func places(_ lines: [Substring]) -> [String: String] {
    var places: [String: String] = [:]
    for line in lines {
      let paths = line.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("/") }
      guard let place = paths.first, let path = paths.last.map(String.init) else { continue }
      let isOfTree = tree.map { place.hasPrefix($0.libraries + "/") } ?? false
      let inGuest =
        isOfTree ? "\(Self.place)/\(Files.name(of: path))" : String(place.dropFirst())
      places[inGuest] = path
    }
    return places
  }

  /// The version of the libbpf that a program gets; nil if it needs none.
  package func libbpf(of program: String) async throws -> String? {
    if let tree { return tree.libbpf }
    guard let needed = try await needed(by: program),
      let path = needed.values.first(where: { Files.name(of: $0).hasPrefix("libbpf.so.") })
    else { return nil }
    return String(Files.name(of: try Files.real(path)).dropFirst("libbpf.so.".count))
  }

  /// Whether a version of libbpf has what current programs use: tcx, netkit, netfilter, several uprobes
  /// at once, links of struct_ops.
  package static func isCurrent(_ version: String) -> Bool {
    let numbers = version.split(separator: ".").map { Int($0) ?? 0 }
    return !numbers.lexicographicallyPrecedes([1, 5])
  }
}
