// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Glibc
import Host
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct CompilerOutputTests {
  /// From Debian 12's gcc 12 and kbuild 6.1.
  private let kbuild = CompilerOutput(
    """
    /c/build/bad_one.c: In function 'deref':
    /c/build/bad_one.c:8:14: error: 'NOPE' undeclared (first use in this function)
        8 |         *p = NOPE;
          |              ^~~~
    /c/build/bad_one.c:8:14: note: each undeclared identifier is reported only once
    In file included from /c/build/other.c:3:
    /c/build/shared.h:1:10: fatal error: missing.h: No such file or directory
    make[2]: *** [/h/common/scripts/Makefile.build:255: /c/build/bad_one.o] Error 1
    make[1]: *** [/h/common/Makefile:2065: /c/build] Error 2
    ERROR: modpost: "nobody_has_this" [/c/build/undef_one.ko] undefined!
    ERROR: modpost: GPL-incompatible module closed.ko uses GPL-only symbol 'register_kprobe'
    """, moved: (from: "/c/build/", to: "lkm/"))

  @Test func errorsCarryFileLineAndWords() {
    #expect(
      kbuild.errors == [
        CompilerMessage(
          file: "lkm/bad_one.c", line: 8,
          text: "error: 'NOPE' undeclared (first use in this function)",
          excerpt: [
            "lkm/bad_one.c:8:14: error: 'NOPE' undeclared (first use in this function)",
            "    8 |         *p = NOPE;", "      |              ^~~~",
            "lkm/bad_one.c:8:14: note: each undeclared identifier is reported only once",
          ]),
        CompilerMessage(
          file: "lkm/shared.h", line: 1,
          text: "fatal error: missing.h: No such file or directory",
          excerpt: [
            "lkm/shared.h:1:10: fatal error: missing.h: No such file or directory"
          ]),
      ])
  }

  @Test func aHelperWithASlipIsOffered() {
    let slip = CompilerMessage(
      file: "bpf/x.bpf.c", line: 5,
      text: "error: implicit declaration of function 'bpf_get_curent_pid_tgid' is invalid in C99",
      excerpt: ["bpf/x.bpf.c:5:9: error: …"])
    let names = ["bpf_get_current_comm", "bpf_get_current_pid_tgid"]
    #expect(slip.offering(names).text.hasSuffix("; did you mean 'bpf_get_current_pid_tgid'?"))
    #expect(slip.offering(names).excerpt?.count == 2)
    #expect(slip.offering(["memcpy"]) == slip)
  }

  /// From clang, whose offer is a note.
  @Test func whatWasMeantIsPartOfTheError() {
    let clang = CompilerOutput(
      """
      bpf/x.bpf.c:5:9: error: implicit declaration of function 'bpf_get_curent_pid_tgid' is invalid in C99 \
      [-Werror,-Wimplicit-function-declaration]
              return bpf_get_curent_pid_tgid() >> 32;
                     ^
      bpf/x.bpf.c:5:9: note: did you mean 'bpf_get_current_pid_tgid'?
      /usr/include/bpf/bpf_helper_defs.h:363:23: note: 'bpf_get_current_pid_tgid' declared here
      1 error generated.
      """)
    #expect(clang.errors.count == 1)
    #expect(
      clang.errors.first?.text.hasSuffix("; did you mean 'bpf_get_current_pid_tgid'?") == true)
  }

  @Test func whatMakeCouldNotMake() {
    #expect(kbuild.failedObjects == ["bad_one"])
  }

  @Test func modpostsErrorsBelongToTheirModules() {
    #expect(kbuild.modpostErrors.map(\.object) == ["undef_one", "closed"])
    #expect(
      kbuild.modpostErrors.map(\.text) == [
        "error: \"nobody_has_this\" [undef_one.ko] undefined!",
        "error: GPL-incompatible module closed.ko uses GPL-only symbol 'register_kprobe'",
      ])
  }

  /// scripts/mod/modpost.c check_exports, as of 7.3.
  @Test func modpostNamesTheModuleFirstSince7_3() {
    let words = CompilerOutput(
      "ERROR: modpost: closed.ko: GPL-incompatible module uses GPL-only symbol 'register_kprobe'")
    #expect(words.modpostErrors.map(\.object) == ["closed"])
  }

  @Test func aCompilerThatDiesHasRefusedNothing() throws {
    let died = CompilerOutput("gcc-12: fatal error: Killed signal terminated program cc1")
    #expect(died.errors.isEmpty)
    #expect(throws: ForgeError.self) {
      try died.refusal(of: "lkm/x.c", status: 1, compiler: "gcc")
    }
    #expect(throws: ForgeError.self) {
      try CompilerOutput("").refusal(of: "lkm/x.c", status: 139, compiler: "gcc")
    }
  }

  @Test(arguments: [
    "x.c:9:1: fatal error: error writing to /tmp/cc1.s: No space left on device",
    "x.c:3:1: error: too late\n/tmp/cc1.s: Fatal error: can't close x.o: No space left on device",
    "error: unable to open output file 'x.o': 'No space left on device'",
  ])
  func aFullDiskIsNoRefusal(_ words: String) throws {
    let error = #expect(throws: HostError.self) {
      try CompilerOutput(words).refusal(of: "x.c", status: 1, compiler: "gcc")
    }
    #expect(error?.remedy.contains("TMPDIR") == true)
  }

  /// clang names no file.
  @Test(.enabled(if: geteuid() == 0, "a mount takes root"))
  func theFolderThatIsFullIsNamed() async throws {
    try await withTemporaryFolder { folder in
      try await Tool("mount").checked(["-t", "tmpfs", "-o", "size=64k", "none", folder])
      let error = #expect(throws: HostError.self) {
        try CompilerOutput("fatal error: IO failure on output stream: No space left on device")
          .refusal(of: "x.c", status: 1, compiler: "clang", output: folder)
      }
      try await Tool("umount").checked([folder])
      #expect(error?.path == folder)
      #expect(error?.isSpace == true)
    }
  }

  @Test(arguments: [
    "x.c:9:1: error: once\ncc1: out of memory allocating 65536 bytes after a total of 9 bytes",
    "virtual memory exhausted: Cannot allocate memory",
    "x.c:9:1: error: once\nclang: error: unable to execute command: Killed",
    "x.c:9:1: error: once\nmake[2]: *** [Makefile.build:255: /c/x.o] Killed",
    "x.c:9:1: error: once\nmake[2]: *** [Makefile.build:255: /c/x.o] Error 137",
  ])
  func wantOfMemoryAndSignalsAreNoRefusal(_ words: String) {
    #expect(throws: ForgeError.self) {
      try CompilerOutput(words).refusal(of: "x.c", status: 1, compiler: "gcc")
    }
  }

  @Test(arguments: [
    "x.c:9:1: error: 'Killed' undeclared\n    9 |   Killed",
    "x.c:9:1: error: use of undeclared identifier 'a'\n  a; // say: No space left on device",
    "x.c:9:2: error: #error Cannot allocate memory",
  ])
  func whatASourceSaysIsARefusal(_ words: String) throws {
    let messages = try CompilerOutput(words).refusal(of: "x.c", status: 1, compiler: "gcc")
    #expect(messages.map(\.line) == [9])
  }
}
