// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelMapTests {
  private let map = KernelMap(
    symbols: ["tainted_mask": 0xffff_ffff_9c4b_7ac8], physicalBase: 0x1_8000_0000 &- 0x1_8be0_0000,
    directMap: 0xffff_8880_0000_0000)

  @Test func anAddressOfTheImageMovesWithIt() {
    // A base may be below zero: the image lies lower in memory than its addresses say.
    #expect(map.physical(of: "tainted_mask") == 0x1c4b_7ac8 &- 0xbe0_0000)
    #expect(map.physical(of: "panic_cpu") == nil)
  }

  @Test func anAddressOfTheDirectMapIsItsDistance() {
    #expect(map.physical(0xffff_8880_0012_3000) == 0x12_3000)
  }

  @Test func whatOnlyPageTablesTellIsNotTranslated() {
    #expect(map.physical(0xffff_ffff_c020_0000) == nil)
    #expect(map.physical(0xffff_8000_0000_0000) == nil)
    #expect(map.physical(0x40_0000) == nil)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct VMCoreInfoTests {
  @Test func aNoteIsReadThroughItsHeader() throws {
    let text =
      "OSRELEASE=6.1\nSYMBOL(prb)=ffffffff82c5a8f0\nOFFSET(printk_info.seq)=0\nSIZE(x)=88\n"
    var note = [UInt8]()
    for number in [11, UInt32(text.utf8.count), 0] {
      withUnsafeBytes(of: number.littleEndian) { note += $0 }
    }
    note += Array("VMCOREINFO\0\0".utf8) + Array(text.utf8) + [0, 0, 0]
    let info = try #require(VMCoreInfo(note: note))
    #expect(info.symbol("prb") == 0xffff_ffff_82c5_a8f0)
    #expect(info.offset("printk_info.seq") == 0)
    #expect(info.size("x") == 88)
    #expect(info.symbol("tainted_mask") == nil)
    // Each shorter piece is either no note or lacks its end: never a crash.
    for length in 0..<note.count - 3 { #expect(VMCoreInfo(note: note[..<length]) == nil) }
  }

  @Test func aBaseMayBeNegativeAndASizeMayNot() {
    let info = VMCoreInfo(text: "NUMBER(phys_base)=-16777216\nSIZE(x)=-1\nSIZE(y)=99999999999\n")
    #expect(info.number("phys_base") == -16_777_216)
    #expect(info.size("x") == nil)
    #expect(info.size("y") == nil)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct MemoryGroupTests {
  @Test func whatLiesNearEachOtherIsReadAtOnce() {
    let groups = MemoryGroup.groups(of: [
      (0x604_0000, 4), (0x20_0000, 8), (0x606_0000, 0x5_8000), (0x606_0010, 8),
    ])
    #expect(
      groups == [
        MemoryGroup(physical: 0x20_0000, count: 8, members: [1]),
        MemoryGroup(physical: 0x604_0000, count: 0x7_8000, members: [0, 2, 3]),
      ])
  }

  @Test func noGroupIsLargerThanWhatMayBeReadAtOnce() {
    let piece = GuestMemory.most / 2 + 1
    let groups = MemoryGroup.groups(of: [(0, piece), (UInt64(piece), piece)])
    #expect(groups.map(\.count) == [piece, piece])
  }
}
