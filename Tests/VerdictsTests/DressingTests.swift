// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What stands around the kernel's lines in logs from anywhere: pieces that any combination is read of.
@Suite(.lane, .timeLimit(.minutes(1))) struct DressingTests {
  private static let stamps = [
    "", "[ 4711.100000] ", "<1>[ 4711.100000] ", "[ 4711.100000] c1 ", "[ 4711.100000]@2 ",
    "[ 4711.100000] (0)[848:ndroid.systemui]", "[ 4711.100000]  [1:        swapper:    0] ",
    "[ 4711.100000] I[0:      swapper/0:    0] ", "[ 4711.100000][    C0] ",
    "[ 4711.100000 <    0.000031>] ", "[ 4711.100000] [c1] ", "[4711.100000@2] ",
    "6,1201,4711100000,-;", "6.8.0,6,1201,4711100000,-;", "6,1201,4711100000,-,caller=C0;",
    "kern  :alert : ", "kern  :alert : [Mon Jan  6 10:11:12 2025] ",
  ]
  private static let loggers = [
    "", "Jan  6 10:11:12 box kernel: ", "2025-01-06T10:11:12,000100+01:00 ",
    "2025-01-06T10:11:12.1234567Z ", "2025-01-06 10:11:12 ", "1736154672.000100 box kernel: ",
    "Mon 2025-01-06 10:11:12 CET box kernel: ", "[ 4711.100000] box kernel: ", "[10:11:12] ",
    "10:11:12.345 ", "kernel: ", "Jan  6 10:11:12 box kern.alert kernel: ", "    MESSAGE=",
    "01-06 10:11:12.100     0     0 E KERNEL  : ", "Jan  6 10:11:12.123456 box kernel[1]: ",
  ]
  private static let quotes = [
    ("", ""), ("> ", ""), (">> ", ""), ("* ", ""), ("- ", ""), ("# ", ""), ("**", "**"),
    ("`", "`"), ("[**`", "`**]"), ("    ", ""), ("| ", ""), ("12: ", ""), ("<pre>", ""),
    ("<code>", "</code>"), ("\u{2022} ", ""), ("\u{feff}", ""), ("&gt; ", ""),
    ("\u{1b}[1;31m", "\u{1b}[0m"), ("#033[31m", ""),
  ]

  private func check(_ before: String, _ after: String) {
    let lines = [
      "BUG: kernel NULL pointer dereference, address: 0000000000000018",
      "Oops: 0002 [#1] PREEMPT SMP PTI", "RIP: 0010:widget_poll+0x2c/0x90 [widget]",
    ]
    let log = lines.map { before + $0 + after }.joined(separator: "\n")
    let found = KernelLog.reading(of: Array(log.utf8)).findings
    #expect(found.map(\.title) == ["null-dereference in widget_poll"], "\(before)")
    #expect(found.first?.address == "0000000000000018", "\(before)")
    #expect(found.first?.access == .write, "\(before)")
    #expect(found.first?.blamed?.module == "widget", "\(before)")
  }

  @Test(arguments: quotes.indices) func anyCombinationIsRead(_ quote: Int) {
    let (before, after) = Self.quotes[quote]
    for logger in Self.loggers {
      for stamp in Self.stamps { check(before + logger + stamp, after) }
    }
  }

  @Test(arguments: [
    "box login: ", "root@box:~# ", "/ # ", "[root@box ~]# ", "~ $ ", "bash-5.1# ", "(initramfs) ",
  ]) func aPromptMayStandBefore(_ prompt: String) {
    let log =
      prompt + "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"
    #expect(KernelLog.reading(of: Array(log.utf8)).findings.map(\.kind) == [.mountFailure])
  }

  @Test func journaldsObjectsAreRead() {
    let log = """
      {"_TRANSPORT":"kernel","PRIORITY":"1","MESSAGE":"BUG: scheduling while atomic: demo/811/0x2"}
      {"SYSLOG_IDENTIFIER":"demo","MESSAGE":"Kernel panic - not syncing: said by a program"}
      {"log":"[   12.345678] Kernel panic - not syncing: \\"softlockup: hung tasks\\"\\n","stream":"stdout"}
      """
    let found = KernelLog.reading(of: Array(log.utf8)).findings
    #expect(found.map(\.kind) == [.atomicSleep, .softLockup])
  }

  @Test func wideFilesAreReadInAnyPieces() {
    let text = "[    1.000000] Kernel panic - not syncing: Attempted to kill init!\r\n"
    for isLittle in [true, false] {
      var bytes: [UInt8] = isLittle ? [0xff, 0xfe] : [0xfe, 0xff]
      for unit in text.utf16 {
        let (low, high) = (UInt8(unit & 0xff), UInt8(unit >> 8))
        bytes += isLittle ? [low, high] : [high, low]
      }
      for size in [1, 2, 3, 1000] {
        var log = KernelLog(from: .anywhere)
        for start in stride(from: 0, to: bytes.count, by: size) {
          log.feed(bytes[start..<min(start + size, bytes.count)])
        }
        #expect(log.finished().findings.map(\.kind) == [.initDied])
      }
    }
  }

  @Test(arguments: [
    "Kerne1 panic - not synclng: VFS: Unab1e to mount root fs on unknown-block(0,0)",
    "Kernel panic \u{2013} not syncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    "kernel panic not syncing : vfs : unable to mount root fs on unknown block (0, 0)",
    "[    2.123456] Kernel panic - not syncing:\n[    2.123456] VFS: Unable to mount root fs",
    "Kernel panic - not\nsyncing: VFS: Unable to mount root fs on unknown-block(0,0)",
    "it says `Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)` at boot",
  ]) func aHeadlineIsKnownHoweverItWasCopied(_ log: String) {
    let found = KernelLog.reading(of: Array(log.utf8)).findings
    #expect(found.map(\.kind) == [.mountFailure])
    #expect(found.first?.isQuoted == log.hasPrefix("it says"))
  }

  @Test(arguments: [
    ("KERNEL PANIC - NOT SYNCING: ATTEMPTED TO KILL INIT!", "init-died", Ruling.panicked),
    ("Kernel panic - not syncing: Out of memory: panic_on_oom", "out-of-memory", .panicked),
    ("end Kernel panic - not syncing: Attempted to kill init!", "init-died", .panicked),
    ("watchdog: BUG: soft\nlockup - CPU#1 stuck for 22s! [demo:811]", "soft-lockup", .hung),
    (
      "{\n  \"MESSAGE\" : \"BUG: scheduling while atomic: demo/811/0x2\",\n}", "atomic-sleep",
      .warned
    ),
    ("INFO: task demo:811 blocked for more\nthan 120 seconds.", "hung-task", .hung),
    (
      "EIP is at widget_poll+0×2c/0×90\nCode: 8b", "oops (headline missing) in widget_poll", .oopsed
    ),
  ]) func oddFormsHaveTheirRuling(_ log: String, _ title: String, _ ruling: Ruling) {
    let reading = KernelLog.reading(of: Array(log.utf8))
    #expect(reading.findings.map(\.title) == [title])
    #expect(reading.ruling == ruling)
  }

  @Test(arguments: [
    "Unhandled fault: external abort on non-linefetch (0x1018) at 0xb6f4a000",
    "demo: unhandled page fault (11) at 0x00000000, code 0x017",
    "Jan  6 10:11:12 box demo[811]: BUG: said by a program",
    "root@box:~# grep 'BUG: ' log", "root@box:~# dmesg | grep \"Kernel panic - not syncing\"",
    "see `grep -c BUG: log` for how often", "# BUG_ON", "the kernel panics when I plug it in",
    "unregister_netdevice: waiting for eth0 to become free. Usage count = 1",
    "User process fault: interruption code 0010 ilc:3 in demo[2aa00000000+1000]",
  ]) func nothingIsFoundInWhatOnlySoundsBad(_ line: String) {
    #expect(KernelLog.reading(of: Array(line.utf8)).findings.isEmpty)
    #expect(KernelLog.reading(of: Array("[    1.000000] \(line)\n".utf8)).findings.isEmpty)
  }

  @Test func aDeviceThatIsWaitedForAgainIsAHang() {
    let line = "[   10.0] unregister_netdevice: waiting for eth0 to become free. Usage count = 1\n"
    let reading = KernelLog.reading(of: Array((line + line).utf8))
    #expect(reading.findings.map(\.kind) == [.hungTask, .hungTask])
    #expect(reading.findings.first?.count == 2)
    #expect(KernelLog.reading(of: Array(line.utf8)).notes.map(\.name) == ["netdevice-wait"])
  }

  /// What the judge of a trial reads stays as it is: nobody stood between the kernel and its console.
  @Test func aGuestsConsoleIsReadAsItIs() throws {
    #expect(KernelLog.findings(in: Array("**Kernel panic - not syncing: x**\n".utf8)).isEmpty)
    for name in try Fixture.names() {
      let bytes = try Fixture.bytes(name)
      let strict = KernelLog.findings(in: bytes)
      let reading = KernelLog.reading(of: bytes)
      #expect(reading.findings.first?.kind == strict.first?.kind, "\(name)")
      #expect(reading.findings.first?.frame == strict.first?.frame, "\(name)")
      #expect(reading.findings.isEmpty == strict.isEmpty, "\(name)")
    }
  }
}
