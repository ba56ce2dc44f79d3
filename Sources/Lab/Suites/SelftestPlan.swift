// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Wire

/// How a program of the verifier's self-tests is loaded: what its spec leaves to the loader
/// (tools/testing/selftests/bpf/test_loader.c and prog_tests/verifier.c).
enum SelftestPlan {
  /// BPF_F_TEST_RND_HI32.
  private static let randomHalves = 1 << 2
  // linux/capability.h.
  private static let netAdmin = 12
  private static let sysAdmin = 21
  private static let perfmon = 38
  private static let bpf = 39

  /// prog_tests/verifier.c: `run_tests_aux` does without CAP_SYS_ADMIN, `test_verifier_mtu` without
  /// CAP_PERFMON, too; prog_tests/verifier_kfunc_prog_types.c runs its programs with everything.
  private static func withoutCapabilities(_ file: String) -> [Int] {
    switch file {
    case "verifier_mtu": [sysAdmin, perfmon]
    case "verifier_kfunc_prog_types": []
    default: [sysAdmin]
    }
  }

  /// `drop_capabilities` of test_loader.c.
  private static let privileged = [netAdmin, sysAdmin, perfmon, bpf]

  /// prog_tests/verifier.c, `init_test_val_map`: the index 28, and 0xabcdef12 after six integers.
  private static func fills(_ file: String) -> [ProgramTest.Fill] {
    let maps = [
      "verifier_array_access": "map_array_ro", "verifier_value_ptr_arith": "map_array_48b",
    ]
    guard let map = maps[file] else { return [] }
    var value = [Int](repeating: 0, count: 48)
    value[0] = 28
    value.replaceSubrange(28..<32, with: [0x12, 0xef, 0xcd, 0xab])
    return [.init(map: map, value: value)]
  }

  /// Sections that came after libbpf 1.1, which Debian 12 has, with the program type and the place of
  /// attaching that newer ones know them by (tools/lib/bpf/libbpf.c, `section_defs`).
  private static let sections: [String: (type: Int, attachType: Int)] = [
    "netfilter": (32, 45), "tc/ingress": (3, 46), "tc/egress": (3, 47), "tcx/ingress": (3, 46),
    "tcx/egress": (3, 47), "cgroup/connect_unix": (18, 49), "cgroup/sendmsg_unix": (18, 50),
    "cgroup/recvmsg_unix": (18, 51), "cgroup/getpeername_unix": (18, 52),
    "cgroup/getsockname_unix": (18, 53),
  ]

  static func kinds(_ programs: [(name: String, section: String)]) -> [ProgramTest.Kind] {
    programs.compactMap { program in
      let section =
        program.section.hasPrefix("?")
        ? String(program.section.dropFirst()) : program.section
      return sections[section].map {
        .init(program: program.name, type: $0.type, attachType: $0.attachType)
      }
    }
  }

  /// - Parameter flags: what all programs of the source are loaded with.
  static func test(
    _ program: String, of file: String, _ spec: SelftestSpec, unprivileged: Bool,
    auxiliaries: [String], kinds: [ProgramTest.Kind], flags: Int
  ) -> ProgramTest {
    let mode = unprivileged ? spec.unprivileged : spec.privileged
    // Lines of rewritten code have no room for the instructions by which this flag fills upper halves
    // of registers with random bits (verifier.c, opt_subreg_zext_lo32_rnd_hi32).
    let flags = mode.rewritten.isEmpty ? flags : flags & ~randomHalves
    return ProgramTest(
      program: program, auxiliaries: auxiliaries, logLevel: spec.logLevel,
      flags: (flags | spec.flags) & ~spec.clearedFlags,
      kinds: kinds.filter { ([program] + auxiliaries).contains($0.program) },
      withoutCapabilities: unprivileged ? privileged : withoutCapabilities(file),
      unprivileged: unprivileged, isRun: mode.returns != nil && !mode.fails, fills: fills(file),
      showsRewritten: !mode.rewritten.isEmpty && !mode.fails)
  }
}
