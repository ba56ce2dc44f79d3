// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the CPU rejects: faults, traps, and the BUG() that is one of them.
extension Headline {
  /// x86: arch/x86/mm/fault.c show_fault_oops, arch/x86/kernel/traps.c; arm64: arch/arm64/mm/fault.c
  /// die_kernel_fault; others: their mm/fault.c.
  static let faults: [Headline] = [
    Headline("BUG: kernel NULL pointer dereference", .nullDereference, .fault),
    Headline("BUG: Kernel NULL pointer dereference", .nullDereference, .fault),
    Headline("Kernel NULL pointer dereference", .nullDereference, .fault),
    Headline("BUG: unable to handle kernel NULL pointer dereference", .nullDereference, .fault),
    Headline("BUG: unable to handle", .pageFault, .fault),
    Headline("BUG: Unable to handle", .pageFault, .fault),
    Headline("Unable to handle kernel NULL pointer dereference", .nullDereference, .fault),
    Headline("Unable to handle kernel", .pageFault, .fault),
    Headline("Unhandled fault: ", .pageFault, .fault, refine: unhandledFault),
    // `traps: program[7] general protection fault ip:… sp:…` is a program's.
    Headline(
      "general protection fault", .generalProtection, .fault,
      refine: { text in
        guard text.count > 24 else { return nil }
        // 5.4 and 5.5 have no comma.
        let isKernels =
          text[24] == UInt8(ascii: ":") || text[24] == UInt8(ascii: ",")
          || text.hasPrefix(" for non-canonical", at: 24) || text.hasPrefix(" maybe for ", at: 24)
          || text.hasPrefix(" probably for ", at: 24)
        return isKernels ? .generalProtection : nil
      }),
    Headline("stack segment: ", .generalProtection, .fault),
    Headline("segment not present: ", .generalProtection, .fault),
    Headline("invalid TSS: ", .generalProtection, .fault),
    Headline("alignment check: ", .generalProtection, .fault),
    Headline("divide error: ", .divideError, .fault),
    // 5.8 and 5.9 print the handler's name.
    Headline("divide_error: ", .divideError, .fault, refine: numbered(.divideError)),
    Headline("Division by zero in kernel", .divideError),
    Headline("invalid opcode: ", .invalidOpcode, .fault),
    Headline("int3: ", .invalidOpcode, .fault, refine: numbered(.invalidOpcode)),
    Headline("Oops - undefined instruction", .invalidOpcode, .fault),
    Headline("Oops - Undefined instruction", .invalidOpcode, .fault),
    Headline("Oops - CFI", .invalidOpcode, .fault),
    // arch/riscv/kernel/traps.c, arch/arm64/kernel/traps.c
    Headline("Oops - illegal instruction", .invalidOpcode, .fault),
    Headline("Oops - BTI", .invalidOpcode, .fault),
    Headline("Oops - FPAC", .invalidOpcode, .fault),
    Headline("undefined instruction: ", .invalidOpcode, .fault, refine: numbered(.invalidOpcode)),
    Headline("synchronous external abort: ", .pageFault, .fault, refine: numbered(.pageFault)),
    Headline("Accessing user space memory outside", .pageFault, .fault),
    Headline("SP/PC alignment exception: ", .generalProtection, .fault),
    Headline("BRK handler: ", .kernelBug, .death, refine: numbered(.kernelBug)),
    Headline("aarch64 BRK: ", .kernelBug, .death, refine: numbered(.kernelBug)),
    // arch/mips/kernel/traps.c
    Headline(
      "Reserved instruction in kernel code", .invalidOpcode, .fault,
      refine: numbered(.invalidOpcode)),
    Headline("Break instruction in kernel code", .kernelBug, .fault, refine: numbered(.kernelBug)),
    Headline("Trap instruction in kernel code", .kernelBug, .fault, refine: numbered(.kernelBug)),
    // arch/s390/kernel/traps.c, mm/fault.c
    Headline(
      "fixpoint divide exception: ", .divideError, .fault, refine: numbered(.divideError)),
    Headline("addressing exception: ", .pageFault, .fault, refine: numbered(.pageFault)),
    Headline("Low-address protection: ", .pageFault, .fault, refine: numbered(.pageFault)),
    Headline(
      "specification exception: ", .generalProtection, .fault,
      refine: numbered(.generalProtection)),
    Headline("illegal operation: ", .invalidOpcode, .fault, refine: numbered(.invalidOpcode)),
    Headline("CFI failure", .invalidOpcode, .text),
    Headline("Missing ENDBR: ", .invalidOpcode, .text),
    Headline("control protection fault: ", .invalidOpcode, .fault),
    Headline("BUG: stack guard page was hit", .stackOverflow, .fault),
    Headline("BUG: TASK stack guard page was hit", .stackOverflow, .fault),
    Headline("BUG: IRQ stack guard page was hit", .stackOverflow, .fault),
    Headline(
      "BUG: ", .stackOverflow, .fault,
      refine: { $0.prefix(60).contains(" stack guard page was hit") ? .stackOverflow : nil }),
    Headline("stack guard page: ", .stackOverflow, .fault),
    Headline("kernel stack overflow", .stackOverflow, .fault),
    Headline("Kernel stack overflow", .stackOverflow, .fault),
    Headline("Insufficient stack space to handle exception", .stackOverflow, .fault),
    Headline("PANIC: double fault", .doubleFault, .fault),
    Headline("double fault: ", .doubleFault, .fault),
    Headline("PANIC: early exception", .panic, .fault, refine: earlyException),
    Headline("Oops", .pageFault, .death, refine: plainOops),
    Headline("Exception in kernel mode, sig: ", .kernelBug, .death),
    Headline("Kernel access of bad area", .pageFault, .death),
  ]

  /// arch/arm/mm/fault.c, arch/arm64/mm/fault.c: the same words for a program's fault, which has a
  /// program's address, and on arm64 the exception class of a lower level.
  private static let unhandledFault: @Sendable (Text) -> Kind? = { text in
    if let code = text.after(" (0x")?.leadingHex(), code.length == 8 {
      let exceptionClass = code.value >> 26
      if exceptionClass == 0x20 || exceptionClass == 0x24 { return nil }
    }
    guard let address = text.after(" at 0x")?.leadingHex() else { return .pageFault }
    let firstOfKernel: UInt64 = address.length > 8 ? 1 << 63 : 0xbf00_0000
    return address.value < firstOfKernel ? nil : .pageFault
  }

  static func numbered(_ kind: Kind) -> @Sendable (Text) -> Kind? {
    { $0.contains("[#") ? kind : nil }
  }

  /// `PANIC: early exception 0x0e IP …` (arch/x86/kernel/early_printk or head_64.S).
  private static let earlyException: @Sendable (Text) -> Kind? = { text in
    guard let vector = text.after("exception ")?.leadingHex()?.value else { return .panic }
    switch vector {
    case 0x00: return .divideError
    case 0x06: return .invalidOpcode
    case 0x08: return .doubleFault
    case 0x0d: return .generalProtection
    case 0x0e: return .pageFault
    default: return .panic
    }
  }

  /// `Oops: 0002 [#1]` (x86), `Oops: 96000004 [#1]` (arm64), `Oops [#1]` (riscv), `Oops - BUG: 0
  /// [#1]` (arm): a death whose cause is in the lines before.
  private static let plainOops: @Sendable (Text) -> Kind? = { text in
    if text.hasPrefix("Oops - BUG") { return .kernelBug }
    if text.hasPrefix("Oops - bad mode") { return .panic }
    guard text.hasPrefix("Oops: ") else { return text.contains("[#") ? .pageFault : nil }
    let rest = text.dropFirst(6)
    // Newer kernels name the trap here, and it has its own headline.
    guard let code = rest.leadingHex(), rest.dropFirst(code.length).hasPrefix(" ") else {
      return nil
    }
    return text.contains("[#") ? .pageFault : nil
  }

  /// BUG() (arch/x86/kernel/traps.c, lib/bug.c report_bug).
  static let bugs: [Headline] = [
    Headline("kernel BUG at ", .kernelBug, .bug, refine: bugPlace),
    Headline("Kernel BUG at ", .kernelBug, .bug, refine: bugPlace),
    Headline("Kernel BUG [#", .kernelBug, .death),
    Headline("Kernel bug detected", .kernelBug, .bug),
  ]

  private static let bugPlace: @Sendable (Text) -> Kind? = { text in
    if text.contains("lib/list_debug.c") { return .listCorruption }
    if text.containsAny(["mm/slub.c", "mm/slab.c", "mm/slab.h", "mm/slab_common.c", "mm/slob.c"]) {
      return .slabCorruption
    }
    if text.contains("mm/usercopy.c") { return .usercopy }
    if text.contains("lib/refcount.c") { return .refcount }
    if text.containsAny(["fortify-string.h", "lib/string_helpers.c", "lib/string.c"]) {
      return .outOfBounds
    }
    return .kernelBug
  }
}
