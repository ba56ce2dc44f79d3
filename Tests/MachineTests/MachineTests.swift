// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Machine
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct ArgumentsTests {
  private let description = MachineDescription(
    qemu: "/usr/bin/qemu-system-x86_64", accelerator: .tcg, kernel: "/k", initramfs: "/i",
    parameters: ["console=ttyS0", "quiet"])

  private func value(after option: String, in arguments: [String]) -> String? {
    arguments.firstIndex(of: option).map { arguments[$0 + 1] }
  }

  @Test func everyGuestRunsSandboxedAndWithoutANetwork() {
    for mode in [StartMode.boot, .bootInto(memoryFile: "/m")] {
      let arguments = description.arguments(mode)
      #expect(arguments.contains("-nodefaults"))
      #expect(value(after: "-sandbox", in: arguments)?.hasPrefix("on,") == true)
      #expect(!arguments.contains { $0.contains("netdev") || $0 == "-nic" })
    }
  }

  @Test func aCloneHasItsTemplatesDevicesButNoKernel() {
    func devices(_ mode: StartMode) -> [String] {
      let arguments = description.arguments(mode)
      return arguments.indices.filter { arguments[$0] == "-device" }.map { arguments[$0 + 1] }
    }
    let clone = StartMode.restore(memoryFile: "/m", stateDescriptor: 9)
    #expect(devices(clone) == devices(.bootInto(memoryFile: "/m")))
    #expect(!description.arguments(clone).contains("-kernel"))
  }

  @Test func aTemplateSharesItsMemoryAndACloneDoesNot() {
    func memory(_ mode: StartMode) -> String? {
      value(after: "-object", in: description.arguments(mode))
    }
    #expect(memory(.bootInto(memoryFile: "/a,b"))?.contains("mem-path=/a,,b,share=on") == true)
    #expect(
      memory(.restore(memoryFile: "/m", stateDescriptor: 9))?.hasSuffix("share=off") == true)
  }

  @Test func kvmGetsTheHostsProcessor() {
    var kvm = description
    kvm.accelerator = .kvm
    #expect(value(after: "-accel", in: kvm.arguments(.boot)) == "kvm")
    #expect(value(after: "-cpu", in: kvm.arguments(.boot)) == "host,pmu=off")
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct InitramfsTests {
  private func image(_ order: [String]) -> [UInt8] {
    var image = Initramfs()
    for path in order { image.addFile(path, Array(path.utf8), executable: path == "init") }
    return image.archive()
  }

  @Test func theSameContentGivesTheSameBytesInWhateverOrder() {
    #expect(image(["init", "lib/a", "lib/b"]) == image(["lib/b", "init", "lib/a"]))
  }

  @Test func parentsComeBeforeTheirChildren() {
    let text = String(decoding: image(["usr/lib/x"]), as: UTF8.self)
    let places = ["usr\0", "usr/lib\0", "usr/lib/x\0", "TRAILER!!!\0"].map { text.range(of: $0) }
    #expect(!places.contains(nil))
    let starts = places.compactMap { $0?.lowerBound }
    #expect(starts == starts.sorted())
  }

  @Test func everyPartIsAlignedToFourBytes() {
    #expect(image(["init"]).count % 4 == 0)
    #expect(image(["ini"]).count % 4 == 0)
  }
}
