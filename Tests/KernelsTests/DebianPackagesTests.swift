// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct DebianPackagesTests {
  @Test func aSimulationNamesWhatItWouldInstall() {
    let found = DebianPackages.installed(
      by: """
        Reading package lists...
        Inst gcc-12-base (12.2.0-14 Debian:12.15/oldstable [amd64])
        Inst libgcc-s1 (12.2.0-14 Debian:12.15/oldstable [amd64]) [libc6:amd64 ]
        Conf gcc-12-base (12.2.0-14 Debian:12.15/oldstable [amd64])
        """)
    #expect(found.map(\.name) == ["gcc-12-base", "libgcc-s1"])
    #expect(found.map(\.version) == ["12.2.0-14", "12.2.0-14"])
  }

  /// A file's name has no colon, whatever the version has.
  @Test func theIndexNamesTheFilesInTheFolder() {
    let index = DebianPackages.index(
      """
      Package: clang
      Architecture: amd64
      Version: 1:14.0-55
      Description-en: compiler
       A compiler.
      Filename: pool/main/l/clang_14.0-55_amd64.deb
      SHA256: 12

      Package: make
      Architecture: amd64
      Version: 4.3
      Filename: pool/main/m/make_4.3_amd64.deb

      """)
    #expect(index.contains("Filename: ./clang_1_14.0-55_amd64.deb\nSHA256: 12"))
    #expect(index.contains("\n\nPackage: make"))
    #expect(index.contains("Filename: ./make_4.3_amd64.deb"))
    #expect(!index.contains("pool/"))
  }
}
