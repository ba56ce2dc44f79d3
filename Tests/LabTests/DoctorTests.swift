// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct DoctorTests {
  @Test func anotherProcessorIsTold() {
    #expect(Diagnosis.machine("x86_64").state == .fine)
    let arm = Diagnosis.machine("aarch64")
    #expect(arm.state == .missing && arm.detail.contains("aarch64") && arm.remedy != nil)
  }

  @Test(arguments: [
    ("QEMU emulator version 7.2.22 (Debian 1:7.2)", Diagnosis.State.fine),
    ("QEMU emulator version 10.0.2", .fine),
    ("QEMU emulator version 5.2.0", .missing),
  ])
  func anOldQEMUIsTold(_ version: String, _ state: Diagnosis.State) {
    let diagnosis = Diagnosis.qemu(version)
    #expect(diagnosis?.state == state)
    #expect((diagnosis?.remedy == nil) == (state == .fine))
  }

  @Test func whatAQEMUGetsWrongIsSaid() throws {
    let own = "QEMU emulator version 7.2.22 (Debian 1:7.2)"
    let alone = try #require(Diagnosis.qemu(own)).detail
    #expect(alone.hasPrefix("7.2; under TCG it may execute a breakpoint that is gone"))
    #expect(alone.hasSuffix("get a newer one with the first run under TCG"))
    let both = try #require(Diagnosis.qemu(own, newer: "QEMU emulator version 10.0.2")).detail
    #expect(both.hasSuffix("run on QEMU 10.0, from the cache"))
    #expect(Diagnosis.qemu("QEMU emulator version 8.1.0")?.detail == "8.1")
  }

  @Test func aVersionThatIsNoneSaysNothing() {
    #expect(Diagnosis.qemu("") == nil)
    #expect(Diagnosis.qemu(nil) == nil)
  }

  @Test func withoutKVMTheRemedyGoesByTheReason() {
    let group = Diagnosis.withoutKVM("/dev/kvm is not yours to open", isThere: true)
    #expect(group.remedy?.contains("usermod -aG kvm") == true)
    let absent = Diagnosis.withoutKVM("there is no /dev/kvm", isThere: false)
    #expect(absent.remedy?.contains("modprobe kvm") == true)
    #expect(group.state == .note && absent.state == .note)
  }

  @Test func littleMemoryIsTold() {
    #expect(Diagnosis.memory(4000, cores: 8).state == .fine)
    #expect(Diagnosis.memory(500, cores: 8).remedy?.contains("--jobs") == true)
  }

  @Test func theRightsOfQEMUAreSaid() {
    #expect(Diagnosis.confinement(.jailed).state == .fine)
    #expect(Diagnosis.confinement(.ofTheUser).state == .note)
    let refused = Diagnosis.confinement(.refused("clone: Operation not permitted"))
    #expect(refused.detail.contains("as root and unconfined: clone"))
    #expect(refused.remedy != nil)
  }

  @Test func missingHeadersNameTheirPackage() {
    #expect(Diagnosis.libbpfHeaders(areThere: false).remedy?.contains("libbpf-dev") == true)
  }
}
