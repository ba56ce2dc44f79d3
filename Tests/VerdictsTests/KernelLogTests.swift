// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelLogTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: Kind
    var frame: String?
    var fatal: Bool
    var testDescription: String { name }

    init(_ name: String, _ kind: Kind, _ frame: String?, fatal: Bool = false) {
      self.name = name
      self.kind = kind
      self.frame = frame
      self.fatal = fatal
    }
  }

  static let real: [Expected] = [
    Expected("6.1-null-read", .nullDereference, "null_read", fatal: true),
    Expected("6.1-null-write", .nullDereference, "null_write", fatal: true),
    Expected("6.1-call-null", .nullDereference, "call_null", fatal: true),
    Expected("6.1-gpf-read", .generalProtection, "gpf_read", fatal: true),
    Expected("6.1-page-write", .pageFault, "page_write", fatal: true),
    Expected("6.1-rodata-write", .pageFault, "rodata_write", fatal: true),
    Expected("6.1-divide", .divideError, "divide", fatal: true),
    Expected("6.1-bug", .kernelBug, "bug", fatal: true),
    Expected("6.1-warn", .warning, "warn"),
    Expected("6.1-warn-text", .warning, "warn_text"),
    Expected("6.1-warn-oopspanic", .warning, "warn"),
    Expected("6.1-recurse", .stackOverflow, "recurse", fatal: true),
    Expected("6.1-smash", .stackCorruption, "smash"),
    Expected("6.1-list-twice", .listCorruption, "list_twice", fatal: true),
    Expected("6.1-list-add-bad", .listCorruption, "list_add_bad", fatal: true),
    Expected("6.1-ref-zero", .refcount, "faulty_init"),
    Expected("6.1-ref-under", .refcount, "ref_under"),
    Expected("6.1-double-free", .slabCorruption, "faulty_init", fatal: true),
    Expected("6.1-double-free-slubdebug", .doubleFree, "double_free"),
    Expected("6.1-redzone-slubdebug", .slabCorruption, "redzone"),
    Expected("6.1-poison-slubdebug", .slabCorruption, "poison"),
    Expected("6.1-usercopy", .usercopy, "usercopy"),
    Expected("6.1-fort", .outOfBounds, "fort", fatal: true),
    Expected("6.1-spin", .softLockup, "spin"),
    Expected("6.1-deadlock", .softLockup, "faulty_init"),
    Expected("6.1-work", .softLockup, "work_spin"),
    Expected("6.1-kthread", .rcuStall, "spinner"),
    Expected("6.1-sleep-atomic", .atomicSleep, "sleep_atomic"),
    Expected("6.1-dstate", .hungTask, "dstate"),
    Expected("6.1-timer", .nullDereference, "null_read", fatal: true),
    Expected("6.1-timer-warn", .warning, "warn"),
    Expected("6.1-eat", .outOfMemory, "eat"),
    Expected("6.1-panic", .panic, "faulty_init"),
    Expected("6.1-initexit", .initDied, nil),
    Expected("6.1-inpid1", .nullDereference, "null_read", fatal: true),
    Expected("6.1-noroot", .mountFailure, "mount_block_root"),
    Expected("6.1-exec-data", .pageFault, "exec_data", fatal: true),
    Expected("6.1-dblfault", .doubleFault, "dblfault", fatal: true),
  ]

  @Test(arguments: real) func theCauseOfARealLogIsFound(_ expected: Expected) throws {
    let findings = KernelLog.findings(in: try Fixture.bytes(expected.name))
    let cause = try #require(findings.first)
    #expect(cause.kind == expected.kind)
    #expect(cause.frame == expected.frame)
    #expect(cause.fatal == expected.fatal)
    #expect(findings.map(\.primary) == findings.indices.map { $0 == 0 })
    #expect(cause.title == expected.kind.rawValue + (expected.frame.map { " in \($0)" } ?? ""))
  }

  @Test func aCleanBootHasNoFindings() throws {
    #expect(KernelLog.findings(in: try Fixture.bytes("6.1-clean-boot")).isEmpty)
  }

  @Test func theOopsComesBeforeThePanicItLeadsTo() throws {
    let findings = KernelLog.findings(in: try Fixture.bytes("6.1-inpid1"))
    #expect(findings.map(\.kind) == [.nullDereference, .initDied])
    #expect(findings.first?.access == .read)
    #expect(findings.first?.address == "0000000000000010")
  }

  @Test func aFrameKeepsWhatIsNeededToResolveIt() throws {
    let cause = try #require(KernelLog.findings(in: try Fixture.bytes("6.1-null-read")).first)
    let frame = try #require(cause.frames.first)
    #expect(frame.symbol == "null_read.isra.0")
    #expect(frame.module == "faulty")
    #expect(frame.place == "null_read.isra.0+0xc")
    #expect(cause.frames.dropFirst().first?.symbol == "faulty_init")
  }

  @Test(arguments: [1, 7, 64, 4095]) func piecesGiveTheSameAsTheWhole(_ size: Int) throws {
    for name in ["6.1-recurse", "6.1-kthread", "6.1-redzone-slubdebug"] {
      let bytes = try Fixture.bytes(name)
      var log = KernelLog()
      for start in stride(from: 0, to: bytes.count, by: size) {
        log.feed(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(log.finish() == KernelLog.findings(in: bytes))
    }
  }

  @Test func prefixesOfAllSortsAreTakenOff() throws {
    let prefixes = [
      "", "[    1.234567] ", "[    1.234567][  T123] ", "[    1.234567][    C0] ", "<4>[    1.2] ",
      "Jan  2 03:04:05 host kernel: [    1.234567] ", "2024-01-02T03:04:05+0000 host kernel: ",
      "login: [    1.234567] ", "[    1.234567] [    T85] ", "\u{1b}[0m[    1.234567] ",
    ]
    for prefix in prefixes {
      let lines = [
        "BUG: kernel NULL pointer dereference, address: 0000000000000010",
        "Oops: 0002 [#1] PREEMPT SMP", "RIP: 0010:victim+0x10/0x20 [twin]",
      ]
      let log = lines.map { prefix + $0 }.joined(separator: "\r\n")
      let findings = KernelLog.findings(in: log.utf8)
      #expect(findings.map(\.title) == ["null-dereference in victim"], "\(prefix)")
      #expect(findings.first?.line == 1)
      #expect(findings.first?.text == lines[0])
    }
  }

  @Test func aReportBehindAnotherOnOneLineIsFound() {
    let log = "[    1.0] eth0: link up[    1.1] Kernel panic - not syncing: out of luck"
    #expect(KernelLog.findings(in: log.utf8).map(\.kind) == [.panic])
  }

  @Test func theTwinsOwnModuleIsBlamedBeforeTheKernel() {
    let log = """
      BUG: unable to handle page fault for address: ffffc90000001000
      RIP: 0010:kobject_put+0x10/0x20
      Call Trace:
       twin_work+0x10/0x20 [twin]
       process_one_work+0x1/0x2
      Modules linked in: virtio_net twin(OE+) [last unloaded: other]
      """
    #expect(KernelLog.findings(in: log.utf8).first?.frame == "twin_work")
  }

  @Test func aProgramsFrameIsBlamedBeforeTheKernel() {
    let log = """
      watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [worker:7]
      RIP: 0010:bpf_loop+0x10/0x20
      Call Trace:
       <TASK>
       bpf_prog_6deef7357e7b4530_spin+0x2d/0x40
       bpf_trace_run2+0x1/0x2
      """
    #expect(
      KernelLog.findings(in: log.utf8).first?.title
        == "soft-lockup in bpf_prog_6deef7357e7b4530_spin")
  }

  @Test func memoryStaysBoundedInAFloodAndTheLastPanicIsKept() throws {
    var log = KernelLog()
    let warning = "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\n---[ end trace ]---\n"
    log.feed(String(repeating: warning, count: 5000).utf8)
    log.feed(Array(repeating: UInt8(ascii: "x"), count: 3_000_000))
    log.feed("\nKernel panic - not syncing: at last\n".utf8)
    let findings = log.finish()
    #expect(findings.count < 80)
    #expect(findings.first?.line == 1)
    #expect(findings.last?.text == "Kernel panic - not syncing: at last")
    #expect(findings.last?.line == 10_002)
  }

  @Test func junkNeverCrashesTheReader() throws {
    var dice = Dice(state: 1)
    for _ in 0..<60 {
      let junk = (0..<3000).map { _ in UInt8.random(in: 0...255, using: &dice) }
      _ = KernelLog.findings(in: junk)
    }
    for name in try Fixture.names() {
      var bytes = try Fixture.bytes(name)
      for _ in 0..<3 {
        for _ in 0..<40 where !bytes.isEmpty {
          let place = Int.random(in: 0..<bytes.count, using: &dice)
          switch UInt8.random(in: 0...3, using: &dice) {
          case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
          case 1: bytes.remove(at: place)
          case 2: bytes.insert(UInt8(ascii: "\n"), at: place)
          default: bytes.removeLast(min(bytes.count, 1))
          }
        }
        for finding in KernelLog.findings(in: bytes) {
          #expect(finding.text.utf8.count <= 1600)
        }
        _ = VerifierLog.rejection(in: bytes)
      }
    }
  }

  @Test func controlCharactersNeverReachTheText() throws {
    let log = "Kernel panic - not syncing: \u{1b}[2Jgone\u{07}"
    let text = try #require(KernelLog.findings(in: log.utf8).first?.text)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func stacksShownForComparisonAreNotBlamed() {
    let log = """
      BUG: sleeping function called from invalid context at mm/slab.h:494
      Preemption disabled at:
      [<ffffffff81000000>] innocent+0x1/0x2
      irq event stamp: 12
      hardirqs last  enabled at (11): [<ffffffff81000000>] innocent+0x1/0x2
      softirqs last disabled at (12): [<ffffffff81000000>] innocent+0x1/0x2
      Call Trace:
       dump_stack+0x1/0x2
       __might_resched+0x1/0x2
       victim+0x1/0x2
      """
    #expect(KernelLog.findings(in: log.utf8).first?.frame == "victim")
  }

  /// kernel/locking/lockdep.c print_circular_bug.
  @Test func lockdepsTakerIsBlamedAndNotTheHolder() {
    let log = """
      WARNING: possible circular locking dependency detected
      twin/7 is trying to acquire lock:
      ffff888010a4c8a8 (&a){++++}-{3:3}, at: taker+0x1d4/0x910
      but task is already holding lock:
      ffff888010a4c8a8 (&b){++++}-{3:3}, at: holder+0x1d4/0x910
      -> #1 (&b){+.+.}-{3:3}:
             lock_acquire+0x1f/0x3d0
             other+0x1f/0x3d0
      stack backtrace:
       dump_stack+0x1/0x2
       check_noncircular+0x1/0x2
       taker+0x1d4/0x910
      """
    #expect(KernelLog.findings(in: log.utf8).map(\.title) == ["lockdep in taker"])
  }

  @Test func anIdleProcessorIsNotBlamedForAStall() {
    let log = """
      rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
      NMI backtrace for cpu 0 skipped: idling
      RIP: 0010:native_safe_halt+0x1/0x2
      NMI backtrace for cpu 1
      RIP: 0010:victim+0x1/0x2
      """
    #expect(KernelLog.findings(in: log.utf8).first?.title == "rcu-stall in victim")
  }

  @Test func aSecondOopsIsAFindingOfItsOwn() {
    let oops = """
      BUG: kernel NULL pointer dereference, address: 0000000000000010
      Oops: 0000 [#1] SMP
      RIP: 0010:first+0x1/0x2
      Call Trace:
       caller+0x1/0x2
      ---[ end trace 0000000000000000 ]---
      BUG: unable to handle page fault for address: ffffc90000001000
      Oops: 0002 [#2] SMP
      RIP: 0010:second+0x1/0x2
      """
    let findings = KernelLog.findings(in: oops.utf8)
    #expect(findings.map(\.title) == ["null-dereference in first", "page-fault in second"])
    #expect(findings.map(\.line) == [1, 7])
    #expect(findings.last?.access == .write)
  }

  @Test func anOrderlyRestartIsNoFinding() {
    let log = """
      Linux version 6.1.0 (gcc) #1
      reboot: Restarting system
      Linux version 6.1.0 (gcc) #1
      """
    #expect(KernelLog.findings(in: log.utf8).isEmpty)
  }
}
