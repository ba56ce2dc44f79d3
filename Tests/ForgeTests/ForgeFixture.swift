// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import FoundationEssentials
import Glibc
import Host
import Kernels
import Logging
import Scenarios

/// A repository and a kernel in a temporary folder, for real compiles without a fetched kernel: the
/// headers are a few lines, and in place of kbuild stands a makefile that takes its arguments.
struct ForgeFixture {
  let folder: String
  var repository: String { "\(folder)/repository" }

  private let headerDigest: String

  init(_ folder: String) async throws {
    self.folder = folder
    headerDigest = Digest.of(Self.header)
    for name in ["repository/bpf", "repository/lkm", "headers", "common", "btf"] {
      try Files.makeFolder("\(folder)/\(name)")
    }
    try Files.write(
      Self.header, to: "\(folder)/btf/vmlinux.h")
    try Files.write("CC = $(CROSS_COMPILE)gcc-none\n", to: "\(folder)/headers/.kernelvariables")
    try Files.write("obj-m := all\n", to: "\(repository)/lkm/Kbuild")
    try Files.write(
      """
      $(shell echo call >> $(O)/calls)
      objects := $(patsubst %.c,%.o,$(wildcard $(M)/*.c))
      modules: $(objects)
      \t@for o in $(objects); do cp $$o $${o%.o}.ko; done
      $(M)/%.o: $(M)/%.c
      \t@echo $(notdir $<) >> $(O)/compiled
      \t@$(CC) $(KCFLAGS) $(CFLAGS_$(notdir $@)) -O1 -g -c $< -o $@

      """, to: "\(folder)/common/Makefile")
  }

  var kernel: Kernel {
    Kernel(
      name: "test", release: "1.2.3-test", packageVersion: "1.2.3-1", image: "",
      modulesDirectory: "", modulesRoot: "", headersDirectory: "\(folder)/headers",
      commonHeaders: "\(folder)/common", vmlinuxHeader: "\(folder)/btf/vmlinux.h",
      vmlinuxHeaderDigest: headerDigest, config: "", systemMap: "")
  }

  func forge(_ kernel: Kernel? = nil, headers: String = Forge.libbpfHeaders) -> Forge {
    Forge(
      kernel: kernel ?? self.kernel, repository: repository,
      cache: CacheDirectory(root: "\(folder)/cache"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, libbpfHeaders: headers)
  }

  /// Writes a twin pair whose sources differ from those of other names in nothing but the name.
  func write(_ name: String, programLine: String = "", moduleLine: String = "") throws {
    let object = name.replacing("-", with: "_")
    try Files.write(
      Self.program.replacing("FAULT", with: programLine),
      to: "\(repository)/bpf/\(object).bpf.c")
    try Files.write(
      Self.module.replacing("FAULT", with: moduleLine).replacing("NAME", with: object),
      to: "\(repository)/lkm/\(object).c")
  }

  /// The lines that a file has got since it was looked at last.
  func news(_ name: String) throws -> [String] {
    let path = "\(folder)/headers/\(name)"
    guard Files.exists(path) else { return [] }
    defer { unlink(path) }
    return try Files.text(path).split(separator: "\n").map(String.init).sorted()
  }

  static func scenario(_ name: String, builtTwice: Bool = false) throws -> Scenario {
    let built = builtTwice ? #""built": "twice", "# : ""
    let twin = #"{\#(built)"armed": {"verdict": "survived", "kinds": [], "because": ""}}"#
    return try JSONDecoder().decode(
      Scenario.self,
      from: Data(
        """
        {"name": "\(name)", "title": "", "family": "memory", "weakness": "", "job": "",
         "fault": "", "hook": {"lkm": "", "bpf": ""}, "cpus": 1, "modules": [], "attach": [],
         "workload": [], "observation": {"value": 0}, "watch": [],
         "twins": {"lkm": \(twin), "bpf": \(twin)}, "lesson": "", "references": []}
        """.utf8))
  }

  static let header = """
    typedef unsigned int __u32;
    typedef int __s32;
    typedef unsigned long long __u64;
    typedef long long __s64;
    typedef unsigned short __u16;
    typedef __u16 __be16;
    typedef __u32 __be32;
    typedef __u32 __wsum;
    typedef unsigned char bool;
    enum bpf_map_type { BPF_MAP_TYPE_HASH = 1 };

    """

  static let program = """
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>

    char LICENSE[] SEC("license") = "GPL";
    const volatile bool armed;
    __u64 events;

    static __attribute__((noinline)) int twice(__u64 *value)
    {
    \tif (value)
    \t\t*value += 2;
    \treturn 0;
    }

    SEC("kprobe/first")
    int first(void *ctx)
    {
    \t__u64 value = bpf_ktime_get_ns();
    \tevents += value;
    \tevents |= 4;
    \tFAULT
    \treturn twice(&value);
    }

    SEC("kprobe/second")
    int second(void *ctx)
    {
    \t__u64 value = bpf_get_current_pid_tgid();
    \tevents = value;
    \tevents |= 4;
    \treturn 0;
    }

    """

  static let module = """
    int events;

    static inline void set(int *to)
    {
    \t*to = 42;
    }

    __attribute__((noinline)) int NAME_count(int *at)
    {
    \tevents++;
    \tset(at);
    \tFAULT
    \treturn events * 3;
    }

    """
}
