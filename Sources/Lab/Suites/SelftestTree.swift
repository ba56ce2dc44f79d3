// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A kernel's source tree, as far as the verifier's self-tests are concerned.
package struct SelftestTree: Sendable, Equatable {
  /// Absolute, without links.
  package let root: String
  /// `6.12.117`.
  package let version: String

  /// `6.12`.
  package var series: String {
    version.split(separator: ".").prefix(2).joined(separator: ".")
  }

  package var folder: String { root + "/tools/testing/selftests/bpf" }

  /// - Throws: ``LabError`` if it is not a kernel's source, or one without annotated programs.
  package init(_ path: String) throws {
    guard Files.isFolder(path) else {
      throw LabError(
        "--source \(path): there is no such folder. Name the folder of a kernel's source, Debian's "
          + "linux-source-6.12 unpacked, say.")
    }
    root = try Files.real(path)
    guard Files.exists(root + "/Makefile"), Files.exists(root + "/scripts/bpf_doc.py"),
      let version = Self.version(inMakefile: try Files.text(root + "/Makefile"))
    else {
      throw LabError(
        "--source \(path) is no kernel's source: it needs Makefile with a VERSION, and "
          + "scripts/bpf_doc.py. Debian's linux-source packages put theirs into an archive in "
          + "/usr/src: unpack it, and name the folder that comes out.")
    }
    self.version = version
    let misc = folder + "/progs/bpf_misc.h"
    guard Files.exists(misc), try Files.text(misc).contains("comment:test_expect_failure"),
      !(try sources).isEmpty
    else {
      throw LabError(
        "--source \(path) is Linux \(version), whose self-tests have no annotated programs of the "
          + "verifier (progs/verifier_*.c): 6.6 is the first series that has all of them. Name a "
          + "newer source.")
    }
  }

  /// The sources of the programs, relative to ``folder``, in order.
  package var sources: [String] {
    get throws {
      try Files.list(folder + "/progs")
        .filter { $0.hasPrefix("verifier_") && $0.hasSuffix(".c") }.sorted()
        .map { "progs/" + $0 }
    }
  }

  /// What every program is loaded with, as far as the series has it (testing_helpers.c,
  /// `testing_prog_flags`): BPF_F_TEST_RND_HI32, BPF_F_TEST_REG_INVARIANTS.
  package var commonFlags: Int {
    get throws {
      let header = try Files.text(root + "/tools/include/uapi/linux/bpf.h")
      return 1 << 2 | (header.contains("BPF_F_TEST_REG_INVARIANTS") ? 1 << 7 : 0)
    }
  }

  /// `6.12.117` from a kernel's top Makefile; nil if it is another's.
  package static func version(inMakefile text: String) -> String? {
    func value(_ key: String) -> Substring? {
      text.split(separator: "\n").prefix(20).first { $0.hasPrefix(key + " =") }
        .map { $0.dropFirst(key.count + 2) }
    }
    let parts = ["VERSION", "PATCHLEVEL", "SUBLEVEL"].compactMap { value($0) }
      .map { $0.filter(\.isNumber) }
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    return parts.joined(separator: ".")
  }
}
