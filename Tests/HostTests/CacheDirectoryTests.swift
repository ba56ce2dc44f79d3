import Glibc
import Host
import Synchronization
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(2))) struct CacheDirectoryTests {
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
      let dead = try await Tool("sh").checked(["-c", "echo $$"]).text.split(separator: "\n")[0]
      try Files.makeFolder("\(folder)/.staging-\(dead)-1-x/deep")
      try Files.makeFolder("\(folder)/.staging-\(getpid())-1-y")
      try await cache.atomically("entry") { _ in }
      #expect(try Files.list(folder) == [".staging-\(getpid())-1-y", "entry"])
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
    let full = HostError(errno: ENOSPC, doing: "write", path: "/cache/x")
    #expect(full.description.contains("/cache/x: no space left"))
    #expect(full.remedy.contains("XDG_CACHE_HOME"))
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
