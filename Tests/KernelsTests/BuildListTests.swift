// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct BuildListTests {
  private let good = """
    builds:
      - name: debug
        fragments: [debug/guest.config, debug/memory.config]
        parameters: [kmemleak=off]
        series:
          - name: "6.1"
            suite: bookworm
            security: bookworm-security
            source: linux-source-6.1
            files: 1500
            linking: 0.1
          - name: "6.12"
            suite: trixie
            source: linux-source-6.12
            files: 1600
            linking: 0.2
    """

  @Test func readsEveryField() throws {
    let list = try BuildList.parse(good, path: "builds.yaml")
    let plan = try #require(list["debug"])
    #expect(plan.fragments == ["debug/guest.config", "debug/memory.config"])
    #expect(plan.parameters == ["kmemleak=off"])
    #expect(plan.series.map(\.source) == ["linux-source-6.1", "linux-source-6.12"])
    #expect(plan.series[0].suites.map(\.security) == [false, true])
    #expect(plan.series[1].linking == 0.2)
    #expect(list["other"] == nil)
  }

  @Test func theKernelOfTheDefaultSeriesHasThePlainName() throws {
    let plan = try #require(try BuildList.parse(good, path: "builds.yaml")["debug"])
    let series = try #require(plan.series(nil))
    #expect(series.name == "6.1")
    #expect(plan.kernelName(series) == "debug")
    let other = try #require(plan.series("6.12"))
    #expect(plan.kernelName(other) == "debug-6.12")
    #expect(plan.series("7.7") == nil)
  }

  @Test func eachKernelHasTheCommandThatBuildsIt() throws {
    let list = try BuildList.parse(good, path: "builds.yaml")
    #expect(list.kernelNames == ["debug", "debug-6.12"])
    #expect(list.command(for: "debug") == "panicroom kernel build debug")
    #expect(list.command(for: "debug-6.12") == "panicroom kernel build debug --series 6.12")
    #expect(list.command(for: "debug-6.1") == nil)
  }

  @Test(arguments: [
    ("name: debug", "name: ../debug", 2, "`name` is \"../debug\""),
    ("[kmemleak=off]", "[a b]", 4, "words without blanks"),
    ("files: 1500", "files: none", 10, "how many files"),
    ("linking: 0.1", "linking: 1.5", 11, "a share from 0 to 0.9"),
    ("source: linux-source-6.1\n", "sauce: linux-source-6.1\n", 9, "unknown key `sauce`"),
    ("        suite: trixie\n", "", 12, "neither `suite` nor `security`"),
    ("fragments:", "fragment:", 3, "unknown key `fragment`"),
  ])
  func aMistakeIsToldWithItsLine(
    _ wrong: String, _ replacement: String, _ line: Int, _ words: String
  ) throws {
    let text = good.replacing(wrong, with: replacement, maxReplacements: 1)
    let error = #expect(throws: KernelMatrixError.self) {
      try BuildList.parse(text, path: "vm/builds.yaml")
    }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.line == line, "\(String(describing: error))")
  }
}
