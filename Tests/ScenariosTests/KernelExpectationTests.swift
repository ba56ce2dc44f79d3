// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelExpectationTests {
  private func twin(_ kernels: [KernelExpectation], sensitive: Scenarios.Expectation? = nil)
    -> Scenario.Twin
  {
    Scenario.Twin(
      armed: Scenarios.Expectation(verdict: .oopsed, because: "on all others"),
      sensitive: sensitive,
      kernels: kernels)
  }

  private func item(
    from: String? = nil, before: String? = nil, with: String? = nil, without: String? = nil,
    profile: String? = nil
  ) -> KernelExpectation {
    KernelExpectation(
      from: from, before: before, with: with, without: without, profile: profile,
      expectation: Scenarios.Expectation(verdict: .warned, because: "on this one"))
  }

  @Test(arguments: [
    ("6.1.0-56-cloud-amd64", false), ("6.12.117+deb13-cloud-amd64", true),
    ("6.9.0", true), ("7.0.0-rc1", false), ("7.2.13+deb14-cloud-amd64", false), ("mine", false),
  ])
  func versionsAreComparedAsNumbers(release: String, isSpokenOf: Bool) {
    let expected = twin([item(from: "6.9", before: "7.0")])
      .expectation(profile: "stock", kernel: KernelTraits(release: release))
    #expect(expected.verdict == (isSpokenOf ? .warned : .oopsed))
  }

  @Test func anOptionOfTheConfigurationDecidesWhateverTheVersion() {
    let config = "CONFIG_UBSAN=y\n# CONFIG_KASAN is not set\nCONFIG_VETH=m\n"
    let kernel = KernelTraits(release: "6.1.0", config: config)
    for (item, verdict) in [
      (item(with: "UBSAN"), Ruling.warned), (item(with: "KASAN"), .oopsed),
      (item(without: "KASAN"), .warned), (item(without: "UBSAN"), .oopsed),
      (item(with: "VETH"), .oopsed),
    ] {
      #expect(twin([item]).expectation(profile: "stock", kernel: kernel).verdict == verdict)
    }
  }

  @Test func whatIsSaidOfAProfileIsNotOverruledByAKernelThatNamesNone() {
    let sensitive = Scenarios.Expectation(verdict: .corrupted, because: "its checks")
    let kernel = KernelTraits(release: "6.12")
    let all = twin([item(from: "6.2")], sensitive: sensitive)
    #expect(all.expectation(profile: "sensitive", kernel: kernel).verdict == .corrupted)
    let named = twin([item(from: "6.2", profile: "sensitive")], sensitive: sensitive)
    #expect(named.expectation(profile: "sensitive", kernel: kernel).verdict == .warned)
    #expect(named.expectation(profile: "stock", kernel: kernel).verdict == .oopsed)
  }
}
