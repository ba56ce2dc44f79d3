// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// What only a current libbpf loads and attaches, in guests that have one.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct NewerLibbpfTests {
  private static func operations(_ section: String) -> String {
    """
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>
    #include <bpf/bpf_tracing.h>
    char _license[] SEC("license") = "GPL";
    SEC("struct_ops/half")
    __u32 BPF_PROG(half, struct sock *sk) { return 10; }
    SEC("struct_ops/avoid")
    void BPF_PROG(avoid, struct sock *sk, __u32 ack, __u32 acked) { }
    SEC("struct_ops/undo")
    __u32 BPF_PROG(undo, struct sock *sk) { return 10; }
    SEC("\(section)")
    struct tcp_congestion_ops plain = {
      .ssthresh = (void *)half, .cong_avoid = (void *)avoid, .undo_cwnd = (void *)undo,
      .name = "plain",
    };
    """
  }
  private static let express = """
    #include <linux/bpf.h>
    #include <bpf/bpf_helpers.h>
    unsigned long events;
    char _license[] SEC("license") = "GPL";
    SEC("tcx/ingress") int pass(struct __sk_buff *skb)
    {
      __sync_fetch_and_add(&events, 1);
      return 0;
    }
    """

  private struct Answer: Decodable {
    struct Run: Decodable { var versions: [String: String] }
    struct Trial: Decodable {
      var verdict: String
      var by: String?
      var title: String?
      var observed: Int?
    }
    var run: Run
    var trials: [Trial]
  }

  private func attempt(_ text: String, kernel: String) async throws -> Answer {
    try await Harness.use { harness in
      let path = "\(harness.folder)/newer.bpf.c"
      try Files.write(text, to: path)
      let output = try await harness.run([
        "try", path, "--timeout", "120", "--kernel", kernel, "--format", "json",
      ])
      try #require(output.status == 0, "\(output.errorText)")
      return try JSONDecoder().decode(Answer.self, from: Data(output.standardOutput))
    }
  }

  @Test func aSetOfOperationsIsRegistered() async throws {
    let answer = try await attempt(Self.operations(".struct_ops"), kernel: "6.1")
    let libbpf = try #require(answer.run.versions["libbpf"])
    #expect(
      libbpf.split(separator: ".").compactMap { Int($0) }.lexicographicallyPrecedes([1, 5]) == false
    )
    #expect(answer.trials.first?.by != "libbpf", "\(answer.trials)")
    #expect(answer.trials.first?.by != "attach", "\(answer.trials)")
  }

  @Test(.tags(.network)) func aClassifierOfTheNewerKindSeesPackets() async throws {
    let answer = try await attempt(Self.express, kernel: "6.12")
    #expect(answer.trials.first?.verdict == "survived", "\(answer.trials)")
    #expect(answer.trials.first?.observed ?? 0 > 0, "\(answer.trials)")
  }

  @Test(.tags(.network)) func aLinkOfOperationsIsMade() async throws {
    let answer = try await attempt(Self.operations(".struct_ops.link"), kernel: "6.12")
    #expect(answer.trials.first?.by == nil, "\(answer.trials)")
  }
}
