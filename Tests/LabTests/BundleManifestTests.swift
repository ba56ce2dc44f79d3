// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Lab
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct BundleManifestTests {
  private func manifest(objects: [String] = ["objects/6.1/bpf/a"]) -> BundleManifest {
    BundleManifest(
      version: "1", architecture: "x86_64", system: "Debian", made: "", commit: nil,
      kernels: [.init(name: "6.1", release: "6.1.0", objects: objects)], packages: 0, unpacked: 1)
  }

  private func read(
    _ manifest: BundleManifest, version: String = "1", architecture: String = "x86_64"
  ) throws -> BundleManifest {
    try BundleManifest.read(
      Array(try JSONEncoder().encode(manifest)), path: "b.tar", version: version,
      architecture: architecture)
  }

  @Test func whatFitsIsRead() throws {
    #expect(try read(manifest()) == manifest())
  }

  @Test func anotherMachinesOrVersionsIsRefused() {
    #expect(throws: LabError.self) { try read(manifest(), version: "2") }
    #expect(throws: LabError.self) { try read(manifest(), architecture: "aarch64") }
    var later = manifest()
    later.format = 2
    #expect(throws: LabError.self) { try read(later) }
  }

  @Test(arguments: ["objects/6.1/../../../x", "/etc/x", "objects/6.12/bpf/a"])
  func aPlaceOutsideOfTheCacheIsRefused(_ object: String) {
    #expect(throws: LabError.self) { try read(manifest(objects: [object])) }
  }

  @Test(arguments: ["", "{}", "[1]", "{\"format\": 1}"])
  func whatIsNoManifestIsRefused(_ text: String) {
    #expect(throws: LabError.self) {
      try BundleManifest.read(
        Array(text.utf8), path: "b.tar", version: "1", architecture: "x86_64")
    }
  }
}
