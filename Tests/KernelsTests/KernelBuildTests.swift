// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelBuildTests {
  /// From a build of 6.1 whose source had a line too many.
  @Test func ofMakesErrorsTheOneIsShownThatNamesTheFile() {
    let words = """
      /source/linux/lib/ctype.c:39:2: error: #error somebody damaged this file
         39 | #error somebody damaged this file
            |  ^~~~~
      make[3]: *** [/source/linux/scripts/Makefile.build:255: lib/ctype.o] Error 1
      make[3]: *** Waiting for unfinished jobs....
      make[2]: *** [/source/linux/scripts/Makefile.build:508: lib] Error 2
      make: *** [Makefile:250: __sub-make] Error 2

      """
    #expect(
      KernelBuild.complaints(in: words) == [
        "/source/linux/lib/ctype.c:39:2: error: #error somebody damaged this file",
        "   39 | #error somebody damaged this file",
        "make[3]: *** [/source/linux/scripts/Makefile.build:255: lib/ctype.o] Error 1",
      ])
    #expect(
      KernelBuild.complaints(
        in: "/bin/sh: 1: bc: not found\nmake: *** [Kbuild:24: x.h] Error 127\n")
        == ["/bin/sh: 1: bc: not found", "make: *** [Kbuild:24: x.h] Error 127"])
    #expect(KernelBuild.complaints(in: "").isEmpty)
  }
}
