// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import TestSupport
import Testing

/// Images made by hand after Documentation/x86/boot.rst.
@Suite(.lane, .timeLimit(.minutes(5))) struct KernelImageTests {
  private func image(version: Int = 0x20f, payload: [UInt8], claimed: Int? = nil) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512 * 3)
    func put(_ offset: Int, _ size: Int, _ value: Int) {
      for index in 0..<size { bytes[offset + index] = UInt8(value >> (8 * index) & 0xff) }
    }
    put(0x1f1, 1, 1)
    bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    put(0x206, 2, version)
    put(0x248, 4, 0x10)
    put(0x24c, 4, claimed ?? payload.count)
    bytes.replaceSubrange(1024..., with: [UInt8](repeating: 0xcc, count: 0x10) + payload)
    return bytes
  }

  @Test func thePayloadLiesBehindTheSetupSectors() {
    let xz: [UInt8] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3, 4, 9, 9, 9, 9]
    let found = KernelImage.payload(in: image(payload: xz))
    #expect(found?.compression == .xz)
    // Without the four bytes of the uncompressed size.
    #expect(found?.range == 1040..<1050)
  }

  @Test func gzipHasItsSizeInside() {
    let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 1, 2]
    #expect(KernelImage.payload(in: image(payload: gzip))?.range == 1040..<1046)
  }

  @Test func whatIsNoImageHasNoPayload() {
    let zstd: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0, 0]
    #expect(KernelImage.payload(in: image(payload: zstd)) != nil)
    #expect(KernelImage.payload(in: []) == nil)
    #expect(KernelImage.payload(in: image(version: 0x207, payload: zstd)) == nil)
    #expect(KernelImage.payload(in: image(payload: zstd, claimed: 1 << 20)) == nil)
    #expect(KernelImage.payload(in: image(payload: [1, 2, 3, 4, 5, 6, 7, 8])) == nil)
  }
}
