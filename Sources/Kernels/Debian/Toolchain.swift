// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Programs of another release of Debian, made to run on this machine, whose C library may be older
/// than the one they were linked with.
///
/// Each program becomes a shell script that starts it with the dynamic loader that was unpacked
/// with it (ld.so(8), `--library-path`). That needs no privilege, neither root nor a user
/// namespace, and the tree can be moved as a whole.
struct Toolchain {
  /// What the packages were unpacked into.
  let root: String

  /// Link-time optimisation, which no kernel of Debian's uses, is half of a compiler's size.
  private static let unused = ["lto1", "lto-dump"]
  /// The suffix under which the original program is kept.
  private static let suffix = ".elf"

  /// Turns all programs into scripts.
  ///
  /// - Returns: the folder of the compiler.
  func adapt() async throws -> String {
    let loaders = ["usr/lib64", "lib64"].map { "\($0)/ld-linux-x86-64.so.2" }
    guard let loader = loaders.first(where: { Files.exists("\(root)/\($0)") }) else {
      throw KernelError(
        what: "the compiler's packages have no dynamic loader",
        remedy: "check that the suite in vm/kernels.yaml has libc6")
    }
    let found = try await Tool("find").checked([
      "\(root)/usr", "-type", "f", "-perm", "-u+x", "-not", "-name", "*.so*", "-not", "-path",
      "*/modules/*", "-print0",
    ]).text
    for path in found.split(separator: "\0").map(String.init) {
      if Self.unused.contains(where: { Files.name(of: path).contains($0) }) {
        try Files.remove(path)
      } else if ProgramHeader.isDynamic(try Files.read(path)) {
        try wrap(path, loader)
      }
    }
    return "usr/bin"
  }

  private func wrap(_ path: String, _ loader: String) throws {
    let place = path.dropFirst(root.utf8.count + 1)
    let up = Array(repeating: "..", count: place.split(separator: "/").count - 1)
      .joined(separator: "/")
    try Files.rename(path, to: path + Self.suffix)
    // gcc looks for its parts relative to the path in its name.
    try Files.write(
      """
      #!/bin/sh
      r=${0%/*}/\(up)
      exec "$r/\(loader)" --argv0 "$0" \
      --library-path "$r/usr/lib/x86_64-linux-gnu:$r/lib/x86_64-linux-gnu" \
      "$r/\(place)\(Self.suffix)" "$@"

      """, to: path)
    try Files.makeExecutable(path)
  }
}

/// The few parts of an ELF file that show whether it is a program with a dynamic loader (elf(5)).
enum ProgramHeader {
  private static let interpreter = 3

  static func isDynamic(_ bytes: [UInt8]) -> Bool {
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), bytes.count >= 64 else {
      return false
    }
    func number(_ offset: Int, _ size: Int) -> Int {
      guard offset >= 0, offset + size <= bytes.count else { return 0 }
      return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    // e_phoff, e_phentsize, e_phnum; no intact file has its headers further from the start than
    // this.
    let (start, size, count) = (number(32, 4), number(54, 2), number(56, 2))
    return (0..<count).contains { number(start + $0 * size, 4) == interpreter }
  }
}
