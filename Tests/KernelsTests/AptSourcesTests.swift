// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct AptSourcesTests {
  @Test func oneLineSourcesWithOptionsAndComments() {
    let sources = AptSources.oneLine(
      """
      # deb http://commented.example/debian bookworm main
      deb http://mirror.example/debian bookworm main contrib # the main one
      deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/s x-security main
      deb-src http://mirror.example/debian bookworm main
        deb\thttp://flat.example ./
      deb
      """)
    #expect(
      sources == [
        AptSource(
          uri: "http://mirror.example/debian", suite: "bookworm", components: ["main", "contrib"]),
        AptSource(
          uri: "http://mirror.example/s", suite: "x-security", components: ["main"],
          signedBy: "/usr/share/keyrings/a.gpg"),
        AptSource(uri: "http://flat.example", suite: "./", components: []),
      ])
  }

  @Test func paragraphsWithSeveralSuitesAndAnEmbeddedKey() {
    let sources = AptSources.deb822(
      """
      Types: deb deb-src
      # a comment in between
      URIs: http://mirror.example/debian
      Suites: bookworm bookworm-updates
      Components: main
      Signed-By:
       -----BEGIN PGP PUBLIC KEY BLOCK-----
       .
       mDMEY
       -----END PGP PUBLIC KEY BLOCK-----

      Enabled: no
      Types: deb
      URIs: http://off.example/debian
      Suites: bookworm
      Components: main

      Types: deb-src
      URIs: http://source.example/debian
      Suites: bookworm
      Components: main
      """)
    #expect(sources.map(\.suite) == ["bookworm", "bookworm-updates"])
    #expect(sources.allSatisfy { $0.uri == "http://mirror.example/debian" })
    #expect(
      sources.first?.signedBy
        == """

         -----BEGIN PGP PUBLIC KEY BLOCK-----
         .
         mDMEY
         -----END PGP PUBLIC KEY BLOCK-----
        """)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct MirrorTests {
  private let entry = KernelEntry(
    name: "6.1",
    suites: [
      .init(name: "bookworm", security: false), .init(name: "bookworm-security", security: true),
    ],
    image: "i", headers: "h")

  private func uris(
    _ host: [AptSource], origins: [String: String] = [:], wishes: Mirror.Wishes = .init()
  ) throws -> [String] {
    try Mirror.sources(
      for: entry, host: host, origins: origins, wishes: wishes, keyring: "/k.gpg"
    ).map(\.uri)
  }

  private func source(_ uri: String, _ suite: String, signedBy: String? = nil) -> AptSource {
    AptSource(uri: uri, suite: suite, components: ["main"], signedBy: signedBy)
  }

  @Test func theHostsOwnSourcesOfTheSuitesAreTaken() throws {
    let found = try Mirror.sources(
      for: entry,
      host: [
        source("http://a.example/debian", "bookworm", signedBy: "/own.gpg"),
        source("http://b.example/debian-security", "bookworm-security"),
      ], origins: [:], wishes: .init(), keyring: "/k.gpg")
    #expect(found.map(\.uri) == ["http://a.example/debian", "http://b.example/debian-security"])
    #expect(found.map(\.signedBy) == ["/own.gpg", "/k.gpg"])
    #expect(found.map(\.suite) == ["bookworm", "bookworm-security"])
  }

  @Test func anotherReleasesMirrorServesToo() throws {
    #expect(
      try uris([
        source("http://a.example/debian", "trixie"),
        source("http://b.example/debian-security", "trixie-security"),
      ]) == ["http://a.example/debian", "http://b.example/debian-security"])
  }

  @Test func withoutASecuritySourceItsAddressIsDerived() throws {
    #expect(
      try uris([source("http://a.example/archive/debian/2026/", "bookworm")])
        == [
          "http://a.example/archive/debian/2026/", "http://a.example/archive/debian-security/2026/",
        ])
  }

  @Test func thirdPartiesAreNoMirrors() throws {
    let strangers = [
      source("http://shop.example/debian", "bookworm"),
      source("http://tools.example/linux", "bookworm"),
    ]
    let origins = ["http://shop.example/debian": "A shop"]
    #expect(throws: KernelError.self) { try uris(strangers, origins: origins) }
    let own = source("http://plain.example/os/", "bookworm")
    #expect(
      try uris(
        strangers + [own], origins: origins.merging(["http://plain.example/os": "Debian"]) { $1 }
      )
      .first == "http://plain.example/os/")
  }

  @Test func wishesComeFirst() throws {
    let host = [source("http://a.example/debian", "bookworm")]
    #expect(
      try uris(host, wishes: .init(main: "http://w.example/debian"))
        == ["http://w.example/debian", "http://w.example/debian-security"])
    #expect(
      try uris([], wishes: .init(main: "http://w.example/os", security: "http://s.example/s"))
        == ["http://w.example/os", "http://s.example/s"])
  }

  @Test func aWishThatIsNoAddressIsAnError() {
    for wish in ["mirror", "http://a.example/debian\nTrusted: yes", "http://a b/"] {
      #expect(throws: KernelError.self) { try uris([], wishes: .init(main: wish)) }
    }
    #expect(Mirror.Wishes(main: "", security: "") == Mirror.Wishes())
  }

  @Test func aHostThatKnowsNothingOfDebianNeedsItsKeyring() {
    let error = #expect(throws: KernelError.self) {
      try Mirror.sources(
        for: entry, host: [], origins: [:], wishes: .init(main: "http://w.example/debian"),
        keyring: nil)
    }
    #expect(error?.remedy.contains("debian-archive-keyring") == true)
  }

  @Test func noMirrorAtAllSaysWhatToSet() throws {
    let error = #expect(throws: KernelError.self) { try uris([]) }
    #expect(error?.description.contains("PANICROOM_DEBIAN_MIRROR") == true)
  }
}
