// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Symbols that no source names: the compiler puts calls to them in, by its options or because the
/// machine lacks an instruction. A kernel exports them only if it was built in the same way.
enum CompilerSymbol: CaseIterable {
  case stackProtector, tracer, branches, sanitizer, coverage, arithmetic, controlFlow

  static func named(in text: Text) -> CompilerSymbol? {
    guard let rest = text.after("nknown symbol ") else { return nil }
    let name = rest.upTo { !$0.isSymbol }
    return allCases.first { symbol in symbol.beginnings.contains { name.hasPrefix($0) } }
  }

  private var beginnings: [StaticString] {
    switch self {
    case .stackProtector: ["__stack_chk_", "__ref_stack_chk_guard"]
    case .tracer: ["__fentry__", "_mcount", "mcount", "__gnu_mcount", "__patchable_function"]
    case .branches:
      [
        "__x86_indirect_", "__x86_return_thunk", "__indirect_thunk", "retpoline", "__switch_to_asm",
      ]
    case .sanitizer:
      [
        "__asan_", "__kasan_", "__hwasan_", "__ubsan_", "__tsan_", "__kcsan_", "__msan_",
        "__kmsan_",
      ]
    case .coverage: ["__sanitizer_cov_", "__gcov_", "llvm_gcov_", "llvm_gcda_"]
    case .arithmetic:
      [
        "__div", "__udiv", "__mod", "__umod", "__mul", "__aeabi_", "__float", "__fix", "__add",
        "__sub", "__ash", "__lsh", "__popcount", "__clz", "__ctz", "__extend", "__trunc", "__cmp",
      ]
    case .controlFlow: ["__cfi_", "__kcfi_", "__scs_"]
    }
  }

  var explanation: String {
    let reason =
      switch self {
      case .stackProtector:
        "It belongs to the stack protector: the module was built with it, and the kernel was not, or with "
          + "another kind (per task, global)."
      case .tracer:
        "It belongs to the function tracer: the module was built with -pg or -mfentry, and the kernel "
          + "without CONFIG_FUNCTION_TRACER, or the other way round."
      case .branches:
        "It belongs to the guards against speculation: the compiler's options for indirect branches and "
          + "returns differ from the kernel's."
      case .sanitizer:
        "It belongs to a sanitizer: the module was built for a kernel with KASAN, UBSAN or their like, "
          + "and this one has none."
      case .coverage: "It belongs to coverage (KCOV, gcov), which this kernel was built without."
      case .arithmetic:
        "It is libgcc's: this machine has no instruction for the operation (64-bit division on a 32-bit "
          + "machine, floating point), and the kernel does not link libgcc."
      case .controlFlow:
        "It belongs to control-flow integrity, which this kernel was built without."
      }
    return "The compiler put in the call to this symbol, no source names it. " + reason
  }

  var suggestion: String {
    switch self {
    case .arithmetic:
      "Use div_u64(), div64_u64() and do_div() for 64-bit division, and no floating point."
    default:
      "Build with the configuration and the headers of exactly this kernel, through its own Kbuild "
        + "(make -C /lib/modules/$(uname -r)/build M=$PWD) and with its compiler; don't add the "
        + "compiler option yourself."
    }
  }
}
