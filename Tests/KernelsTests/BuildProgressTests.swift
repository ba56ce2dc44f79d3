// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct BuildProgressTests {
  private func lines(_ count: Int, _ line: String = "  CC      mm/slub.o\n") -> [UInt8] {
    Array(String(repeating: line, count: count).utf8)
  }

  @Test func compiledFilesCountAndNothingElseDoes() {
    var progress = BuildProgress(total: 100, before: 0, linking: 0)
    for line in [
      "  CC      mm/slub.o\n", "  CC [M]  drivers/misc/lkdtm/core.o\n", "  AS      entry.o\n",
      "  HOSTCC  scripts/basic/fixdep\n", "  AR      mm/built-in.a\n", "  UPD     a.h\n",
      "make[1]: Entering directory '/CC x.o'\n", "  CALL    checksyscalls.sh\n",
    ] { progress.read(Array(line.utf8), at: 1) }
    #expect(progress.fraction(at: 1) == 0.03)
  }

  @Test func aLineMayComeInPieces() {
    var progress = BuildProgress(total: 10, before: 0, linking: 0)
    for byte in lines(5) { progress.read([byte], at: 1) }
    #expect(progress.fraction(at: 1) == 0.5)
  }

  @Test func timeLeftGoesByTheSpeedOfThisBuildAndLeavesRoomForTheLinking() throws {
    var progress = BuildProgress(total: 1000, before: 0, linking: 0.2)
    #expect(progress.secondsLeft(at: 0) == nil)
    progress.read(lines(100), at: 50)
    // Half a second a file: 450 s for the other 900, and 125 s of 625 for the linking.
    let left = try #require(progress.secondsLeft(at: 50))
    #expect(abs(left - 575) < 0.001)
    #expect(abs(progress.fraction(at: 50) - 0.08) < 0.001)
  }

  @Test func whatAnEarlierBuildHasCompiledIsDoneAndSaysNothingOfTheSpeed() throws {
    var progress = BuildProgress(total: 1000, before: 900, linking: 0)
    #expect(progress.fraction(at: 0) == 0.9)
    #expect(progress.secondsLeft(at: 10) == nil)
    progress.read(lines(50), at: 100)
    let left = try #require(progress.secondsLeft(at: 100))
    #expect(abs(left - 100) < 0.001)
  }

  @Test func linkingGoesOnByTheClockAndNeverPastItsEnd() throws {
    var progress = BuildProgress(total: 100, before: 0, linking: 0.5)
    progress.read(lines(100), at: 100)
    progress.read(Array("  LD      vmlinux.o\n".utf8), at: 100)
    #expect(abs(progress.fraction(at: 150) - 0.75) < 0.001)
    let left = try #require(progress.secondsLeft(at: 150))
    #expect(abs(left - 50) < 0.001)
    #expect(progress.fraction(at: 1000) == 1)
    #expect(progress.secondsLeft(at: 1000) == 0)
  }

  @Test func moreFilesThanLastTimeNeverMakeMoreThanTheWhole() {
    var progress = BuildProgress(total: 10, before: 8, linking: 0.1)
    progress.read(lines(30), at: 30)
    #expect(progress.fraction(at: 30) == 0.9)
    #expect((progress.secondsLeft(at: 30) ?? -1) >= 0)
  }
}
