// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelCollectionTests {
  @Test func whatModulesAreBuiltWithIsTakenFromSourceAndOutputAndNothingElse() async throws {
    try await withTemporaryFolder { folder in
      let source = [
        "Makefile", "Kbuild", "arch/x86/Makefile", "arch/x86/include/asm/page.h",
        "arch/arm/include/asm/page.h", "include/linux/slab.h", "scripts/Makefile.ubsan",
        "scripts/mod/modpost.c", "mm/slub.c",
      ]
      let output = [
        "Makefile", "Module.symvers", ".config", "arch/x86/include/generated/asm/x.h",
        "include/generated/autoconf.h", "scripts/mod/modpost", "scripts/mod/modpost.o",
        "tools/objtool/objtool", "mm/slub.o", "vmlinux",
      ]
      for (root, names) in [("source", source), ("output", output)] {
        for name in names {
          try Files.makeFolder(Files.parent(of: "\(folder)/\(root)/\(name)"))
          try Files.write(root, to: "\(folder)/\(root)/\(name)")
        }
      }
      try await Tool("ln").checked([
        "-s", "../../include/linux", "\(folder)/source/scripts/mod/link",
      ])
      let collection = KernelCollection(source: "\(folder)/source", output: "\(folder)/output")
      try await collection.collectHeaders(into: "\(folder)/headers")
      let found = try await Tool("find").checked(
        [".", "-not", "-type", "d"], directory: "\(folder)/headers"
      ).text.split(separator: "\n").map { $0.dropFirst(2) }.sorted()
      #expect(
        found == [
          ".config", "Makefile", "Module.symvers", "arch/x86/Makefile",
          "arch/x86/include/asm/page.h", "arch/x86/include/generated/asm/x.h",
          "include/generated/autoconf.h", "include/linux/slab.h", "scripts/Makefile.ubsan",
          "scripts/mod/link", "scripts/mod/modpost", "scripts/mod/modpost.c",
          "tools/objtool/objtool",
        ])
      // kbuild's output has a Makefile of its own, which only leads to the source.
      let makefile = try Files.text("\(folder)/headers/Makefile")
      #expect(makefile == "source")
    }
  }
}
