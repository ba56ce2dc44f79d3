// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct CrashPointTests {
  private let good = """
    source: Linux 6.1
    points:
      - point: SPINLOCKUP
        times: 2
        armed:
          verdict: hung
          kinds: [soft-lockup]
          because: It waits for ever.
        kernels:
          - with: PROVE_LOCKING
            verdict: hung
            kinds: [lockdep]
            because: Lockdep is told.
      - point: PANIC_STOP_IRQOFF
        cpus: 2
        armed:
          verdict: panicked
          because: It calls panic().
    """

  @Test func pointsAreReadWithWhatIsExpectedOnWhichKernel() throws {
    let points = try CrashPoint.parse(good, file: "lkdtm.yaml")
    #expect(points.map(\.name) == ["SPINLOCKUP", "PANIC_STOP_IRQOFF"])
    #expect(points.map(\.times) == [2, 1])
    #expect(points.map(\.cpus) == [1, 2])
    let plain = KernelTraits(release: "6.1.0")
    let proving = KernelTraits(release: "6.1.0", options: ["PROVE_LOCKING"])
    let twin = points[0].twin
    #expect(twin.expectation(profile: "stock", kernel: plain).kinds == [.softLockup])
    #expect(twin.expectation(profile: "stock", kernel: proving).kinds == [.lockdep])
  }

  @Test(arguments: [
    ("times: 2", "times: 0", 4, "times"),
    ("verdict: hung", "verdict: hanged", 6, "verdict"),
    ("point: PANIC_STOP_IRQOFF", "point: SPINLOCKUP", 14, "listed twice"),
    ("cpus: 2", "cpu: 2", 15, "unknown key \"cpu\""),
  ])
  func aMistakeIsToldWithItsLine(
    _ wrong: String, _ replacement: String, _ line: Int, _ words: String
  ) throws {
    let text = good.replacing(wrong, with: replacement, maxReplacements: 1)
    let error = #expect(throws: InvalidScenario.self) {
      try CrashPoint.parse(text, file: "lkdtm.yaml")
    }
    let problem = try #require(error?.problems.first { $0.message.contains(words) })
    #expect(problem.line == line)
  }

  @Test func namesOfAModuleAreThoseOfItsFunctionsInCapitals() {
    let bytes = Array("\0lkdtm_PANIC\0lkdtm_init\0__lkdtm_CORRUPT_STACK\0lkdtm_EXEC_NULL\0".utf8)
    #expect(CrashPoint.names(inModule: bytes) == ["PANIC", "EXEC_NULL"])
  }

  /// The page on LKDTM's types and the suite speak of the same module.
  @Test func everyTypeThatTheCatalogueKnowsIsAPointOfTheSuite() throws {
    let points = Set(try CrashPoint.read(Checkout.path("vm/lkdtm.yaml")).map(\.name))
    let types = try CrashTypes.read(Checkout.path("docs/lkdtm.yaml")).entries.map(\.name)
    // Not on x86.
    #expect(types.filter { !points.contains($0) } == ["PPC_SLB_MULTIHIT"])
  }
}
