// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import Logging
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelStoreTests {
  private let entry = KernelEntry(
    name: "6.1", isDefault: true, suites: [.init(name: "bookworm", security: false)],
    image: "linux-image-cloud-amd64", headers: "linux-headers-cloud-amd64")

  private func store(_ folder: String, mirror: String) -> KernelStore {
    KernelStore(
      cache: CacheDirectory(root: "\(folder)/cache"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      wishes: .init(main: mirror))
  }

  /// apt itself, on a mirror in a folder.
  @Test(.tags(.tool)) func aMirrorThatNobodySignedIsRefusedAndNothingIsLeftBehind() async throws {
    try await withTemporaryFolder { folder in
      let lists = "\(folder)/debian/dists/bookworm/main/binary-amd64"
      try Files.makeFolder(lists)
      let packages = """
        Package: linux-image-cloud-amd64
        Version: 6.6.6
        Architecture: amd64
        Filename: evil.deb
        Size: 1

        """
      try Files.write(packages, to: "\(lists)/Packages")
      let size = packages.utf8.count
      try Files.write(
        """
        Origin: Debian
        Suite: bookworm
        Codename: bookworm
        Date: Mon, 23 Nov 2026 00:00:00 UTC
        Architectures: amd64
        Components: main
        SHA256:
         \(Digest.of(packages)) \(size) main/binary-amd64/Packages

        """, to: "\(folder)/debian/dists/bookworm/Release")
      let store = store(folder, mirror: "file:\(folder)/debian")
      let error = await #expect(throws: KernelError.self) { try await store.kernel(entry) }
      #expect(error?.what.contains("not signed") == true, "\(String(describing: error))")
      #expect(error?.remedy.contains("PANICROOM_DEBIAN_MIRROR") == true)
      #expect(try Files.list("\(folder)/cache/kernels") == [".lock-6.1"])
      #expect(store.cached(entry) == nil)
    }
  }

  @Test func aRecordThatIsDamagedOrOfSomethingElseIsNoKernel() async throws {
    try await withTemporaryFolder { folder in
      let store = store(folder, mirror: "file:/nonexistent/debian")
      let place = store.cache.path("kernels", "6.1")
      try Files.makeFolder(place)
      for text in ["", "{", "{}", #"{"schema": 99}"#] {
        try Files.write(text, to: "\(place)/kernel.json")
        #expect(store.cached(entry) == nil)
      }
    }
  }

  @Test func aDamagedFileOfAKernelIsNamedWithItsRemedy() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/btf")
      let header = "\(folder)/btf/vmlinux.h"
      let image = "\(folder)/vmlinuz"
      for path in [header, image] { try Files.write("whole", to: path) }
      let digest = Digest.of("whole")
      let kernel = Kernel(
        name: "6.1", release: "", packageVersion: "", image: image, modulesDirectory: "",
        modulesRoot: "", headersDirectory: "", commonHeaders: "",
        vmlinuxHeader: header, vmlinuxHeaderDigest: digest, config: "", systemMap: "",
        imageDigest: digest)
      try await kernel.requireHeader()
      try await kernel.requireImage()
      for path in [header, image] { try Files.write("wHole", to: path) }
      let ofHeader = await #expect(throws: KernelError.self) { try await kernel.requireHeader() }
      let ofImage = await #expect(throws: KernelError.self) { try await kernel.requireImage() }
      #expect(ofHeader?.what.hasPrefix(header) == true)
      #expect(ofImage?.what.hasPrefix(image) == true)
      #expect(ofImage?.remedy.hasSuffix("kernel fetch 6.1") == true)
    }
  }
}
