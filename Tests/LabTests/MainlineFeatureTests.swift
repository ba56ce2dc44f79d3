// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Lab
import TestSupport
import Testing

/// `vm/features.yaml` against the sources in `bpf/`: all that the programs use, and nothing else.
@Suite(.lane, .timeLimit(.minutes(5))) struct MainlineFeatureTests {
  private static let repository = Checkout.root

  /// The program type of a section's first word (libbpf: src/libbpf.c, section_defs).
  private static let programTypes = [
    "fentry": "tracing", "fexit": "tracing", "tp_btf": "tracing", "iter": "tracing",
    "kprobe": "kprobe", "kretprobe": "kprobe", "ksyscall": "kprobe", "raw_tp": "raw_tracepoint",
    "raw_tracepoint": "raw_tracepoint", "tp": "tracepoint", "tracepoint": "tracepoint",
    "tc": "sched_cls", "xdp": "xdp", "lsm": "lsm", "lsm_cgroup": "lsm",
    "cgroup_skb": "cgroup_skb", "cgroup/connect4": "cgroup_sock_addr",
    "cgroup/sock_create": "cgroup_sock", "cgroup/sock_release": "cgroup_sock",
    "perf_event": "perf_event", "sk_lookup": "sk_lookup", "socket": "socket_filter",
    "sockops": "sock_ops", "syscall": "syscall",
  ]

  /// Macros of libbpf's bpf_endian.h, whose names look like a helper's.
  private static let macros: Set = ["bpf_htonl", "bpf_htons", "bpf_ntohl", "bpf_ntohs"]

  @Test func theFileHasWhatTheProgramsUse() throws {
    let features = try MainlineFeatures.load(
      Self.repository.appending(path: "vm/features.yaml").path)
    let folder = Self.repository.appending(path: "bpf")
    var used: [String: Set<String>] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        .replacing(#/\/\*(?:[^*]|\*[^\/])*\*\//#, with: "")
      for match in text.matches(of: #/\b(bpf_[a-z0-9_]+)\(/#) {
        used["helper", default: []].insert(String(match.1))
      }
      for match in text.matches(of: #/BPF_MAP_TYPE_([A-Z_]+)/#) {
        used["map type", default: []].insert(match.1.lowercased())
      }
      for match in text.matches(of: #/SEC\("([a-z_]+)(\/[a-z0-9_]+)?/#) {
        let first = String(match.1)
        // Maps and the licence are in sections, too: `.maps` has no first letter, `license` one.
        if first == "license" { continue }
        let section = first == "cgroup" ? first + (match.2.map(String.init) ?? "") : first
        used["program type", default: []].insert(
          try #require(Self.programTypes[section], "\(name): what is SEC(\"\(section)\")?"))
      }
    }
    used["helper"]?.subtract(Self.macros)
    #expect(Set(features.keys) == Set(used.keys))
    for (kind, names) in used {
      #expect(names.subtracting(features[kind, default: [:]].keys) == [], "\(kind)s missing")
      #expect(
        Set(features[kind, default: [:]].keys).subtracting(names) == [], "\(kind)s not used")
    }
  }

  @Test(arguments: [
    ("\"5.17\":\n  helpers:\n    bpf_loop: e6f2dd0f8067\n", "5.17 has \"helpers\"; there are"),
    (
      "\"5.17\":\n  helper:\n    bpf_loop: a\n\"5.18\":\n  helper:\n    bpf_loop: b\n",
      "bpf_loop is in"
    ),
    ("- a list\n", "can't be read as features"),
  ])
  func aFileThatIsWrongIsNamed(text: String, message: String) throws {
    let path = NSTemporaryDirectory() + "panicroom-features-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let error = #expect(throws: LabError.self) { try MainlineFeatures.load(path) }
    try FileManager.default.removeItem(atPath: path)
    #expect(error?.message.contains(message) == true)
    #expect(error?.message.contains(path) == true)
  }
}
