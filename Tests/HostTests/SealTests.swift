// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct SealTests {
  @Test func whatWasChangedAddedToOrLostSinceItWasSealedIsTold() async throws {
    try await withTemporaryFolder { folder in
      let names = ["whole", "changed", "cut", "lost", "open", "garbled"]
      for name in names {
        try Files.makeFolder("\(folder)/\(name)")
        try Files.write("content", to: "\(folder)/\(name)/file")
        if name != "open" { try await Seal.close("\(folder)/\(name)") }
      }
      #expect(try await Seal.damages(of: ["\(folder)/whole"]) == [:])
      try Files.write("Content", to: "\(folder)/changed/file")
      try Files.write("", to: "\(folder)/cut/file")
      try Files.remove("\(folder)/lost/file")
      try Files.write("{", to: "\(folder)/garbled/entry.json")
      let damages = try await Seal.damages(of: names.map { "\(folder)/\($0)" })
      #expect(damages.keys.sorted() == names.dropFirst().map { "\(folder)/\($0)" }.sorted())
      #expect(damages["\(folder)/changed"]?.hasPrefix("file was changed") == true)
      #expect(damages["\(folder)/cut"]?.contains("another size") == true)
    }
  }

  @Test func onlyWhatWasNotUsedForADayAndIsOfTheFamilyIsSwept() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      let names = ["6.1-abc", "6.1-def", "6.1-new", "6.1-rt-abc", "6.10-abc"]
      for name in names {
        let path = cache.path("images", name)
        try Files.makeFolder(path)
        var times = [timeval](repeating: timeval(tv_sec: time(nil) - 90_000, tv_usec: 0), count: 2)
        #expect(utimes(path, &times) == 0)
      }
      try Files.touch(cache.path("images", "6.1-def"))
      try CacheSweep(cache: cache).sweep("images", family: "6.1-", except: "6.1-new")
      #expect(try Files.list(cache.path("images")) == Array(names.dropFirst()))
    }
  }

  @Test func aFolderOfTheCacheIsSyncedWithLinksAndFoldersInIt() async throws {
    try await withTemporaryFolder { folder in
      let cache = CacheDirectory(root: folder)
      let entry = try await cache.atomically("entry") { staging in
        try Files.makeFolder("\(staging)/deep")
        #expect(symlink("/nonexistent", "\(staging)/link") == 0)
        try Files.write("1", to: "\(staging)/file")
      }
      #expect(try Files.list(entry) == ["deep", "file", "link"])
    }
  }
}
