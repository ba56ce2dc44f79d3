// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ConfigFragmentTests {
  private func fragment(_ text: String, _ path: String = "a.config") -> ConfigFragment {
    ConfigFragment(text, path: path)
  }

  @Test func optionsAreReadWithTheirValuesAndThoseThatMustBeOff() {
    let read = fragment(
      """
      # Why.
      CONFIG_KASAN=y
      CONFIG_LKDTM=m
      CONFIG_LSM="bpf"
      CONFIG_NR_CPUS=4
      CONFIG_BUG=n
      # CONFIG_VT is not set

      """)
    #expect(
      read.wishes.map { "\($0.option)=\($0.value ?? "off")" }
        == ["KASAN=y", "LKDTM=m", "LSM=bpf", "NR_CPUS=4", "BUG=off", "VT=off"])
  }

  @Test func whatKconfigDroppedOrForcedIsNamedWithItsFile() {
    let unmet = ConfigFragment.unmet(
      [
        fragment("CONFIG_KASAN=y\nCONFIG_LKDTM=m\n# CONFIG_VT is not set", "a.config"),
        fragment("CONFIG_FINE=y\nCONFIG_NR_CPUS=4", "b.config"),
      ],
      in: fragment("CONFIG_VT=y\nCONFIG_LKDTM=y\nCONFIG_FINE=y\n# CONFIG_NR_CPUS is not set"))
    #expect(
      unmet == [
        "CONFIG_KASAN should be y (a.config), and it is off",
        "CONFIG_LKDTM should be m (a.config), and it is y",
        "CONFIG_VT should be off (a.config), and it is y",
        "CONFIG_NR_CPUS should be 4 (b.config), and it is off",
      ])
  }

  @Test func ofTwoFragmentsThatNameAnOptionTheLaterHolds() {
    let both = [fragment("CONFIG_BUG=y"), fragment("# CONFIG_BUG is not set")]
    #expect(ConfigFragment.unmet(both, in: fragment("")).isEmpty)
    #expect(!ConfigFragment.unmet(both.reversed(), in: fragment("")).isEmpty)
  }

  @Test func everyFragmentOfTheRepositorySaysWhatItIsForAndNamesNoOptionTwice() throws {
    let list = try BuildList.load(from: Checkout.path("vm/builds.yaml"))
    #expect(list["debug"] != nil)
    for build in list.builds {
      var seen: Set<String> = []
      for name in build.fragments {
        let text = try Files.text(Checkout.path("vm/\(name)"))
        #expect(text.hasPrefix("# "), "\(name) begins without a word on its purpose")
        for wish in ConfigFragment(text, path: name).wishes {
          #expect(seen.insert(wish.option).inserted, "\(wish.option) is there twice")
        }
      }
    }
  }
}
