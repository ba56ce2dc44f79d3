// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct SlabCachesTests {
  /// 5.10's look at its slabs calls objects damaged that another processor is just freeing.
  @Test(arguments: [
    ("5.10.0-46-cloud-amd64", 1, true), ("5.10.0-46-cloud-amd64", 2, false),
    ("6.0.19", 2, false), ("6.1.0-56-cloud-amd64", 2, true), ("6.12.118+deb13", 2, true),
    ("7.2.13+deb14-cloud-amd64", 2, true), ("6.1.192-debug", 4, true),
  ])
  func slabsAreLookedAtWhereThatTellsTheTruth(_ release: String, _ processors: Int, _ sound: Bool) {
    #expect(SlabCaches.canBeValidated(release: release, processors: processors) == sound)
  }
}
