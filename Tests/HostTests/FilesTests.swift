// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct FilesTests {
  @Test func aTreeIsRemovedAndWhatItsLinksPointToIsNot() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/tree/a/b")
      try Files.makeFolder("\(folder)/kept")
      for path in ["tree/x", "tree/a/y", "kept/z"] { try Files.write("1", to: "\(folder)/\(path)") }
      try #require(symlink("\(folder)/kept", "\(folder)/tree/a/b/link") == 0)
      try #require(mkfifo("\(folder)/tree/pipe", 0o600) == 0)
      try Files.remove("\(folder)/tree")
      try Files.remove("\(folder)/tree")
      #expect(try Files.list(folder) == ["kept"])
      #expect(try Files.list("\(folder)/kept") == ["z"])
    }
  }

  /// Each cause has its words, and the path is that of what stood in the way.
  @Test(.enabled(if: geteuid() == 0, "mounts and attributes take root"))
  func aRemovalThatFailsNamesTheCauseAndThePlace() async throws {
    try await withTemporaryFolder { folder in
      let place = "\(folder)/tree/a"
      try Files.makeFolder(place)
      try Files.write("1", to: "\(place)/file")
      try await Tool("mount").checked(["-t", "tmpfs", "none", place])
      let busy = #expect(throws: HostError.self) { try Files.remove("\(folder)/tree") }
      try await Tool("umount").checked([place])
      #expect(busy?.path == place)
      #expect(busy?.what.hasPrefix("it is in use") == true)
      // Not every file system has attributes.
      if try await Tool("chattr").run(["+i", "\(place)/file"]).status == 0 {
        let fixed = #expect(throws: HostError.self) { try Files.remove("\(folder)/tree") }
        try await Tool("chattr").checked(["-i", "\(place)/file"])
        #expect(fixed?.path == "\(place)/file")
        #expect(fixed?.what.hasPrefix("not permitted") == true)
        #expect(fixed?.remedy.contains("lsattr") == true)
      }
      try Files.remove("\(folder)/tree")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "a mount takes root"))
  func aFullFileSystemIsNamed() async throws {
    try await withTemporaryFolder { folder in
      try await Tool("mount").checked(["-t", "tmpfs", "-o", "size=64k,nr_inodes=8", "none", folder])
      do {
        let long = #expect(throws: HostError.self) {
          try Files.write([UInt8](repeating: 1, count: 1 << 20), to: "\(folder)/long")
        }
        #expect(long?.what == "no space left (write)")
        try Files.remove("\(folder)/long")
        let many = #expect(throws: HostError.self) {
          for index in 0..<10 { try Files.write("", to: "\(folder)/\(index)") }
        }
        #expect(many?.what.contains("no inodes left") == true)
        #expect(many?.isSpace == true)
      } catch {
        try await Tool("umount").checked([folder])
        throw error
      }
      try await Tool("umount").checked([folder])
    }
  }
}
