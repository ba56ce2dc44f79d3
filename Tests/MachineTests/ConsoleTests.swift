// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ConsoleTests {
  /// What is in the file, once `feed` is through; `loss` is what the console says of itself.
  private func console(losing loss: ConsoleLoss? = nil, _ feed: (Console) throws -> Void)
    async throws
    -> String
  {
    let path = "/tmp/panicroom-console-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    defer { unlink(path) }
    let console = try Console(path: path)
    try feed(console)
    #expect(await console.finish() == loss)
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
        $0.receive(nil)
      } == "abc")
  }

  @Test func eachTrialOfAGuestHasAFileOfItsOwn() async throws {
    let second = "/tmp/panicroom-console-\(getpid())-second"
    defer { unlink(second) }
    let first = try await console { console in
      console.receive(Array("first".utf8)[...])
      try console.goOn(in: second)
      #expect(console.received == 0)
      console.receive(Array("next".utf8)[...])
      console.receive(nil)
    }
    #expect(first == "first")
    let file = try #require(fopen(second, "r"))
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = fread(&bytes, 1, bytes.count, file)
    #expect(String(decoding: bytes[..<count], as: UTF8.self) == "next")
  }

  @Test func aFloodKeepsItsBeginningAndItsEnd() async throws {
    let line = Array("the same line again and again\n".utf8)
    let flood = Array(repeating: line, count: 2000).flatMap { $0 }
    let text = try await console { console in
      console.receive(Array("BUG: first\n".utf8)[...])
      for _ in 0..<400 { console.receive(flood[...]) }
      console.receive(Array("last words\n".utf8)[...])
      console.receive(nil)
    }
    #expect(text.hasPrefix("BUG: first\n"))
    #expect(text.hasSuffix("last words\n"))
    #expect(text.contains("bytes left out here"))
    #expect(text.utf8.count < Console.head + 3 * Console.tail)
  }

  /// Writes byte by byte as QEMU does, which doesn't wait for room.
  ///
  /// - Returns: how many went in.
  private func write(_ count: Int, bytesOf line: String, to pipe: borrowing ConsolePipe) -> Int {
    let bytes = Array(line.utf8)
    #expect(fcntl(pipe.theirs.number, F_SETFL, O_NONBLOCK) == 0)
    var written = 0
    while written < count,
      Glibc.write(pipe.theirs.number, [bytes[written % bytes.count]], 1) == 1
    {
      written += 1
    }
    return written
  }

  @Test func theConsoleOfAHarnessThatReadsNothingIsHeldBackWhole() async throws {
    let text = try await console { console in
      let pipe = try ConsolePipe()
      #expect(write(100_000, bytesOf: "0123456789", to: pipe) == 100_000)
      try ConsoleReader.start(pipe, into: console, tap: nil)
    }
    #expect(text == String(repeating: "0123456789", count: 10_000))
  }

  @Test func aConsoleThatWasNotReadInTimeSaysSoAtThePlace() async throws {
    var held = 0
    let text = try await console(losing: .notReadInTime) { console in
      let pipe = try ConsolePipe()
      held = write(.max, bytesOf: "a", to: pipe)
      // 1 MiB where the kernel grants it.
      #expect(held == pipe.capacity)
      let writer = dup(pipe.theirs.number)
      defer { close(writer) }
      try ConsoleReader.start(pipe, into: console, tap: nil)
      // What is written once there is room again.
      while Glibc.write(writer, "z", 1) != 1 { usleep(1000) }
    }
    #expect(text.hasPrefix(String(repeating: "a", count: held) + "\n[panicroom: "))
    #expect(text.hasSuffix("may be lost here]\nz"))
  }
}
