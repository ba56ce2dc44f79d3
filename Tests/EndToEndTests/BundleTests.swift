// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The day before: everything on one machine, packed for another that has no network.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct BundleTests {
  /// A bundle of one scenario; Debian's packages would take minutes.
  private static func makeBundle(_ harness: Harness) async throws -> String {
    let file = harness.folder + "/bundle.tar"
    let output = try await harness.run([
      "prepare", "null-map-value", "--offline-bundle", file, "--without-packages",
    ])
    try #require(output.status == 0, "\(output.errorText)")
    #expect(output.errorText.contains("packed \(file)"), "\(output.errorText)")
    #expect(try Files.list(harness.folder) == ["bundle.tar"])
    return file
  }

  /// Runs a program where the only network device is a loopback that is down.
  private func offline(_ words: [String], _ environment: [String: String?]) async throws
    -> Tool.Output
  {
    let namespace = getuid() == 0 ? ["--net"] : ["--net", "--map-root-user"]
    return try await Tool("unshare").run(namespace + words, environment: environment)
  }

  @Test(.timeLimit(.minutes(10)))
  func aMachineWithoutNetworkRunsAndTriesFromABundle() async throws {
    try await Harness.use { harness in
      let file = try await Self.makeBundle(harness)
      // Swift is out of reach, too: its runtime must come with the bundle.
      let environment: [String: String?] = [
        "XDG_CACHE_HOME": harness.folder + "/cache", "PANICROOM_REPOSITORY": nil,
        "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LD_LIBRARY_PATH": nil,
      ]
      try await Tool("tar").checked(["-xf", file, "-C", harness.folder])
      let there = harness.folder + "/there"
      let installed = try await offline(
        ["\(harness.folder)/panicroom-bundle/install", there], environment)
      #expect(installed.status == 0, "\(installed.errorText)")
      try #require(installed.errorText.contains("ready:"), "\(installed.errorText)")
      let script = there + "/panicroom"
      let run = try await offline(
        [script, "run", "null-map-value", "--runs", harness.runs], environment)
      #expect(run.status == 0, "\(run.errorText)")
      #expect(!run.errorText.contains("building"), "\(run.errorText)")
      let tried = try await offline(
        [script, "try", "\(there)/docs/exercises/lookup.bpf.c"], environment)
      #expect(tried.text.contains("rejected by verifier"), "\(tried.text)\(tried.errorText)")
      let doctor = try await offline([script, "doctor"], environment)
      #expect(doctor.text.contains("offline, 6.1"), "\(doctor.text)")

      let again = try await offline(
        ["\(harness.folder)/panicroom-bundle/install", there], environment)
      #expect(again.status == 2)
      #expect(again.errorText.contains("already exists"))
    }
  }

  /// On a CI machine a missing minisign is a failure, elsewhere a reason to skip.
  private static let canSign =
    Tool("minisign").locate() != nil || ProcessInfo.processInfo.environment["CI"] != nil

  @Test(.tags(.tool), .enabled(if: canSign))
  func aBundleIsTakenOnlyFromWhoeverSignedIt() async throws {
    try await Harness.use { harness in
      func key(_ name: String) async throws -> String {
        let path = "\(harness.folder)/\(name)"
        try await Tool("minisign").checked(["-G", "-W", "-s", "\(path).key", "-p", "\(path).pub"])
        return path
      }
      let (maker, other) = (try await key("maker"), try await key("other"))
      let file = "\(harness.folder)/bundle.tar"
      let made = try await harness.run([
        "prepare", "null-map-value", "--offline-bundle", file, "--without-packages", "--sign",
        "\(maker).key",
      ])
      try #require(made.status == 0, "\(made.errorText)")
      func take(_ words: [String]) async throws -> Tool.Output {
        try await harness.run(
          ["prepare", "null-map-value", "--from-bundle", file] + words,
          environment: ["XDG_CACHE_HOME": harness.folder + "/cache"])
      }
      let stranger = try await take(["--key", "\(other).pub"])
      #expect(stranger.status == 2)
      #expect(stranger.errorText.contains("is not signed by \(other).pub"), "\(stranger.errorText)")
      #expect(!Files.exists("\(harness.folder)/cache/panicroom/kernels"))
      let unchecked = try await take([])
      #expect(unchecked.status == 0, "\(unchecked.errorText)")
      #expect(unchecked.errorText.contains("nobody checked by whom"), "\(unchecked.errorText)")
      let checked = try await take(["--key", "\(maker).pub"])
      #expect(checked.status == 0, "\(checked.errorText)")
      #expect(!checked.errorText.contains("signed"), "\(checked.errorText)")
      // What the signature covers can't be changed, whatever the checksums say.
      try await Tool("tar").checked(["-xf", file, "-C", harness.folder])
      let folder = "\(harness.folder)/panicroom-bundle"
      try Files.write("#!/bin/sh\necho owned\n", to: "\(folder)/install")
      let sums = try await Tool("sh").checked(
        ["-c", "sha256sum bundle.json install *.gz *.zst >SHA256SUMS"], directory: folder)
      #expect(sums.status == 0)
      let forged = try await harness.run(
        ["prepare", "--from-bundle", folder, "--key", "\(maker).pub"],
        environment: ["XDG_CACHE_HOME": harness.folder + "/cache2"])
      #expect(forged.status == 2)
      #expect(forged.errorText.contains("is not signed by"), "\(forged.errorText)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func whatIsNoWholeBundleForThisMachineIsRefusedAndInstallsNothing() async throws {
    try await Harness.use { harness in
      let file = try await Self.makeBundle(harness)
      let bytes = try Files.read(file)
      func refusal(_ name: String, _ spoilt: [UInt8]) async throws -> String {
        let path = "\(harness.folder)/\(name).tar"
        try Files.write(spoilt, to: path)
        let output = try await harness.run(
          ["prepare", "--from-bundle", path],
          environment: ["XDG_CACHE_HOME": harness.folder + "/cache"])
        try Files.remove(path)
        #expect(output.status == 2, "\(name): \(output.errorText)")
        for shelf in ["kernels", "objects"] {
          #expect(!Files.exists("\(harness.folder)/cache/panicroom/\(shelf)"), "\(name)")
        }
        return output.errorText
      }
      #expect(try await refusal("half", Array(bytes[..<(bytes.count / 2)])).contains("damaged"))
      var flipped = bytes
      flipped[bytes.count / 2] ^= 1
      let words = try await refusal("flipped", flipped)
      #expect(words.contains("is not what it was when the bundle was made"), "\(words)")
      func changed(_ from: String, _ to: String) throws -> [UInt8] {
        let place = try #require(bytes[..<8192].firstRange(of: Array(from.utf8)))
        return Array(bytes[..<place.lowerBound]) + Array(to.utf8)
          + Array(bytes[place.upperBound...])
      }
      let arm = try await refusal("arm", try changed("\"x86_64\"", "\"mips64\""))
      #expect(arm.contains("mips64"), "\(arm)")
      let later = try await refusal("later", try changed("\"format\" : 1", "\"format\" : 9"))
      #expect(later.contains("format 9"), "\(later)")
      let older = try await refusal(
        "older", try changed("\"version\" : \"0.1", "\"version\" : \"7.1"))
      #expect(older.contains("7.1"), "\(older)")
      #expect(try await refusal("none", Array("no archive at all".utf8)).contains("not a bundle"))
    }
  }

  @Test(arguments: [
    (["prepare", "--offline-bundle", "/nowhere/b.tar"], "/nowhere"),
    (["prepare", "--offline-bundle", "/tmp"], "is a folder"),
    (["prepare", "--from-bundle", "/nowhere/b.tar"], "/nowhere/b.tar"),
    (["prepare", "--from-bundle", "/etc"], "bundle.json"),
    (["prepare", "--from-bundle", "a", "--offline-bundle", "b"], "use only one"),
    (["prepare", "--without-packages"], "--offline-bundle"),
    (["prepare", "--sign", "key"], "--offline-bundle"),
    (["prepare", "--key", "key"], "--from-bundle"),
  ])
  func aWrongRequestIsRefusedAtOnce(_ words: [String], _ part: String) async throws {
    try await Harness.use { harness in
      let output = try await harness.run(words)
      #expect(output.status == 2)
      #expect(output.errorText.contains(part), "\(output.errorText)")
    }
  }
}
