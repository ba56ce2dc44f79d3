// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What single architectures, old kernels and modules from outside the tree print.
extension Headline {
  static let machines: [Headline] = [
    // arch/arm64/kernel/traps.c: arm64_serror_panic, bad_mode, panic_unhandled
    Headline("SError Interrupt on CPU", .panic, .fault),
    Headline("Bad mode in ", .panic, .fault, refine: { $0.contains("detected") ? .panic : nil }),
    Headline(
      "Unhandled ", .panic, .fault,
      refine: { $0.contains("exception on CPU") && $0.contains("ESR 0x") ? .panic : nil }),
    // arch/arm/mm/fault.c: `Internal error: : 1028 [#1]`, a fault without a name.
    Headline(": ", .pageFault, .fault, refine: nameless),
    // arch/arm/vfp/vfpmodule.c
    Headline("BUG: unsupported FP instruction in kernel mode", .invalidOpcode, .fault),
    // arch/mips/kernel/unaligned.c, traps.c
    Headline(
      "Unhandled kernel unaligned access", .generalProtection, .fault,
      refine: numbered(.generalProtection)),
    Headline("Kernel unaligned instruction access", .generalProtection, .fault),
    // arch/sparc/kernel/unaligned_64.c
    Headline("Kernel unaligned access at TPC", .generalProtection),
    // arch/powerpc/kernel/traps.c, mce.c
    Headline(
      "Machine check", .panic, .fault,
      refine: { $0.contains("in kernel mode") || $0.contains("[#") ? .panic : nil }),
    Headline(
      "Severe Machine check interrupt", .panic, .fault,
      refine: { $0.contains("[Not recovered") ? .panic : nil }),
    Headline("Unrecoverable ", .panic, .fault, refine: unrecoverable),
    // arch/parisc/kernel/traps.c parisc_terminate
    Headline("Kernel Fault: Code=", .pageFault, .fault),
    Headline("Bad Address (null pointer deref?): Code=", .nullDereference, .fault),
    // arch/x86/kernel/irq_32.c, irq_64.c
    Headline("do_IRQ: stack overflow: ", .stackOverflow),
    Headline(
      "do_IRQ(): ", .stackOverflow,
      refine: { $0.contains("has overflown the kernel stack") ? .stackOverflow : nil }),
    Headline("Thread overran stack, or stack corrupted", .stackOverflow, .text),
    // arch/x86/kernel/nmi.c of 2.6.18 and before
    Headline("NMI Watchdog detected LOCKUP", .hardLockup),
    // 2.6's WARN_ON, powerpc's until 3.x
    Headline("Badness at ", .warning, .warning, refine: badness),
    Headline("Badness in ", .warning, .warning, refine: badness),
    // mm/slub.c before 3.3 has no taint in its headline.
    Headline(
      "BUG ", .memoryLeak, refine: { $0.contains(": Objects remaining") ? .memoryLeak : nil }),
    // kernel/fork.c check_mm
    Headline("BUG: Bad rss-counter state ", .kernelBug),
    Headline("BUG: non-zero pgtables_bytes on freeing mm", .kernelBug),
    // OpenZFS: module/os/linux/spl/spl-err.c, include/os/linux/spl/sys/debug.h
    Headline("VERIFY", .panic, .fault, refine: assertion),
    Headline("ASSERT", .panic, .fault, refine: assertion),
    Headline(
      "PANIC at ", .panic, .fault,
      refine: { $0.contains(".c:") || $0.contains(".h:") ? .panic : nil }),
    Headline("PANIC: zfs: ", .panic, .fault),
    Headline("PANIC: blkptr at ", .panic, .fault),
    Headline("SPLError: ", .panic, .fault, refine: splError),
    Headline("SPL PANIC", .panic, .fault),
  ]

  private static let nameless: @Sendable (Text) -> Kind? = { text in
    let rest = text.dropFirst(2)
    guard let code = rest.leadingHex() else { return nil }
    return rest.dropFirst(code.length).hasPrefix(" [#") ? .pageFault : nil
  }

  private static let unrecoverable: @Sendable (Text) -> Kind? = { text in
    text.contains("xception") && text.containsAny([" at ", "[#"]) ? .panic : nil
  }

  private static let badness: @Sendable (Text) -> Kind? = { text in
    text.containsAny([".c:", ".h:", ".S:"]) ? .warning : nil
  }

  /// `VERIFY3(a == b) failed (1 == 2)`, `VERIFY(p) failed`, `ASSERT0(x) failed (0 == 5)`.
  private static let assertion: @Sendable (Text) -> Kind? = { text in
    text.prefix(12).contains("(") && text.contains(") failed") ? .panic : nil
  }

  private static let splError: @Sendable (Text) -> Kind? = { text in
    text.containsAny(["VERIFY", "ASSERT", "PANIC"]) ? .panic : nil
  }
}
