// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import TestSupport
import Testing

/// `panicroom shell` through a terminal, in real guests.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct ShellTests {
  private static let prompt = "guest:/scenario# "

  /// A shell on a terminal, whose screen is read from one thing that is expected to the next.
  private final class ShellTerminal {
    private let terminal: PseudoTerminal
    private var seen = 0

    init(_ harness: Harness, _ arguments: [String]) throws {
      terminal = try PseudoTerminal(
        [Harness.program] + arguments, columns: 100, rows: 24,
        environment: [
          "TERM": "xterm", "NO_COLOR": "1", "PANICROOM_REPOSITORY": harness.repository,
        ])
    }

    var pid: pid_t { terminal.pid }
    var mode: [UInt32] { terminal.mode }
    func type(_ keys: String) { terminal.send(keys) }
    func resize(rows: Int, columns: Int) { terminal.resize(columns: columns, rows: rows) }
    func wait() async throws -> Int32 { try await terminal.end() }

    /// Waits until this was shown, behind what was expected before.
    ///
    /// - Returns: what was shown up to its end.
    @discardableResult
    func expect(
      _ words: String, seconds: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
      let deadline = ContinuousClock.now + .seconds(seconds)
      while ContinuousClock.now < deadline {
        let shown = Array(terminal.text.utf8)
        if let end = shown[seen...].firstRange(of: Array(words.utf8))?.upperBound {
          defer { seen = end }
          return String(decoding: shown[seen..<end], as: UTF8.self)
        }
        try await Task.sleep(for: .milliseconds(50))
      }
      Issue.record(
        "\(words) was not shown: \(terminal.text.suffix(2000))", sourceLocation: sourceLocation)
      throw PseudoTerminal.Absent()
    }
  }

  /// The processes that a program has started and that still live.
  private func children(of pid: pid_t) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }.filter {
      guard let stat = FileManager.default.contents(atPath: "/proc/\($0)/stat") else {
        return false
      }
      let text = String(decoding: stat, as: UTF8.self)
      let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
      return fields.count > 2 && fields[2] == "\(pid)"
    }
  }

  /// What this process has left in the cache.
  private func remnants(of pid: pid_t) throws -> [String] {
    let folder = try CacheDirectory.standard().path("shells")
    guard Files.exists(folder) else { return [] }
    return try Files.list(folder).filter { $0.contains("-\(pid)-") }
  }

  @Test func aShellEditsItsLinesFollowsTheWindowAndIsLeftByControlBracket() async throws {
    try await Harness.use { harness in
      let terminal = try ShellTerminal(harness, ["shell", "null-map-value"])
      let before = terminal.mode
      try await terminal.expect(Self.prompt)
      #expect(terminal.mode != before)
      terminal.type("uname -r\r")
      try await terminal.expect("-amd64\r\n")
      try await terminal.expect(Self.prompt)
      // Arrow keys: back to the wrong letter, the right one instead, and again from the history.
      terminal.type("echo h_llo-\u{1b}[D\u{1b}[D\u{1b}[D\u{1b}[D\u{7f}e\r")
      try await terminal.expect("\r\nhello-\r\n")
      try await terminal.expect(Self.prompt)
      terminal.type("\u{1b}[A\r")
      try await terminal.expect("\r\nhello-\r\n")
      try await terminal.expect(Self.prompt)
      terminal.type("stty size; echo $TERM\r")
      try await terminal.expect("24 100\r\nxterm\r\n")
      try await terminal.expect(Self.prompt)
      terminal.resize(rows: 40, columns: 133)
      terminal.type("sleep 1; stty size\r")
      try await terminal.expect("40 133\r\n")
      try await terminal.expect(Self.prompt)
      terminal.type("sleep 1000\r")
      try await terminal.expect("sleep 1000\r\n")
      terminal.type("\u{3}")
      try await terminal.expect(Self.prompt)
      terminal.type("echo $?\r")
      try await terminal.expect("130\r\n")
      #expect(try !children(of: terminal.pid).isEmpty)
      terminal.type("\u{1d}")
      #expect(try await terminal.wait() == 0)
      #expect(terminal.mode == before)
      #expect(try children(of: terminal.pid).isEmpty)
      #expect(try remnants(of: terminal.pid).isEmpty)
    }
  }

  @Test func bothTwinsAreAtHandAndACrashIsExplainedAndANewGuestOffered() async throws {
    try await Harness.use { harness in
      let terminal = try ShellTerminal(harness, ["shell", "null-map-value"])
      let before = terminal.mode
      try await terminal.expect(Self.prompt)
      terminal.type("insmod null_map_value.ko && work && rmmod null_map_value; echo s$?\r")
      try await terminal.expect("events = 64\r\n")
      try await terminal.expect("s0\r\n")
      terminal.type("load bpf && work && bpftool prog show && unload; echo s$?\r")
      try await terminal.expect("events = 64\r\n")
      try await terminal.expect("name count_getpgid")
      try await terminal.expect("s0\r\n")
      terminal.type("load bpf armed; echo s$?\r")
      try await terminal.expect("R0 invalid mem access 'map_value_or_null'")
      try await terminal.expect("s1\r\n")
      terminal.type("bpftool prog loadall null_map_value.bpf.o /sys/fs/bpf/twin; echo s$?\r")
      try await terminal.expect("s0\r\n")
      terminal.type("bpftool prog loadall null_map_value.armed.bpf.o /sys/fs/bpf/b; echo s$?\r")
      try await terminal.expect("s255\r\n")

      // An oops ends the process that met it, not the guest.
      terminal.type("load lkm armed; work\r")
      let crash = try await terminal.expect("The guest is still running")
      #expect(crash.contains("BUG: kernel NULL pointer dereference"))
      // Each line begins at the left, as on any terminal.
      #expect(!crash.replacingOccurrences(of: "\r\n", with: "").contains("\n"))
      #expect(crash.contains("oopsed\r\n"), "\(crash)")
      #expect(crash.contains("null-dereference in count_getpgid"))
      #expect(crash.contains("lkm/null_map_value.c:"))
      #expect(crash.contains("++*count;"))
      terminal.type("\r")
      try await terminal.expect(Self.prompt)

      terminal.type("echo c > /proc/sysrq-trigger\r")
      let panic = try await terminal.expect("Enter: a new one")
      #expect(panic.contains("panicked\r\n"), "\(panic)")
      terminal.type("\r")
      try await terminal.expect(Self.prompt)
      terminal.type("cat /proc/modules | grep -c null_map_value; exit 5\r")
      try await terminal.expect("\r\n0\r\n")
      try await terminal.expect("ended with status 5")
      #expect(try await terminal.wait() == 5)
      #expect(terminal.mode == before)
      #expect(try children(of: terminal.pid).isEmpty)
      #expect(try remnants(of: terminal.pid).isEmpty)
    }
  }

  @Test func aHangIsToldAndItsBackTraceCanBeHad() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let module = copy.repository + "/lkm/infinite_loop.c"
      let text = try String(contentsOfFile: module, encoding: .utf8)
      let spoilt = text.replacingOccurrences(
        of: "\twhile (level < LEVELS) {",
        with: "\tif (armed) {\n\t\tlocal_irq_disable();\n\t\tfor (;;)\n\t\t\tcpu_relax();\n\t}\n"
          + "\twhile (level < LEVELS) {")
      try #require(spoilt != text)
      try spoilt.write(toFile: module, atomically: true, encoding: .utf8)
      let terminal = try ShellTerminal(copy, ["shell", "infinite-loop"])
      try await terminal.expect(Self.prompt)
      // One that does nothing is no hang.
      try await Task.sleep(for: .seconds(6))
      terminal.type("echo still; load lkm armed; work\r")
      let quiet = try await terminal.expect("no longer answers")
      #expect(quiet.contains("\r\nstill\r\n"), "\(quiet)")
      terminal.type("b")
      let answer = try await terminal.expect("Enter: a new one")
      #expect(answer.contains("hard-lockup"), "\(answer)")
      #expect(answer.contains("lkm/infinite_loop.c:"))
      terminal.type("q")
      #expect(try await terminal.wait() == 0)
    }
  }

  @Test func aFloodOfOutputNeitherFillsTheMemoryNorKeepsControlCOut() async throws {
    try await Harness.use { harness in
      let terminal = try ShellTerminal(harness, ["shell"])
      try await terminal.expect("guest:/# ")
      terminal.type("yes and so on\r")
      try await terminal.expect("and so on\r\nand so on\r\n")
      try await Task.sleep(for: .seconds(3))
      let memory = try #require(residentMiB(terminal.pid))
      #expect(memory < 200)
      terminal.type("\u{3}")
      try await terminal.expect("guest:/# ")
      terminal.type("echo $?; dmesg -n 8; for i in $(seq 2000); do echo $i > /dev/kmsg; done\r")
      try await terminal.expect("130\r\n")
      try await terminal.expect("] 2000\r\n")
      terminal.type("\rexit\r")
      #expect(try await terminal.wait() == 0)
    }
  }

  @Test func aReaderThatGoesAwayEndsIt() async throws {
    try await Harness.use { harness in
      let output = try await Tool("sh").run(
        ["-c", "echo yes | \"$0\" shell | { sleep 2; head -n 3; }", Harness.program],
        environment: ["PANICROOM_REPOSITORY": .some(harness.repository)])
      #expect(output.text == "y\ny\ny\n", "\(output.errorText)")
    }
  }

  private func residentMiB(_ pid: pid_t) -> Int? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/statm") else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * 4 / 1024 } : nil
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGKILL])
  func howeverItIsKilledNoGuestStaysAndTheTerminalIsAsItWas(signal: Int32) async throws {
    try await Harness.use { harness in
      let terminal = try ShellTerminal(harness, ["shell"])
      let before = terminal.mode
      try await terminal.expect("guest:/# ")
      let guests = try children(of: terminal.pid)
      #expect(!guests.isEmpty)
      kill(terminal.pid, signal)
      let status = try await terminal.wait()
      #expect(status == (signal == SIGKILL ? -SIGKILL : 130))
      for _ in 0..<500 {
        if guests.allSatisfy({ !RunningHarness.isAlive($0) }), terminal.mode == before { break }
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(guests.allSatisfy { !RunningHarness.isAlive($0) })
      #expect(terminal.mode == before)
      if signal != SIGKILL { #expect(try remnants(of: terminal.pid).isEmpty) }
    }
  }

  private func script(
    _ text: String, _ harness: Harness, _ arguments: [String] = ["null-map-value"]
  ) async throws -> Tool.Output {
    try await harness.run(["shell"] + arguments, input: text)
  }

  @Test func commandsFromStandardInputAreAScript() async throws {
    try await Harness.use { harness in
      let output = try await script("echo $((6 * 7))\n", harness)
      #expect(output.status == 0, "\(output.errorText)")
      #expect(output.text == "42\n")
      let long = try await script("for i in $(seq 20000); do echo $i; done; exit 9\n", harness)
      #expect(long.status == 9)
      let counted = (1...20000).map { "\($0)\n" }.joined()
      #expect(long.text == counted)
      let lost = try await script("echo c > /proc/sysrq-trigger; echo not here\n", harness)
      #expect(lost.status == 3)
      #expect(lost.text.isEmpty)
      #expect(lost.errorText.contains("panicked"), "\(lost.errorText)")
    }
  }

  @Test(.tags(.network), arguments: ["5.10", "6.12"])
  func modulesLoadOnOtherKernels(kernel: String) async throws {
    try await Harness.use { harness in
      let output = try await script(
        "modprobe veth && insmod null_map_value.ko && work && rmmod null_map_value && rmmod veth\n",
        harness, ["--kernel", kernel, "null-map-value"])
      #expect(output.status == 0, "\(output.text) \(output.errorText)")
      #expect(output.text.contains("events = 64"))
    }
  }

  @Test(arguments: [
    (["null-map-vale"], "did you mean \"null-map-value\"?"), (["--kernel", "2.4"], "2.4"),
    (["--profile", "careless"], "careless"), (["one", "two"], "two"),
  ])
  func aBadRequestIsRefused(arguments: [String], words: String) async throws {
    try await Harness.use { harness in
      let output = try await script("exit\n", harness, arguments)
      #expect(output.status == 2)
      #expect(output.errorText.contains(words), "\(output.errorText)")
      #expect(output.standardOutput.isEmpty)
    }
  }
}
