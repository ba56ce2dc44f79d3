// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the numbers of a fault say of its access.
extension OpenReport {
  /// What other architectures than x86 and arm64 say of access and address.
  mutating func noteForeignDetails(_ message: Text) {
    // The translation exception identification's fetch-store indication (arch/s390/mm/fault.c).
    if access == nil, role == .fault, let teid = message.after(" TEID: ")?.leadingHex() {
      if teid.value & 0xc00 == 0x400 { access = .write }
      if teid.value & 0xc00 == 0x800 { access = .read }
    }
    // arch/mips/kernel/traps.c
    if address == nil, role == .fault, message.hasPrefix("BadVA : ") {
      address = message.dropFirst(8).leadingHex().map {
        message.dropFirst(8).prefix($0.length).string
      }
    }
  }

  /// `Oops: 0002 [#1]`: bit 1 of x86's error code is a write.
  /// arm64 prints ESR: exception class 0x25 is a data abort of the kernel's own, bit 6 a write.
  /// arm prints FSR, whose bit 11 says it; s390's code 4 is a write to what is protected.
  mutating func readErrorCode(_ text: Text) {
    guard access == nil, kind == .nullDereference || kind == .pageFault,
      let code = text.after("Oops: ")?.leadingHex()
    else { return }
    if text.contains(" ilc:") {
      if code.value == 4 { access = .write }
      return
    }
    if code.length < 4, text.contains(" ARM") {
      access = code.value & 0x800 == 0 ? .read : .write
    }
    if code.length == 4 { access = code.value & 2 == 0 ? .read : .write }
    if code.length >= 8, code.value >> 26 == 0x25 {
      access = code.value & 0x40 == 0 ? .read : .write
    }
  }
}
