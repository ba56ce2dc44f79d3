// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels

/// A mirror of Debian in a folder, signed by a key of its own, that has one made-up kernel.
struct FakeMirror {
  /// On a CI machine a missing gpg is a failure, elsewhere a reason to skip.
  static let canBeSigned =
    Tool("gpg").locate() != nil || ProcessInfo.processInfo.environment["CI"] != nil

  static let entry = KernelEntry(
    name: "9.9", suites: [.init(name: "forky", security: false)],
    image: "linux-image-cloud-amd64", headers: "linux-headers-cloud-amd64")

  let folder: String
  var address: String { "file:\(folder)/debian" }
  var keyring: String { "\(folder)/key.gpg" }

  private var pool: String { "\(folder)/debian/pool" }

  /// The file of the image's package.
  var image: String { "\(pool)/linux-image-\(FakeKernel.release)-cloud-amd64_1_amd64.deb" }

  /// Packages what the fake kernel is made of.
  init(in folder: String) async throws {
    self.folder = folder
    let kernel = FakeKernel(folder: "\(folder)/kernel")
    try Files.makeFolder(kernel.folder)
    try Files.makeFolder(pool)
    let release = FakeKernel.release
    let image = try await kernel.bzImage()
    let modules = try await kernel.modules(["veth": ""])
    let headers = try kernel.headers()
    try await pack(
      "linux-image-\(release)-cloud-amd64",
      [
        (image, "boot/vmlinuz-\(release)"),
        ("\(kernel.folder)/config.text", "boot/config-\(release)"),
        ("/dev/null", "boot/System.map-\(release)"), ("\(modules)/lib", "lib"),
      ])
    try await pack(
      "linux-headers-\(release)-cloud-amd64",
      [
        (headers, "usr/src/linux-headers-\(release)"),
        ("/dev/null", "usr/src/linux-headers-\(release)/.kernelvariables"),
        ("\(headers)/Makefile", "usr/src/linux-headers-9.9-common/Makefile"),
      ])
    for part in ["image", "headers"] {
      try await pack(
        "linux-\(part)-cloud-amd64", [], depends: "linux-\(part)-\(release)-cloud-amd64")
    }
    try await publish()
  }

  /// Adds a package that holds nothing.
  func add(_ name: String, version: String, depends: String? = nil) async throws {
    try await pack(name, [], depends: depends, version: version)
  }

  func remove(_ name: String, version: String) throws {
    try Files.remove("\(pool)/\(name)_\(version)_amd64.deb")
  }

  private func pack(
    _ name: String, _ files: [(source: String, place: String)], depends: String? = nil,
    version: String = "1"
  ) async throws {
    let tree = "\(folder)/package"
    try Files.makeFolder("\(tree)/DEBIAN")
    try Files.write(
      """
      Package: \(name)
      Version: \(version)
      Architecture: amd64
      Maintainer: nobody <nobody@example.org>
      \(depends.map { "Depends: \($0)\n" } ?? "")Description: made up

      """, to: "\(tree)/DEBIAN/control")
    for (source, place) in files {
      try Files.makeFolder(Files.parent(of: "\(tree)/\(place)"))
      try await Tool("cp").checked(["-r", source, "\(tree)/\(place)"])
    }
    try await Tool("dpkg-deb").checked([
      "--root-owner-group", "-b", tree, "\(pool)/\(name)_\(version)_amd64.deb",
    ])
    try Files.remove(tree)
  }

  /// Writes and signs the lists of the packages as they are now.
  func publish() async throws {
    var list = ""
    for name in try Files.list(pool) {
      let path = "\(pool)/\(name)"
      let fields = try await Tool("dpkg-deb").run(["-f", path])
      list += fields.text
      list += "Filename: pool/\(name)\nSize: \(Files.size(path) ?? 0)\n"
      list += "SHA256: \(try await Digest.of(files: [path])[path] ?? "")\n\n"
    }
    let suite = "\(folder)/debian/dists/forky"
    try Files.makeFolder("\(suite)/main/binary-amd64")
    try Files.write(list, to: "\(suite)/main/binary-amd64/Packages")
    try Files.write(
      """
      Origin: Debian
      Suite: forky
      Codename: forky
      Date: Mon, 23 Nov 2026 00:00:00 UTC
      Architectures: amd64
      Components: main
      SHA256:
       \(Digest.of(list)) \(list.utf8.count) main/binary-amd64/Packages

      """, to: "\(suite)/Release")
    try await sign(suite)
  }

  private func sign(_ suite: String) async throws {
    let home = "\(folder)/gnupg"
    try Files.makeFolder(home)
    let gpg = [
      "--homedir", home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", "",
    ]
    try await Tool("chmod").checked(["700", home])
    if !Files.exists(keyring) {
      try await Tool("gpg").checked(
        gpg + ["--quick-generate-key", "nobody@example.org", "ed25519", "sign", "never"])
      try await Tool("gpg").checked(gpg + ["--output", keyring, "--export"])
    }
    try await Tool("gpg").checked(
      gpg + ["--output", "\(suite)/InRelease", "--clearsign", "\(suite)/Release"])
  }

  /// Ends the agent that gpg leaves behind.
  func close() async throws {
    try await Tool("gpgconf").checked(["--homedir", "\(folder)/gnupg", "--kill", "all"])
  }
}
