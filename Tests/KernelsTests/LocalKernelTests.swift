// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import TestSupport
import Testing

@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct LocalKernelTests {
  private static let wanted = ["virtio_pci", "virtio_console", "sch_ingress", "veth"]

  private func add(_ parts: KernelParts, _ fake: FakeKernel, replacing: Bool = false) async throws
    -> Kernel
  {
    try await fake.store.add(parts, wanted: Self.wanted, replacing: replacing)
  }

  @Test func theImageItselfSaysWhatItIs() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      let kernel = try await add(fake.parts(try await fake.bzImage()), fake)
      #expect(kernel.release == FakeKernel.release)
      #expect(try kernel.config.map { try Files.text($0) } == FakeKernel.config)
      #expect(kernel.lacks.headers?.contains("--headers") == true)
      #expect(kernel.lacks.modules == nil && kernel.lacks.programs == nil)
      #expect(kernel.lacks.types == nil)
      let header = try #require(kernel.vmlinuxHeader)
      #expect(try Files.text(header).contains("__VMLINUX_H__"))
      // It survives: what was given may go.
      try Files.remove("\(folder)/bzImage")
      #expect(try fake.store.local("mine") == kernel)
      #expect(try fake.store.localNames() == ["mine"])
      #expect(try fake.leftovers() == ["mine"])
    }
  }

  @Test func aVmlinuxIsTakenAsItIs() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      let kernel = try await add(fake.parts(try await fake.vmlinux()), fake)
      #expect(kernel.release == FakeKernel.release)
      #expect(kernel.image.hasSuffix("/mine/vmlinux"))
    }
  }

  @Test func whatAKernelWasBuiltWithoutIsSaid() async throws {
    try await withTemporaryFolder { folder in
      var fake = FakeKernel(folder: folder)
      fake.hasBTF = false
      fake.config = FakeKernel.config.replacingOccurrences(of: "CONFIG_MODULES=y\n", with: "")
      var parts = fake.parts(try await fake.bzImage())
      parts.headers = try fake.headers()
      let kernel = try await add(parts, fake)
      #expect(kernel.lacks.types?.contains("CONFIG_DEBUG_INFO_BTF") == true)
      #expect(kernel.vmlinuxHeader == nil)
      #expect(kernel.lacks.builtModules?.contains("CONFIG_MODULES") == true)
    }
  }

  @Test(arguments: [
    ("CONFIG_VIRTIO_CONSOLE=y", "CONFIG_VIRTIO_CONSOLE=m", "--modules"),
    ("CONFIG_VIRTIO_PCI=y", "", "CONFIG_VIRTIO_PCI=y"),
    ("CONFIG_DEVTMPFS=y", "", "CONFIG_DEVTMPFS"),
  ])
  func aKernelWhoseGuestsCouldNotSpeakIsRefused(
    option: String, instead: String, words: String
  ) async throws {
    try await withTemporaryFolder { folder in
      var fake = FakeKernel(folder: folder)
      fake.config = FakeKernel.config.replacingOccurrences(of: option, with: instead)
      let parts = fake.parts(try await fake.bzImage())
      let error = await #expect(throws: KernelError.self) { try await add(parts, fake) }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      #expect(try fake.leftovers() == [])
    }
  }

  @Test(arguments: [
    ("", [String]()), (".xz", ["xz"]), (".zst", ["zstd", "-q", "--rm"]), (".gz", ["gzip"]),
  ])
  func modulesAreCopiedUnpackedWithWhatTheyNeed(
    suffix: String, packer: [String]
  ) async throws {
    try await withTemporaryFolder { folder in
      var fake = FakeKernel(folder: folder)
      fake.config = FakeKernel.config.replacingOccurrences(
        of: "CONFIG_VIRTIO_CONSOLE=y", with: "CONFIG_VIRTIO_CONSOLE=m")
      var parts = fake.parts(try await fake.bzImage())
      let root = try await fake.modules([
        "virtio_console": "virtio-ring", "virtio_ring": "", "usbcore": "", "veth": "",
      ])
      let place = "\(root)/lib/modules/\(FakeKernel.release)/kernel"
      for name in try Files.list(place) {
        if let tool = packer.first {
          try await Tool(tool).checked(packer.dropFirst() + ["\(place)/\(name)"])
        }
      }
      parts.modules = root
      let kernel = try await add(parts, fake)
      let kept = try Files.list("\(kernel.modulesDirectory)/kernel")
      #expect(kept == ["veth.ko", "virtio_console.ko", "virtio_ring.ko"])
      let magic = try Files.read("\(kernel.modulesDirectory)/kernel/veth.ko", upTo: 4)
      #expect(magic == [0x7f, 0x45, 0x4c, 0x46])
      #expect(Files.exists("\(kernel.modulesDirectory)/modules.dep.bin"))
    }
  }

  @Test func modulesAndHeadersOfAnotherReleaseAreRefused() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      var parts = fake.parts(try await fake.bzImage())
      parts.modules = try await fake.modules(["veth": ""], release: "8.8.8")
      let ofModules = await #expect(throws: KernelError.self) { try await add(parts, fake) }
      #expect(ofModules?.what.contains("no modules for \(FakeKernel.release)") == true)
      parts.modules = "\(folder)/installed/lib/modules/8.8.8"
      let ofModule = await #expect(throws: KernelError.self) { try await add(parts, fake) }
      #expect(ofModule?.what.contains("is a module of 8.8.8") == true)
      parts.modules = nil
      parts.headers = try fake.headers(release: "8.8.8")
      let ofHeaders = await #expect(throws: KernelError.self) { try await add(parts, fake) }
      #expect(ofHeaders?.what.contains("are of 8.8.8") == true)
      #expect(try fake.leftovers() == [])
    }
  }

  @Test func theHalfOfHeadersThatFlavoursShareIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      var parts = fake.parts(try await fake.bzImage())
      let tree = try fake.headers()
      parts.headers = tree
      for (file, words) in [
        ("Module.symvers", "Module.symvers"), ("include/generated/autoconf.h", "flavour"),
        ("Makefile", "no Makefile"),
      ] {
        try Files.remove("\(tree)/\(file)")
        let error = await #expect(throws: KernelError.self) { try await add(parts, fake) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      }
    }
  }

  @Test func bothHalvesOfRelocatedHeadersAreFound() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      var parts = fake.parts(try await fake.bzImage())
      let tree = try fake.headers()
      try Files.makeFolder("\(folder)/linux-headers-common")
      try Files.rename("\(tree)/Makefile", to: "\(folder)/linux-headers-common/Makefile")
      try Files.write("include /usr/src/linux-headers-common/Makefile\n", to: "\(tree)/Makefile")
      parts.headers = tree
      let kernel = try await add(parts, fake)
      #expect(kernel.lacks == KernelLacks())
      #expect(kernel.kbuild?.source == "\(folder)/linux-headers-common")
      #expect(kernel.kbuild?.output == tree)
    }
  }

  @Test func headersThatBuildNothingLeaveTheProgramsSide() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      var parts = fake.parts(try await fake.bzImage())
      parts.headers = try fake.headers(builds: false)
      let kernel = try await add(parts, fake)
      #expect(kernel.lacks.headers?.contains("no such luck") == true)
    }
  }

  @Test func aBuildTreeThatIsGoneOrOfAnotherBuildIsNoticed() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      var parts = fake.parts(try await fake.bzImage())
      let tree = try fake.headers()
      parts.headers = tree
      #expect(try await add(parts, fake).kbuild != nil)
      try Files.write("0x1 new vmlinux EXPORT_SYMBOL\n", to: "\(tree)/Module.symvers")
      let rebuilt = try fake.store.local("mine")
      #expect(rebuilt.lacks.headers?.contains("panicroom kernel add mine") == true)
      #expect(rebuilt.kbuild == nil)
      try Files.remove(tree)
      let gone = try fake.store.local("mine")
      #expect(gone.lacks.headers?.contains("is gone") == true)
      #expect(gone.lacks.types == nil)
    }
  }

  @Test func whatFailsLeavesTheKernelThatWasThere() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      let image = try await fake.bzImage()
      let first = try await add(fake.parts(image), fake)
      let twice = await #expect(throws: KernelError.self) {
        try await add(fake.parts(image), fake)
      }
      #expect(twice?.remedy.contains("--replace") == true)
      try Files.write("nonsense", to: "\(folder)/nonsense")
      await #expect(throws: KernelError.self) {
        try await add(fake.parts("\(folder)/nonsense"), fake, replacing: true)
      }
      #expect(try fake.store.local("mine") == first)
      #expect(try fake.leftovers() == ["mine"])
      var parts = fake.parts(image)
      parts.headers = try fake.headers()
      let second = try await add(parts, fake, replacing: true)
      // What was made for the first one is no longer found.
      #expect(second.packageVersion != first.packageVersion)
    }
  }

  @Test func aDamagedRecordOrAFileThatIsGoneIsNoKernel() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      let kernel = try await add(fake.parts(try await fake.bzImage()), fake)
      try Files.remove(kernel.image)
      let gone = #expect(throws: KernelError.self) { try fake.store.local("mine") }
      #expect(gone?.remedy.contains("panicroom kernel add mine") == true)
      try Files.write("{", to: "\(folder)/cache/kernels/mine/local.json")
      let damaged = #expect(throws: KernelError.self) { try fake.store.local("mine") }
      #expect(damaged?.remedy.contains("kernel remove mine") == true)
    }
  }

  @Test func aFileThatWasChangedIsNamedWithTheCommandThatAddsItAgain() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      let kernel = try await add(fake.parts(try await fake.bzImage()), fake)
      #expect(try await fake.store.kernel(.local("mine")) == kernel)
      var bytes = try Files.read(kernel.image)
      bytes[bytes.count / 2] ^= 1
      try Files.write(bytes, to: kernel.image)
      let error = await #expect(throws: KernelError.self) {
        try await fake.store.kernel(.local("mine"))
      }
      #expect(error?.what.contains("vmlinuz was changed") == true, "\(error!)")
      #expect(error?.remedy.contains("panicroom kernel add mine") == true)
    }
  }

  @Test func localKernelsStandBehindTheMatrixs() async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      let image = try await fake.bzImage()
      for name in ["mine", "5.10"] { _ = try await add(fake.parts(image, named: name), fake) }
      let matrix = "\(folder)/kernels.yaml"
      try Files.write(
        """
        kernels:
          - {name: "6.1", default: true, suite: bookworm, image: i, headers: h}
          - {name: "5.10", suite: bullseye, image: i, headers: h}
        """, to: matrix)
      let list = try KernelList.load(matrix: matrix, store: fake.store)
      #expect(list.names == ["6.1", "5.10", "mine"])
      #expect(list.defaultKernel.name == "6.1")
      #expect(list["mine"] == .local("mine"))
      // A name that the matrix has means the matrix's.
      let packaged = try #require(list["5.10"])
      #expect(!packaged.isLocal)
      let error = await #expect(throws: KernelError.self) { try await fake.store.kernel(packaged) }
      #expect(error?.remedy.contains("kernel remove 5.10") == true)
    }
  }
}

/// What is taken for a kernel by mistake is called by its name.
@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct NoKernelTests {
  private static func padded(_ bytes: [UInt8], at offset: Int = 0) -> [UInt8] {
    [UInt8](repeating: 0, count: offset) + bytes + [UInt8](repeating: 0, count: 5000)
  }

  private func message(_ image: String, in folder: String) async throws -> String {
    let fake = FakeKernel(folder: folder)
    let error = await #expect(throws: KernelError.self) {
      try await fake.store.add(fake.parts(image), wanted: [], replacing: false)
    }
    #expect(try fake.leftovers() == [])
    return error?.description ?? ""
  }

  @Test(arguments: [
    ([UInt8](), "is empty"), (Array("#!/bin/sh\n".utf8), "is no kernel"),
    (padded(Array("ARMd".utf8), at: 0x38), "arm64"), (padded(Array("MZ".utf8)), "unified kernel"),
    (Array("!<arch>\ndebian-binary".utf8), "dpkg-deb -x"),
    (padded([0xed, 0xab, 0xee, 0xdb]), "RPM"),
    (padded([0x27, 0x05, 0x19, 0x56]), "U-Boot"), ([0x1f, 0x8b, 8, 0], "can't be unpacked"),
    (
      padded(
        [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [2, 0, 0xb7, 0]),
      "another architecture"
    ),
    (
      padded(
        [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [1, 0, 0x3e, 0]),
      "no kernel"
    ),
  ])
  func bytesOfAnotherKind(bytes: [UInt8], words: String) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(bytes, to: "\(folder)/file")
      let said = try await message("\(folder)/file", in: folder)
      #expect(said.contains(words), "\(said)")
    }
  }

  @Test func aTruncatedImageAndOneOf32Bits() async throws {
    try await withTemporaryFolder { folder in
      let image = try await FakeKernel(folder: folder).bzImage()
      let whole = try Files.read(image)
      try Files.write(Array(whole.dropLast(100)), to: image)
      let short = try await message(image, in: folder)
      #expect(short.contains("truncated: it has \(whole.count - 100) of \(whole.count) bytes"))
      try Files.write(Array(whole[..<600]), to: image)
      #expect(try await message(image, in: folder).contains("truncated"))
      var narrow = whole
      narrow[0x236] = 0
      try Files.write(narrow, to: image)
      #expect(try await message(image, in: folder).contains("32-bit"))
      var damaged = whole
      for index in 1100..<1200 { damaged[index] ^= 0x55 }
      try Files.write(damaged, to: image)
      #expect(try await message(image, in: folder).contains("can't be unpacked"))
      // The tool ends at its first bytes, megabytes before it would have read all.
      var large = Array(whole[..<1024])
      large += [0x1f, 0x8b, 8, 0xff] + [UInt8](repeating: 0x55, count: 8 << 20 - 4)
      for (offset, value) in [(0x1f4, 8 << 20 / 16), (0x24c, 8 << 20)] {
        for index in 0..<4 { large[offset + index] = UInt8(value >> (8 * index) & 0xff) }
      }
      try Files.write(large, to: image)
      #expect(try await message(image, in: folder).contains("can't be unpacked"))
      #expect(try await message("\(folder)/nowhere", in: folder).contains("is not there"))
      #expect(try await message(folder, in: folder).contains("is a folder"))
    }
  }

  @Test(arguments: ["all", "", "../6.1", "Mine", "a b", "-x", String(repeating: "a", count: 41)])
  func namesThatNoKernelCanHave(name: String) async throws {
    try await withTemporaryFolder { folder in
      let fake = FakeKernel(folder: folder)
      await #expect(throws: KernelError.self) {
        try await fake.store.add(
          fake.parts("\(folder)/any", named: name), wanted: [], replacing: false)
      }
      #expect(!Files.exists("\(folder)/cache"))
    }
  }
}
