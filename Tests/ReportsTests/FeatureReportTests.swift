// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing

/// The ladder of features: which kernel has what, and what the catalogue uses of it.
@Suite(.lane, .timeLimit(.minutes(5))) struct FeatureReportTests {
  private static let ladder = FeatureLadder(
    kernels: [
      .init(name: "new", release: "6.12.1"), .init(name: "old", release: "5.10.1"),
      .init(name: "gone", reason: "its suite has vanished"),
    ],
    probes: [
      "new": ["helper": ["bpf_loop", "bpf_tail_call", "bpf_find_vma"], "map type": ["ringbuf"]],
      "old": ["helper": ["bpf_tail_call"], "map type": ["ringbuf"]],
    ],
    mainline: [
      "helper": [
        "bpf_loop": .init(version: "5.17", commit: "e6f2dd0f8067"),
        "bpf_tail_call": .init(version: "4.2", commit: "04fd61ab36ec"),
        "bpf_of_the_future": .init(version: "9.10", commit: "0123456789ab"),
      ],
      "map type": ["ringbuf": .init(version: "5.8", commit: "457f44363a88")],
    ])

  @Test func theTableHasWhatNotAllKernelsHave() {
    #expect(
      FeatureReport.render(Self.ladder) == """
        new: 6.12.1
        old: 5.10.1
        gone: not asked: its suite has vanished

        map types          mainline  new   old
        1 more, on every kernel

        helpers            mainline  new   old
        bpf_find_vma                 yes   –
        bpf_loop           5.17      yes   –
        bpf_of_the_future  9.10      –     –
        1 more, on every kernel

        What the catalogue uses, by the version of mainline Linux that brought it
        4.2     bpf_tail_call
        5.8     map type ringbuf
        5.17    bpf_loop
        9.10    bpf_of_the_future

        """)
  }

  @Test func theJSONHasEachFeatureWithItsOrigin() throws {
    let data = try JSONEncoder().encode(Self.ladder)
    let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let features = try #require(object["features"] as? [[String: Any]])
    let loop = try #require(features.first { $0["name"] as? String == "bpf_loop" })
    #expect(loop["kernels"] as? [String] == ["new"])
    #expect(
      loop["mainline"] as? [String: String] == ["version": "5.17", "commit": "e6f2dd0f8067"])
    let other = try #require(features.first { $0["name"] as? String == "bpf_find_vma" })
    #expect(other["mainline"] == nil)
    #expect(try JSONDecoder().decode(FeatureLadder.self, from: data) == Self.ladder)
  }
}
