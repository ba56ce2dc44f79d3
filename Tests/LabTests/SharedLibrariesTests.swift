// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Lab
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(1))) struct SharedLibrariesTests {
  @Test(arguments: [
    ("1.5.0", true), ("1.5", true), ("1.10.1", true), ("2.0", true), ("1.4.9", false),
    ("1.1.2", false), ("", false),
  ])
  func libbpfIsCurrentFromOneFive(_ version: String, _ isCurrent: Bool) {
    #expect(SharedLibraries.isCurrent(version) == isCurrent)
  }

  /// ldd lists them.
  @Test(.tags(.tool)) func aProgramsLibrariesStayWhereTheyAre() async throws {
    let own = SharedLibraries()
    let needed = try #require(try await own.needed(by: "/usr/bin/env"))
    #expect(needed.keys.contains { $0.hasSuffix("libc.so.6") })
    #expect(needed.allSatisfy { place, path in "/" + place == path && Files.exists(path) })
    #expect(try await own.needed(by: "/etc/passwd") == nil)
    #expect(try await own.libbpf(of: "/usr/bin/env") == nil)
  }

  @Test func theDoctorSaysWhichLibbpfGuestsHave() throws {
    func words(_ own: String?, _ newer: String?, _ obstacle: String?) -> String? {
      Diagnosis.libbpf(own: own, newer: newer, obstacle: obstacle)?.detail
    }
    #expect(words("1.1.2", "1.5.0", nil) == "1.5.0 of Debian's trixie, from the cache")
    #expect(words("1.6.0", nil, nil) == "1.6.0, this machine's own")
    #expect(
      words("1.1.2", nil, nil) == "1.1.2, this machine's own; the first run fetches a newer one")
    #expect(
      words("1.1.2", nil, "no network")
        == "1.1.2, this machine's own; a newer one is not available: no network")
    #expect(words(nil, nil, nil) == nil)
  }
}
