// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelRangeTests {
  @Test func releasesAreOrderedByNumbers() throws {
    let texts = ["5.10.218", "6.1.9", "6.1.10", "6.12", "6.12.57"]
    let releases = try texts.map { try #require(KernelRelease($0)) }
    #expect(releases.sorted() == releases)
    #expect(releases.map(\.description) == texts)
    for text in ["6", "6.", "6.1.2.3", "six.one", "sid", "", "6.-1", "6.1.x"] {
      #expect(KernelRelease(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("6.1..6.12", "6.1.170", true), ("6.1..6.12", "6.12.118", true),
    ("6.1..6.12", "5.10.262", false), ("6.1..6.12", "6.16.3", false),
    ("6.12.57..6.12.69", "6.12.57", true), ("6.12.57..6.12.69", "6.12.69", true),
    ("6.12.57..6.12.69", "6.12.43", false), ("6.12.57..6.12", "6.12.90", true),
  ])
  func aRangeHasBothItsEnds(_ text: String, _ release: String, _ isIn: Bool) throws {
    let range = try #require(KernelRange(text))
    #expect(!range.isUpsideDown)
    #expect(range.contains(try #require(KernelRelease(release))) == isIn)
  }

  @Test func anUpsideDownRangeIsOne() throws {
    #expect(try #require(KernelRange("6.12..6.1")).isUpsideDown)
    #expect(try #require(KernelRange("6.12.57..6.12.43")).isUpsideDown)
    #expect(KernelRange("6.1...6.12") == nil)
    #expect(KernelRange("6.1..") == nil)
  }
}
