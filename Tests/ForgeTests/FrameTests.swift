// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct FrameTests {
  @Test func framesHaveTheInnermostPlaceInTheTwinsOwnSource() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      let forge = fixture.forge()
      let twins = try await forge.forge([try ForgeFixture.scenario("one")])
      guard case .success(let object) = twins[1].result else {
        Issue.record("\(twins[1])")
        return
      }
      let function = try #require(try ObjectFile(path: object.full).functions.first)
      let frames = (0...function.size).map { "\(function.name)+0x\(String($0, radix: 16))" }
      let strangers = ["no_such+0x1", "one_count+0x5000", "one_count", "one_count+1", ""]
      let places = try await forge.resolve(strangers + frames, in: object.full)
      for stranger in strangers { #expect(places[stranger] == nil) }
      #expect(Set(places.values.map(\.file)) == ["lkm/one.c"])
      let lines = frames.map { places[$0]?.line }
      // Inlined: the line of `set`, not the one that calls it.
      #expect(lines.contains(5))
      #expect(!lines.contains(11))
      #expect(lines.contains(10))
      #expect(lines.last == lines[function.size - 1])

      // A call's line is where it comes from, not where it returns to.
      let change = try #require((1..<function.size).first { lines[$0] != lines[$0 - 1] })
      let returned = try await forge.resolve(
        [frames[change]], in: object.full, returnAddresses: [frames[change]])
      #expect(returned[frames[change]]?.line == lines[change - 1])
    }
  }

  @Test func noFramesAskNobody() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      let twins = try await fixture.forge().forge([try ForgeFixture.scenario("one")])
      guard case .success(let object) = twins[1].result else { return }
      #expect(try await fixture.forge().resolve([], in: object.full).isEmpty)
    }
  }
}
