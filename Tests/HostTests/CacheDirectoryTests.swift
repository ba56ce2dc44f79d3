// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Synchronization
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct CacheDirectoryTests {
  private struct Failure: Error {}

  @Test func theCacheFollowsTheBaseDirectorySpecification() throws {
    func root(_ cacheHome: String?, _ home: String?) throws -> String {
      try CacheDirectory.standard(cacheHome: cacheHome, home: home).root
    }
    #expect(try root("/c", "/h") == "/c/panicroom")
    #expect(try root(nil, "/h") == "/h/.cache/panicroom")
    #expect(try root("relative", "/h") == "/h/.cache/panicroom")
    #expect(throws: HostError.self) { try root(nil, nil) }
  }

  @Test func aSharedCacheMustBeOne() async throws {
    try await withTemporaryFolder { folder in
      func shared(_ path: String) throws -> String? {
        try CacheDirectory.standard(cacheHome: "/c", home: nil, shared: path).shared
      }
      for path in ["/nowhere", "relative", folder] {
        #expect(throws: HostError.self) { try shared(path) }
      }
      try Files.makeFolder(folder + "/kernels")
      #expect(try shared(folder) == folder)
      #expect(try shared("") == nil)
    }
  }

  @Test func anEntryIsReadFromTheSharedCacheUnlessItIsHere() async throws {
    try await withTemporaryFolder { folder in
      let others = CacheDirectory(root: folder + "/shared")
      let cache = CacheDirectory(root: folder + "/own", shared: others.root)
      #expect(cache.found("shelf/entry") == folder + "/own/shelf/entry")
      try await others.atomically("shelf/entry") { try Files.write("theirs", to: "\($0)/a") }
      #expect(cache.found("shelf/entry") == folder + "/shared/shelf/entry")
      // What is made is made here.
      try await cache.atomically("shelf/entry") { try Files.write("own", to: "\($0)/a") }
      #expect(cache.found("shelf/entry") == folder + "/own/shelf/entry")
      #expect(try Files.text(others.path("shelf", "entry", "a")) == "theirs")
    }
  }

  @Test func anEntryAppearsOnlyWhenItIsWhole() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      try await cache.atomically("shelf/entry") { staging in
        try Files.write("1", to: "\(staging)/a")
        #expect(!Files.exists(cache.path("shelf", "entry")))
      }
      #expect(try Files.text(cache.path("shelf", "entry", "a")) == "1")
      #expect(try Files.list(cache.path("shelf")) == ["entry"])
    }
  }

  @Test func aFailureLeavesNothingBehindAndTheOldEntryAlone() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      try await cache.atomically("entry") { try Files.write("old", to: "\($0)/a") }
      await #expect(throws: Failure.self) {
        try await cache.atomically("entry") { staging in
          try Files.write("half", to: "\(staging)/a")
          throw Failure()
        }
      }
      #expect(try Files.list(folder) == ["entry"])
      #expect(try Files.text(cache.path("entry", "a")) == "old")
    }
  }

  @Test func anEntryIsReplacedAsAWhole() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      try await cache.atomically("entry") { try Files.write("old", to: "\($0)/a") }
      try await cache.atomically("entry") { try Files.write("new", to: "\($0)/b") }
      #expect(try Files.list(cache.path("entry")) == ["b"])
      #expect(try Files.list(folder) == ["entry"])
    }
  }

  @Test func stagingFoldersOfTheDeadAreSweptThoseOfTheLivingAreNot() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      try Files.makeFolder("\(folder)/.staging-1-x/deep")
      try await cache.atomically("entry") { own in
        // Swept by whoever makes something beside it, but for what somebody holds.
        try await cache.atomically("other") { _ in }
        #expect(try Files.list(folder) == [Files.name(of: own), "other"])
        try await cache.temporarily(beside: "entry") { _ in }
        try Files.write("whole", to: "\(own)/file")
      }
      #expect(try Files.list(folder) == ["entry", "other"])
      #expect(try Files.text(cache.path("entry", "file")) == "whole")
    }
  }

  /// As in a container that shares the cache: there the owner's number says nothing.
  @Test(.enabled(if: geteuid() == 0, "a PID namespace takes root"))
  func aStagingFolderOfAnotherPIDNamespaceIsRespected() async throws {
    try await withTemporaryFolder { folder in
      let staging = "\(folder)/.staging-x"
      try Files.makeFolder(staging)
      let owner = Task {
        try await Tool("unshare").run([
          "--pid", "--fork", "flock", staging, "sh", "-c", "touch \(folder)/held; sleep 60",
        ])
      }
      try await waitUntil("the folder is held") { Files.exists("\(folder)/held") }
      let cache = CacheDirectory(root: folder)
      try await cache.atomically("entry") { _ in }
      #expect(Files.exists(staging))
      owner.cancel()
      await #expect(throws: CancellationError.self) { try await owner.value }
      try await cache.atomically("entry") { _ in }
      #expect(!Files.exists(staging))
    }
  }

  /// Whoever looks sees the old entry or the new one, never none.
  @Test func anEntryIsThereWhileItIsReplaced() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      try await cache.atomically("entry") { try Files.write("0", to: "\($0)/a") }
      let entry = cache.path("entry")
      let looks = Atomic(0)
      let missed = Atomic(0)
      let isDone = Atomic(false)
      let watcher = Thread {
        while !isDone.load(ordering: .relaxed) {
          if !Files.isFolder(entry) { missed.add(1, ordering: .relaxed) }
          looks.add(1, ordering: .relaxed)
        }
      }
      watcher.start()
      defer { isDone.store(true, ordering: .relaxed) }
      try await waitUntil("the first look") { looks.load(ordering: .relaxed) > 0 }
      for round in 1...200 {
        try await cache.atomically("entry") { try Files.write("\(round)", to: "\($0)/a") }
      }
      #expect(missed.load(ordering: .relaxed) == 0)
      #expect(try Files.text("\(entry)/a") == "200")
      #expect(try Files.list(folder) == ["entry"])
    }
  }

  /// What is whole is used, what is missing is named with its cause.
  @Test(.enabled(if: geteuid() == 0, "a mount takes root"))
  func aReadOnlyCacheIsUsedAsItIs() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      try await cache.atomically("shelf/entry") { try Files.write("1", to: "\($0)/a") }
      try await Tool("mount").checked(["--bind", "-o", "ro", folder, folder])
      do {
        #expect(try await cache.withLock("shelf/entry") { "in" } == "in")
        #expect(throws: Never.self) { try Files.touch(cache.path("shelf", "entry")) }
        let lent = try await cache.temporarily(beside: "shelf/entry") { lent in
          try Files.write("1", to: "\(lent)/a")
          return lent
        }
        #expect(!lent.hasPrefix(folder) && !Files.exists(lent))
        for work in [
          { try await cache.withLock("shelf/other") {} },
          { _ = try await cache.atomically("shelf/entry") { _ in } },
          { try Files.remove(cache.path("shelf", "entry")) },
        ] as [() async throws -> Void] {
          let error = await #expect(throws: HostError.self) { try await work() }
          #expect(error?.what.hasPrefix("the file system is read-only") == true, "\(error!)")
        }
      } catch {
        try await Tool("umount").checked([folder])
        throw error
      }
      try await Tool("umount").checked([folder])
    }
  }

  @Test func oneAtATimeHoldsALock() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      let counts = Counts()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask { try await counts.pass(through: cache) }
        }
        try await group.waitForAll()
      }
      #expect(counts.waited.withLock { $0 } == 3)
    }
  }

  private final class Counts: Sendable {
    let inside = Mutex(0)
    let waited = Mutex(0)

    func pass(through cache: CacheDirectory) async throws {
      try await cache.withLock("shelf/entry") {
        waited.withLock { $0 += 1 }
      } _: {
        let now = inside.withLock {
          $0 += 1
          return $0
        }
        #expect(now == 1)
        try await Task.sleep(for: .milliseconds(30))
        inside.withLock { $0 -= 1 }
      }
    }
  }

  @Test func aLockHeldByAnotherProcessIsWaitedForAndCancellable() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      let holder = Task {
        try await Tool("flock").run([
          "\(folder)/.lock-entry", "sh", "-c", "touch \(folder)/held; sleep 60",
        ])
      }
      try await waitUntil("the lock is held") { Files.exists("\(folder)/held") }
      let waiter = Task { try await cache.withLock("entry") { "in" } }
      try await Task.sleep(for: .milliseconds(250))
      waiter.cancel()
      await #expect(throws: CancellationError.self) { try await waiter.value }
      holder.cancel()
      await #expect(throws: CancellationError.self) { try await holder.value }
      #expect(try await cache.withLock("entry") { "in" } == "in")
    }
  }

  @Test func wantOfSpaceAndOfPermissionNameThePathAndTheRemedy() async throws {
    #expect(throws: HostError.self) {
      try CacheDirectory(root: "/tmp").requireSpace(UInt64(Int64.max))
    }
    let inside = try CacheDirectory.standard().path("x")
    let full = HostError(errno: ENOSPC, doing: "write", path: inside)
    #expect(full.description.contains("\(inside): no space left"))
    #expect(full.isSpace)
    #expect(full.remedy.contains("XDG_CACHE_HOME"))
    #expect(!HostError(errno: ENOSPC, doing: "write", path: "/runs/x").remedy.contains("XDG"))
    let words = "dpkg-deb: error: cannot write: No space left on device"
    let failed = ToolError.failed(command: "dpkg-deb", status: 2, words: words)
    #expect(HostError(spaceFailure: failed, path: "/cache")?.what.hasPrefix("no space") == true)
    #expect(HostError(spaceFailure: .missing(program: "x", package: nil), path: "/") == nil)
    // Not even root can write there.
    let error = await #expect(throws: HostError.self) {
      try await CacheDirectory(root: "/proc/panicroom").atomically("entry") { _ in }
    }
    #expect(error?.path.hasPrefix("/proc/panicroom") == true)
  }
}
