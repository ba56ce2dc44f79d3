// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import Logging
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(2))) struct GuestLibrariesTests {
  @Test(arguments: [
    ("1:1.5.0-3", "1.5.0"), ("1.7.0-1~bpo13+1", "1.7.0"), ("2.41-12+deb13u5", "2.41"), ("", ""),
  ])
  func aPackageNamesItsUpstreamVersion(_ version: String, _ upstream: String) {
    #expect(GuestLibraries.upstream(version) == upstream)
  }

  @Test func onlyTheNamesThatProgramsAskForAreKept() {
    let names = [
      "libbpf.so.1", "ld-linux-x86-64.so.2", "libstdc++.so.6", "libbpf.so", "libbpf.so.1.5.0",
      "libbpf.a", "gconv", "libelf-0.192.so",
    ]
    #expect(names.filter(GuestLibraries.isLibrary) == Array(names.prefix(3)))
  }

  private func libraries(in folder: String) -> GuestLibraries {
    GuestLibraries(
      cache: CacheDirectory(root: folder),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
      wishes: .init(main: "file:\(folder)/no-mirror"))
  }

  @Test func whatWasChangedInTheCacheIsNotUsed() async throws {
    try await withTemporaryFolder { folder in
      let store = libraries(in: folder)
      #expect(store.cached == nil)
      #expect(try await store.whole() == nil)
      let tree = "\(folder)/\(GuestLibraries.entry)"
      try Files.makeFolder("\(tree)/lib")
      try Files.write("code", to: "\(tree)/lib/libbpf.so.1")
      try Files.write(
        #"{"libbpf": "1.5.0", "packages": ["libbpf1=1:1.5.0-3"]}"#, to: "\(tree)/libraries.json")
      // Without a seal nobody knows.
      #expect(try await store.whole() == nil)
      try await TreeSeal.close(tree)
      let whole = try #require(try await store.whole())
      #expect(whole.libbpf == "1.5.0")
      #expect(whole.headers == "\(tree)/include")
      let identity = try whole.identity
      #expect(identity.contains("lib/libbpf.so.1"))
      try Files.write("other", to: "\(tree)/lib/libbpf.so.1")
      #expect(try await store.whole() == nil)
      #expect(store.cached == whole)
    }
  }

  @Test(.tags(.tool)) func aMirrorThatIsGoneIsRememberedForADay() async throws {
    try await withTemporaryFolder { folder in
      let store = libraries(in: folder)
      let before = try store.recentObstacle()
      #expect(before == nil)
      await #expect(throws: KernelError.self) { try await store.fetch() }
      let obstacle = try store.recentObstacle()
      #expect(obstacle?.contains("lists of packages") == true)
      #expect(store.cached == nil)
    }
  }
}
