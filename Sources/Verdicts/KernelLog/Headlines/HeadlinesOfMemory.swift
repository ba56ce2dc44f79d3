// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the kernel's own checks report about memory, lists and counters.
extension Headline {
  /// Texts that come just before a BUG() or a WARN() (in old kernels after it).
  static let texts: [Headline] = [
    // lib/list_debug.c
    Headline("list_add corruption", .listCorruption, .text),
    Headline("list_add double add", .listCorruption, .text),
    Headline("list_del corruption", .listCorruption, .text),
    Headline("list_add attempted on", .listCorruption, .text),
    // lib/refcount.c refcount_warn_saturate
    Headline("refcount_t: ", .refcount, .text),
    // arch/x86/mm/extable.c ex_handler_refcount, 4.14 to 5.4
    Headline("refcount_t overflow at ", .refcount, .text),
    Headline("percpu ref ", .refcount, .text),
    // mm/usercopy.c usercopy_abort, report_usercopy
    Headline("Kernel memory exposure attempt detected", .usercopy, .text),
    Headline("Kernel memory overwrite attempt detected", .usercopy, .text),
    Headline("kernel memory exposure attempt detected", .usercopy, .text),
    Headline("kernel memory overwrite attempt detected", .usercopy, .text),
    Headline("Bad or missing usercopy whitelist?", .usercopy, .text),
    // mm/maccess.c __copy_overflow: the object's size is known when compiling.
    Headline("Buffer overflow detected (", .usercopy, .text),
    // lib/string_helpers.c fortify_panic, include/linux/fortify-string.h
    Headline("detected buffer overflow in ", .outOfBounds, .text),
    Headline("str", .outOfBounds, .text, refine: fortify),
    Headline("mem", .outOfBounds, .text, refine: fortify),
    // lib/debugobjects.c debug_print_object
    Headline("ODEBUG: ", .warning, .text, refine: objectDebugging),
    Headline("initcall ", .warning, .text, refine: unbalancedInit),
  ]

  /// `memcpy: detected field-spanning write (size 24) of …`, `strlen: detected buffer overflow`.
  private static let fortify: @Sendable (Text) -> Kind? = { text in
    let head = text.prefix(64)
    return head.contains(": detected buffer overflow") || head.contains(": detected field-spanning")
      ? .outOfBounds : nil
  }

  private static let objectDebugging: @Sendable (Text) -> Kind? = { text in
    text.contains("object type:") ? .warning : nil
  }

  /// init/main.c do_one_initcall: `initcall twin_init+0x0/0x1000 [twin] returned with preemption
  /// imbalance`: a lock of the module's is still held, or interrupts are off.
  private static let unbalancedInit: @Sendable (Text) -> Kind? = { text in
    text.containsAny([" returned with preemption imbalance", " returned with disabled interrupts"])
      ? .warning : nil
  }

  /// Slab, pages, leaks, exhaustion.
  static let memory: [Headline] = [
    Headline("BUG: Bad page ", .badPage),
    Headline(
      "Bad page state", .badPage,
      refine: { $0.contains(" in process ") || $0.contains(" at ") ? .badPage : nil }),
    Headline("BUG: memory leak", .memoryLeak),
    Headline("unreferenced object 0x", .memoryLeak),
    Headline(
      "kmemleak: ", .memoryLeak,
      refine: { $0.contains("new suspected memory leaks") ? .memoryLeak : nil }),
    // mm/slub.c slab_bug: `BUG kmalloc-64 (Not tainted): Right Redzone overwritten`
    Headline("BUG ", .slabCorruption, refine: slabBug),
    // mm/slab.c
    Headline("slab error in ", .slabCorruption),
    Headline("Slab corruption", .slabCorruption),
    Headline("slab: Internal list corruption detected", .slabCorruption),
    Headline("cache_from_obj: ", .slabCorruption, .text),
    // mm/oom_kill.c
    Headline(
      "Out of memory", .outOfMemory,
      refine: { $0.prefix(80).contains("ill") ? .outOfMemory : nil }),
    Headline("Memory cgroup out of memory: ", .outOfMemory),
  ]

  private static let slabBug: @Sendable (Text) -> Kind? = { text in
    // The cache's name, the taint in parentheses, what is wrong.
    let place: Int
    if let taint = text.find("): "), text.find(" (").map({ $0 < taint }) == true {
      place = taint + 3
    } else if let colon = text.find(": "), text.contains("overwritten") {
      // Before 3.3 without the taint.
      place = colon + 2
    } else {
      return nil
    }
    let what = text.dropFirst(place)
    if what.hasPrefix("Object already free") { return .doubleFree }
    if what.hasPrefix("Objects remaining") { return .memoryLeak }
    return .slabCorruption
  }

  /// KASAN, KFENCE, KMSAN, KCSAN, UBSAN: their reports have terms of their own.
  static let sanitizers: [Headline] = [
    Headline("BUG: KASAN: ", .memoryCorruption, refine: addressSanitizer),
    Headline("BUG: KASan: ", .memoryCorruption, refine: addressSanitizer),
    Headline("BUG: KFENCE: ", .memoryCorruption, refine: fence),
    Headline("BUG: KMSAN: ", .uninitialisedValue, refine: memorySanitizer),
    Headline("BUG: KCSAN: ", .dataRace),
    Headline("UBSAN: ", .undefinedBehaviour, refine: undefinedBehaviourSanitizer),
  ]

  /// mm/kasan/report.c, report_generic.c get_shadow_bug_type and get_wild_bug_type.
  private static let addressSanitizer: @Sendable (Text) -> Kind? = { text in
    let words = text.dropFirst(12).prefix(48)
    if words.contains("null-ptr-deref") { return .nullDereference }
    if words.containsAny(["double-free", "double free"]) { return .doubleFree }
    if words.containsAny(["invalid-free", "invalid free"]) { return .invalidFree }
    if words.containsAny(["out-of-bounds", "out of bounds"]) { return .outOfBounds }
    if words.containsAny(["use-after", "use after"]) { return .useAfterFree }
    if words.containsAny([
      "wild-memory-access", "wild memory access", "user-memory-access", "user memory access",
      "invalid-access", "unknown-crash", "unknown crash",
    ]) {
      return .wildAccess
    }
    return .memoryCorruption
  }

  /// mm/kfence/report.c kfence_report_error.
  private static let fence: @Sendable (Text) -> Kind? = { text in
    let words = text.dropFirst(13)
    if words.hasPrefix("out-of-bounds") { return .outOfBounds }
    if words.hasPrefix("use-after-free") { return .useAfterFree }
    if words.hasPrefix("invalid free") { return .invalidFree }
    if words.hasPrefix("invalid ") { return .wildAccess }
    return .memoryCorruption
  }

  private static let memorySanitizer: @Sendable (Text) -> Kind? = { text in
    let words = text.dropFirst(12).prefix(40)
    if words.contains("infoleak") { return .informationLeak }
    if words.contains("use-after-free") { return .useAfterFree }
    return .uninitialisedValue
  }

  private static let undefinedBehaviourSanitizer: @Sendable (Text) -> Kind? = { text in
    // With a trap instead of a call (CONFIG_UBSAN_TRAP) the text is that of lib/ubsan.c
    // report_ubsan_failure: `UBSAN: array index out of bounds: 00000000f2005512 [#1]`.
    if text.hasPrefix("UBSAN: array-index-out-of-bounds")
      || text.hasPrefix("UBSAN: array index out of bounds")
    {
      return .outOfBounds
    }
    // The kernel prints `UBSAN: <what> in <file>:<line>`; its self-test's chatter has no place.
    let hasPlace = text.containsAny([" in ", "Undefined behaviour", "[#", " at "])
    return hasPlace ? .undefinedBehaviour : nil
  }
}
