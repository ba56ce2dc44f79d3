// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Kernels
import Lab
import Machine
import TestSupport
import Testing

/// What is one kernel's own trouble, and what ends the whole command.
@Suite(.lane, .timeLimit(.minutes(5))) struct KernelFailureTests {
  @Test func whatIsGoneIsMissingAndWhatIsDamagedIsNot() {
    let gone = KernelError(what: "its suite is gone", remedy: "choose another", isUnavailable: true)
    #expect(KernelFailure(gone)?.isMissing == true)
    let damaged = KernelError(what: "its image is damaged", remedy: "fetch it again")
    #expect(KernelFailure(damaged)?.isMissing == false)
    #expect(KernelFailure(damaged)?.reason == "its image is damaged; fetch it again")
  }

  @Test func aGuestThatDoesNotGetReadyIsToldInALine() {
    for code in [MachineError.Code.noAnswer, .notReady, .qemuFailed] {
      let failure = KernelFailure(MachineError(code, "no greeting\nThe console's end:\n  words"))
      #expect(failure?.reason == "its guest did not get ready: no greeting")
      #expect(failure?.isMissing == false)
    }
  }

  @Test func aFullDiskIsNoRoomForThisKernelOnly() {
    #expect(KernelFailure(HostError(errno: ENOSPC, doing: "write", path: "/cache")) != nil)
    let call = SystemCallError(call: "write", subject: "a template", errno: ENOSPC)
    #expect(KernelFailure(call) != nil)
    #expect(KernelFailure(HostError(errno: EACCES, doing: "write", path: "/cache")) == nil)
  }

  @Test func theMachinesAndTheRequestsTroubleIsNoKernels() {
    #expect(KernelFailure(MachineError(.qemuMissing, "no QEMU")) == nil)
    #expect(KernelFailure(LabError("There is no kernel \"2.4\".")) == nil)
    #expect(KernelFailure(CancellationError()) == nil)
  }
}
