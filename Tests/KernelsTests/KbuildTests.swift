// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KbuildTests {
  @Test(arguments: [
    ("CC = $(if $(DEBIAN_KERNEL_USE_CCACHE),$(CCACHE)) $(CROSS_COMPILE)gcc-14", "gcc-14"),
    ("override ARCH = x86\nCC = $(CROSS_COMPILE)gcc-10\n", "gcc-10"),
  ])
  func theKernelsCompilerIsReadFromItsHeaders(variables: String, name: String) {
    #expect(Kbuild.compilerName(variables) == name)
  }

  @Test func aCompilerThatCameWithTheKernelComesFirst() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/bin")
      try Files.write("CC = $(CROSS_COMPILE)gcc-16", to: "\(folder)/.kernelvariables")
      let kbuild = Kbuild(source: folder, output: folder, tools: "\(folder)/bin")
      #expect(throws: ToolError.self) { try kbuild.compiler() }
      try Files.write("", to: "\(folder)/bin/x86_64-linux-gnu-gcc-16")
      #expect(try kbuild.compiler() == "\(folder)/bin/x86_64-linux-gnu-gcc-16")
    }
  }

  @Test func parametersOfTheMatrixAreWordsAndFetchNothingAnew() throws {
    func matrix(_ parameters: String) throws -> KernelEntry {
      try KernelMatrix.parse(
        """
        kernels:
          - name: "5.10"
            default: true
            suite: bullseye
            image: linux-image
            headers: linux-headers
            parameters: \(parameters)
        """, path: "kernels.yaml"
      ).entries[0]
    }
    #expect(try matrix("[\"lsm=yama,bpf\"]").parameters == ["lsm=yama,bpf"])
    #expect(throws: KernelMatrixError.self) { try matrix("[\"a b\"]") }
  }
}
