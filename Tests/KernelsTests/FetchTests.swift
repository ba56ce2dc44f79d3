// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import Logging
import TestSupport
import Testing

/// apt itself on a mirror in a folder: what goes wrong is said, nothing is left half done, and the
/// next attempt goes on from there.
@Suite(
  .lane, .tags(.compiler, .tool), .timeLimit(.minutes(5)), .enabled(if: FakeMirror.canBeSigned))
struct FetchTests {
  private func withMirror(
    _ body: (_ mirror: FakeMirror, _ store: KernelStore) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let mirror = try await FakeMirror(in: folder)
      let store = KernelStore(
        cache: CacheDirectory(root: "\(folder)/cache"),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        wishes: .init(main: mirror.address, keyring: mirror.keyring))
      do {
        try await body(mirror, store)
      } catch {
        try await mirror.close()
        throw error
      }
      try await mirror.close()
    }
  }

  /// What a store that failed leaves beside the locks.
  private func leftovers(_ store: KernelStore) throws -> [String] {
    try Files.list(store.cache.path("kernels")).filter { !$0.hasPrefix(".lock-") }
  }

  @Test func aKernelIsFetchedWhole() async throws {
    try await withMirror { mirror, store in
      let kernel = try await store.kernel(FakeMirror.entry)
      #expect(kernel.release == FakeKernel.release)
      #expect(kernel.lacks == KernelLacks())
      #expect(store.cached(FakeMirror.entry) == kernel)
      #expect(!Files.exists(store.cache.path("downloads", "9.9")))
    }
  }

  @Test func aKernelWithoutHeadersIsFetchedForPrograms() async throws {
    try await withMirror { _, store in
      var entry = FakeMirror.entry
      (entry.name, entry.image) = ("9.9.1", "linux-image-\(FakeKernel.release)-cloud-amd64")
      entry.headers = nil
      let kernel = try await store.kernel(entry)
      #expect(kernel.release == FakeKernel.release)
      #expect(kernel.kbuild == nil && kernel.vmlinuxHeader != nil)
      #expect(kernel.lacks.builtModules?.contains("no headers") == true)
      #expect(store.cached(entry) == kernel)
    }
  }

  /// Releases of which Debian has everything, no headers, or only the image.
  @Test func theLadderSaysWhatThereIsOfEachRelease() async throws {
    try await withMirror { mirror, store in
      let sources = LadderSources(
        flavour: "cloud-amd64", suites: [.init(name: "forky", security: false)])
      for release in ["8.1.9", "8.1.10", "9.2.3"] {
        try await mirror.add(
          "linux-image-\(release)-cloud-amd64", version: "\(release)-2~bpo1+1",
          depends: release == "9.2.3" ? "linux-modules-9.2.3-cloud-amd64" : nil)
      }
      try await mirror.add("linux-image-8.1.9+a-cloud-amd64", version: "8.1.9-2")
      try await mirror.add("linux-headers-8.1.9+a-cloud-amd64", version: "8.1.9-2")
      try await mirror.add("linux-image-9.3-rc7-cloud-amd64", version: "9.3~rc7-1~exp1")
      try await mirror.add("linux-image-8.1.9-rt-amd64", version: "8.1.9-2")
      try await mirror.publish()
      let ladder = try await store.askForLadder(from: sources)
      #expect(ladder.rungs.map(\.name) == ["8.1.9", "8.1.10", "9.2.3"])
      #expect(ladder.rungs.map(\.hasModules) == [true, true, false])
      #expect(ladder.rungs.map(\.headers) == ["linux-headers-8.1.9+a-cloud-amd64", nil, nil])
      #expect(ladder["8.1.9"]?.image == "linux-image-8.1.9+a-cloud-amd64")
      #expect(store.ladder(from: sources) == ladder)
      let others = LadderSources(flavour: "rt-amd64", suites: sources.suites)
      #expect(store.ladder(from: others) == nil)
      let node = KernelStore(
        cache: CacheDirectory(root: store.cache.root + "-node", shared: store.cache.root),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      #expect(node.ladder(from: sources) == ladder)
      // What the mirror forgets stays as long as it is in the cache.
      try mirror.remove("linux-image-8.1.10-cloud-amd64", version: "8.1.10-2~bpo1+1")
      try await mirror.publish()
      try Files.makeFolder(store.cache.path("kernels", "8.1.10"))
      #expect(try await store.askForLadder(from: sources).rungs == ladder.rungs)
      #expect(!ladder.isOld)
      try Files.remove(store.cache.path("kernels", "8.1.10"))
      #expect(
        try await store.askForLadder(from: sources).rungs.map(\.name) == ["8.1.9", "9.2.3"])
    }
  }

  /// Debian's lists name packages that its mirrors have dropped.
  @Test func aReleaseComesFromItsOtherPackagesIfSomeAreGone() async throws {
    try await withMirror { mirror, store in
      try await mirror.add("linux-image-gone-cloud-amd64", version: "1")
      try await mirror.publish()
      try mirror.remove("linux-image-gone-cloud-amd64", version: "1")
      var entry = FakeMirror.entry
      entry.image = "linux-image-gone-cloud-amd64"
      await #expect(throws: KernelError.self) { try await store.kernel(entry) }
      entry.others = [FakeMirror.entry]
      let kernel = try await store.kernel(entry)
      #expect(kernel.release == FakeKernel.release)
      #expect(store.cached(entry) == kernel)
      #expect(try leftovers(store) == ["9.9"])
    }
  }

  /// From a bundle.
  @Test func aReleaseThatWasNeverAskedForCanBeLearned() async throws {
    try await withMirror { mirror, store in
      let sources = LadderSources(
        flavour: "cloud-amd64", suites: [.init(name: "forky", security: false)])
      try await mirror.add("linux-image-8.1.9-cloud-amd64", version: "8.1.9-2")
      try await mirror.add("linux-image-8.1.9+a-cloud-amd64", version: "8.1.9-2")
      try await mirror.publish()
      let rung = try #require(try await store.askForLadder(from: sources)["8.1.9"])
      #expect(rung.others?.count == 1)
      #expect(rung.others?.first?.image != rung.image)
      let other = KernelStore(
        cache: CacheDirectory(root: store.cache.root + "-other"),
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      try other.learn(rung, from: sources)
      let ladder = try #require(other.ladder(from: sources))
      #expect(ladder["8.1.9"] == rung)
      #expect(ladder.isOld && ladder.isPartial)
    }
  }

  @Test func aKernelThatWasDamagedInTheCacheIsFetchedAgain() async throws {
    try await withMirror { mirror, store in
      let kernel = try await store.kernel(FakeMirror.entry)
      let headers = try #require(kernel.headersDirectory)
      for path in ["\(headers)/Module.symvers", "\(kernel.modulesDirectory)/modules.dep"] {
        let whole = try Files.read(path)
        try Files.write(whole + Array(" ".utf8), to: path)
        #expect(try await store.kernel(FakeMirror.entry) == kernel)
        #expect(try Files.read(path) == whole)
      }
      // Where it can't be had again, the damage is still no answer.
      try Files.write("damaged", to: "\(headers)/Module.symvers")
      try Files.remove(mirror.image)
      await #expect(throws: KernelError.self) { try await store.kernel(FakeMirror.entry) }
    }
  }

  @Test func aHeaderIsCheckedBeforeSomethingIsMadeFromIt() async throws {
    try await withMirror { mirror, store in
      let kernel = try await store.kernel(FakeMirror.entry)
      let file = "\(try #require(kernel.headersDirectory))/Module.symvers"
      let whole = try Files.read(file)
      try Files.write("damaged", to: file)
      #expect(try await store.kernel(FakeMirror.entry, checking: .lists) == kernel)
      #expect(try Files.read(file) != whole)
      let error = await #expect(throws: KernelError.self) {
        try await kernel.requireWhole(in: store.cache)
      }
      #expect(error?.isDamage == true)
      #expect(error?.what.contains("Module.symvers was changed") == true)
      #expect(error?.remedy.contains("kernel fetch 9.9") == true)
      #expect(try await store.kernel(FakeMirror.entry) == kernel)
      try await kernel.requireWhole(in: store.cache)
      #expect(try Files.read(file) == whole)
      // What every run reads is checked in any case.
      let list = "\(kernel.modulesDirectory)/modules.dep"
      try Files.write("damaged", to: list)
      #expect(try await store.kernel(FakeMirror.entry, checking: .lists) == kernel)
      #expect(try Files.text(list) != "damaged")
    }
  }

  @Test func aKernelFromBeforeSealsGetsOne() async throws {
    try await withMirror { mirror, store in
      let kernel = try await store.kernel(FakeMirror.entry)
      let folder = store.cache.path("kernels", "9.9")
      try Files.remove("\(folder)/SHA256SUMS")
      try Files.remove(mirror.image)
      #expect(try await store.kernel(FakeMirror.entry) == kernel)
      #expect(TreeSeal.exists(in: folder))
    }
  }

  @Test func halfAPackageIsRefusedAndWhatArrivedIsKept() async throws {
    try await withMirror { mirror, store in
      let whole = try Files.read(mirror.image)
      try Files.write(Array(whole[..<(whole.count / 2)]), to: mirror.image)
      let error = await #expect(throws: KernelError.self) {
        try await store.kernel(FakeMirror.entry)
      }
      #expect(error?.isUnavailable == true)
      #expect(error?.what.contains("Failed to fetch") == true, "\(String(describing: error))")
      #expect(error?.remedy.contains("kept") == true)
      #expect(try leftovers(store) == [])
      let kept = try Files.list(store.cache.path("downloads", "9.9", "kernel"))
      #expect(kept.contains { $0.hasPrefix("linux-headers-\(FakeKernel.release)") })

      try Files.write(whole, to: mirror.image)
      _ = try await store.kernel(FakeMirror.entry)
      #expect(try leftovers(store) == ["9.9"])
    }
  }

  @Test func aPackageThatWasDamagedInTheCacheIsFetchedAnew() async throws {
    try await withMirror { mirror, store in
      let folder = store.cache.path("downloads", "9.9", "kernel")
      try Files.makeFolder(folder)
      var bytes = try Files.read(mirror.image)
      for index in (bytes.count / 2)..<bytes.count { bytes[index] ^= 0x55 }
      // Of the right name and size, which is all that apt looks at.
      try Files.write(bytes, to: "\(folder)/\(Files.name(of: mirror.image))")
      try Files.write("of another time", to: "\(folder)/linux-image-1_1_amd64.deb")
      let kernel = try await store.kernel(FakeMirror.entry)
      try await kernel.requireImage()
    }
  }

  @Test func aPackageThatTheMirrorItselfHasDamagedIsToldAsTheKernels() async throws {
    try await withMirror { mirror, store in
      let whole = try Files.read(mirror.image)
      try Files.write(Array(whole.dropLast(whole.count / 3)), to: mirror.image)
      // Signed like that.
      try await mirror.publish()
      let error = await #expect(throws: KernelError.self) {
        try await store.kernel(FakeMirror.entry)
      }
      #expect(error?.what.contains("kernel 9.9 could not be put together") == true)
      #expect(error?.what.contains("dpkg-deb") == true)
      #expect(try leftovers(store) == [])
    }
  }

  @Test func aSuiteOrPackageThatIsGoneMakesItUnavailable() async throws {
    try await withMirror { _, store in
      var gone = FakeMirror.entry
      gone.suites = [.init(name: "hamm", security: false)]
      let suite = await #expect(throws: KernelError.self) { try await store.kernel(gone) }
      #expect(suite?.isUnavailable == true)
      #expect(suite?.what.contains("hamm") == true, "\(String(describing: suite))")
      gone = FakeMirror.entry
      gone.image = "linux-image-rt-amd64"
      let package = await #expect(throws: KernelError.self) { try await store.kernel(gone) }
      #expect(package?.isUnavailable == true)
      #expect(package?.what.contains("linux-image-rt-amd64") == true)
      let left = try leftovers(store)
      #expect(left == [])
    }
  }
}
