// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Lab
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct GuestImageTests {
  /// depmod lists the modules.
  @Test(.tags(.tool)) func anImageThatWasDamagedIsMadeAnewWithANote() async throws {
    let folder = NSTemporaryDirectory() + "panicroom-image-\(UUID().uuidString)"
    defer { #expect(throws: Never.self) { try Files.remove(folder) } }
    let modules = "\(folder)/lib/modules/1.2.3"
    try Files.makeFolder(modules)
    for name in ["dep", "order", "builtin", "builtin.modinfo"] {
      try Files.write("", to: "\(modules)/modules.\(name)")
    }
    try Files.write("boot_modules: []\nextra_modules: []\n", to: "\(folder)/image.yaml")
    let kernel = Kernel(
      name: "test", release: "1.2.3", packageVersion: "1", image: "", modulesDirectory: modules,
      modulesRoot: folder, headersDirectory: "", commonHeaders: "",
      vmlinuxHeader: "", vmlinuxHeaderDigest: "", config: "", systemMap: "")
    // Any program stands in for the agent.
    let image = GuestImage(
      cache: CacheDirectory(root: "\(folder)/cache"), agent: "/usr/bin/env",
      imageFile: "\(folder)/image.yaml")
    let path = try await image.make(for: kernel)
    let whole = try Files.read(path)
    var notes: [String] = []
    try await image.repair(for: kernel) { notes.append($0) }
    #expect(notes == [])

    var damaged = whole
    damaged[whole.count / 2] ^= 0xff
    try Files.write(damaged, to: path)
    #expect(try await image.make(for: kernel) == path)
    try await image.repair(for: kernel) { notes.append($0) }
    #expect(notes.count == 1)
    #expect(notes.first?.contains("initramfs.cpio was changed") == true)
    #expect(try Files.read(path) == whole)
  }
}
