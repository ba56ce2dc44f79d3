import Foundation
import Glibc
import Machine
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(1))) struct ArgumentsTests {
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

@Suite(.lane, .timeLimit(.minutes(1))) struct InitramfsTests {
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

@Suite(.lane, .timeLimit(.minutes(1))) struct ConsoleTests {
  private func console(_ feed: (Console) -> Void) async throws -> String {
    let path = "/tmp/panicroom-console-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    defer { unlink(path) }
    let console = try Console(path: path)
    feed(console)
    console.receive(nil)
    #expect(await console.finish() == nil)
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func aShortConsoleIsKeptWhole() async throws {
    #expect(
      try await console {
        $0.receive([0x61, 0x62])
        $0.receive([0x63])
      } == "abc")
  }

  @Test func aFloodKeepsItsBeginningAndItsEnd() async throws {
    let line = Array("the same line again and again\n".utf8)
    let flood = Array(repeating: line, count: 2000).flatMap { $0 }
    let text = try await console { console in
      console.receive(Array("BUG: first\n".utf8)[...])
      for _ in 0..<400 { console.receive(flood[...]) }
      console.receive(Array("last words\n".utf8)[...])
    }
    #expect(text.hasPrefix("BUG: first\n"))
    #expect(text.hasSuffix("last words\n"))
    #expect(text.contains("bytes left out here"))
    #expect(text.utf8.count < Console.head + 3 * Console.tail)
  }
}
