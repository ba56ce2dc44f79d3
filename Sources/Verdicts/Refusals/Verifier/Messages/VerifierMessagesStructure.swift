// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The program's shape, its licence, the verifier's own limits and faults.
extension VerifierMessages {
  static let programStructure: [VerifierMessage] = [
    VerifierMessage(
      "bpf_throw kfunc", "cannot call exception cb", "exception cb", "exception callback",
      headline: "an exception, or its callback, where it cannot be",
      explanation: "A program has one exception callback with one number as its argument, "
        + "which only bpf_throw() calls; and callbacks themselves may not throw.",
      suggestion: "Throw from the program or its static functions, with at most one callback "
        + "tagged."),
    VerifierMessage(
      "back-edge from insn",
      headline: "a loop, which this kernel does not take",
      explanation:
        "The verifier found a jump back to an earlier instruction. Kernels before 5.3 refuse every loop, "
        + "and later ones do so without CAP_BPF.",
      suggestion:
        "Unroll the loop (#pragma unroll, with a constant bound), or use a kernel from 5.3 and "
        + "load with CAP_BPF."),
    VerifierMessage(
      "infinite loop detected",
      headline: "a loop that may never end",
      explanation:
        "The verifier came back to the same place in the same state: nothing in the loop "
        + "brings its end nearer.",
      suggestion: "Bound the loop with a counter that changes each time round, or use bpf_loop()."),
    VerifierMessage(
      "unreachable insn",
      headline: "code that nothing reaches",
      explanation: "Every instruction must be reachable from the start.",
      suggestion: "Remove the dead code."),
    // Indirect jumps, from 6.19.
    VerifierMessage(
      "no jump tables found for subprog", "jump table for insn*points outside",
      headline: "an indirect jump without a table that fits",
      explanation: "An indirect jump needs a jump table whose targets all lie in its function.",
      suggestion: "Recompile with a clang that writes jump tables, or with -fno-jump-tables."),
    VerifierMessage(
      "jump out of range", "invalid insn idx", "call to invalid destination",
      "jump into the middle of ldimm64",
      headline: "a jump or call to where no instruction begins",
      explanation: "The target lies outside the function or inside a two-part instruction.",
      suggestion: "Recompile; hand-written code has a wrong offset."),
    VerifierMessage(
      "last insn is not an exit or jmp",
      headline: "the program runs off its end",
      explanation: "The last instruction must leave or jump.",
      suggestion: "Return on every path; look for undefined behaviour that the compiler cut off."),
    VerifierMessage(
      "recursive call", "recursion",
      headline: "recursion",
      explanation: "Functions of a program may not call themselves, directly or through others.",
      suggestion: "Use a loop."),
    VerifierMessage(
      "At program exit the register R0", "In async callback the register R0",
      "At callback return the register R0", "the register R0 has",
      "register R0 is not a known value",
      "R* has smin=*should have been in", "should have been in",
      headline: "a return value outside what is allowed",
      explanation:
        "The program's type allows only certain results, and this path may return another.",
      suggestion: "Return one of the allowed constants on every path."),
    VerifierMessage(
      "reserved fields", "invalid BPF_", "unknown opcode", "unknown insn class", "invalid opcode",
      "invalid bpf_ld_imm64", "unrecognized bpf_ld_imm64", "invalid atomic operand size",
      "invalid atomic opcode", "invalid shift", "BPF_CALL uses", "uses reserved",
      headline: "an instruction that does not exist",
      explanation: "The instruction's code or its unused fields are not valid on this kernel.",
      suggestion: "Compile for the instruction set that this kernel knows (-mcpu)."),
    VerifierMessage(
      "div by zero",
      headline: "division by the constant zero",
      explanation:
        "The divisor is a literal 0. (A divisor that only turns out to be 0 at run time is "
        + "allowed, and the result is 0.)",
      suggestion: "Divide by something else."),
    VerifierMessage(
      "BPF_LD_[ABS|IND]", "LD_ABS is", "R6 != pointer to skb",
      headline: "a legacy packet load where it is not allowed",
      explanation: "BPF_LD_ABS and BPF_LD_IND only work in some program types, with the context in "
        + "R6, and outside locks and references.",
      suggestion: "Use direct packet access or bpf_skb_load_bytes()."),
    VerifierMessage(
      "tail_call is", "tail_calls are not allowed",
      headline: "a tail call where it is not allowed",
      explanation: "Tail calls and calls between functions only go together under conditions.",
      suggestion: "Tail-call from the main function, or enable the JIT."),
    VerifierMessage(
      "callback", "func_info", "func info", "line_info", "core_relo", "insn_off", "BTF is required",
      "number of funcs in func_info",
      headline: "function or line information that does not fit the program",
      explanation: "The type information that comes with the program contradicts its instructions.",
      suggestion: "Rebuild with a matching clang and libbpf."),
    VerifierMessage(
      "bpf_struct_ops map cannot be used", "fd*is not pointing to valid bpf_map", "fd_array",
      "direct value offset of", "only one cgroup storage", "offload device mismatch",
      "invalid module BTF", "BTF fd for kfunc", "negative offset disallowed",
      headline: "a map or type descriptor that cannot be used",
      explanation:
        "The program refers to a map or BTF object that the kernel does not accept here.",
      suggestion: "Load through libbpf, with the maps created first."),
    VerifierMessage(
      "exception exit", "bpf_throw", "may_goto", "BPF_JCOND", "cannot be global", "too many args",
      headline: "a construct used where it is not allowed",
      explanation: "Exceptions and special jumps are bound to conditions that this program breaks.",
      suggestion: "Look at the kernel's documentation of the construct.", id: "exception"),
  ]

  /// What this kernel, or the place to attach to, does not offer. Tried after everything else,
  /// because the phrases are short.
  static let environment: [VerifierMessage] = [
    VerifierMessage(
      "attach_btf_id", "Cannot nest tracing", "byte return value is not supported",
      "changes packet data, while original", "bound device mismatch", "struct_ops module",
      "Subprog*doesn't exist", "Cannot replace", "Cannot extend",
      "Cannot recursively",
      "Only FENTRY/FEXIT", "Tracing programs must provide btf_id", "is not modifiable",
      "can't modify return codes", "attach to invalid member", "attach to unsupported member",
      "attach to", "Attaching*to __noreturn function", "Extension programs", "JITed progs",
      "program extension", "Program extension",
      "BPF_LSM_CGROUP", "void LSM hooks", "points to disabled hook", "annotated with BTF",
      "not allowed for fmod_ret", "Syscall programs",
      headline: "the program cannot be attached to this target",
      explanation:
        "The function, hook or program that it names does not allow a program of this type.",
      suggestion: "Name another target, or use another program type."),
    VerifierMessage(
      "The function*has*arguments. Too many", "The function*is unsupported",
      "The function*with variable args", "has malformed void argument", "doesn't have*argument",
      "address of function*cannot be found", "Type '*' is not a struct", "is not multiple of 8",
      "has type*Only pointer access", "is not a struct", "is not a function", "isn't KIND_VAR",
      "args while", "arg*in*is*while", "arg*in*has size", "is not a pointer to context",
      "struct doesn't have a name", "invalid btf_id for context argument",
      "Function*has*args", "doesn't match", "unrecognized type",
      headline: "a prototype that does not fit the target",
      explanation: "The kernel function's or the other program's types cannot be handled here.",
      suggestion: "Compare the function's arguments with the target's prototype in vmlinux.h."),
    VerifierMessage(
      "ldimm64", "kernel is missing BTF", "failed to find BTF",
      "cannot find address for kernel function",
      "without CONFIG_DEBUG_INFO_BTF", "is not a function", "does not have a valid func_proto",
      "in-kernel BTF is malformed", "btf_vmlinux is malformed", "bad type id",
      "candidate search failed",
      "JIT is required", "JIT does not support", "JIT doesn't support", "in non-JITed programs",
      headline: "something that this kernel does not offer",
      explanation: "The program needs a symbol, type information or a JIT feature that this kernel "
        + "lacks.",
      suggestion: "Use a kernel with BTF and the JIT enabled, and symbols that it has."),
  ]

  /// Privilege, licence, and what is offered to which type of program.
  static let policy: [VerifierMessage] = [
    VerifierMessage(
      "run-time allocated hash map", "only use preallocated hash map",
      "Switch to preallocated hash maps",
      headline: "a hash map without preallocation in a tracing program",
      explanation:
        "The map has BPF_F_NO_PREALLOC, so it allocates memory when an entry is added, and a "
        + "tracing program may run where that deadlocks: kernels before 6.1 refuse or warn.",
      suggestion: "Create the map without BPF_F_NO_PREALLOC (map_flags), or use a kernel from 6.1."),
    VerifierMessage(
      "tail call map", "prog_array map", "is not compatible with prog array",
      headline: "a tail call's map belongs to programs of another type",
      explanation: "A map of programs belongs to the type of the first program that used it.",
      suggestion: "Use one map for each program type."),
    VerifierMessage(
      "program of this type cannot use helper", "unknown func",
      "func*not supported for program type",
      "func*supported only for fentry",
      headline: "a helper that this program type may not call",
      explanation: "Which helpers may be called depends on the program's type, and this one is not "
        + "among them.",
      suggestion: "Use another helper, or another program type."),
    VerifierMessage(
      "calling kernel function*is not allowed", "is not allowed to call kernel function",
      headline: "a kernel function that is not offered to this program",
      explanation:
        "Only functions that the kernel registers for the program's type (kfuncs) may be "
        + "called.",
      suggestion: "Call a helper or a registered kfunc instead."),
    VerifierMessage(
      "cannot call GPL-restricted function", "must have a GPL compatible license",
      "from non-GPL compatible program", "GPL compatible", "cannot call GPL only function",
      headline: "the program's licence is not compatible with the GPL",
      explanation: "The helper, kernel function or program type is reserved for GPL-compatible "
        + "programs.",
      suggestion: "Declare a GPL-compatible licence in the `license` section, if that is true."),
    VerifierMessage(
      "CAP_SYS_BOOT", "CAP_BPF", "CAP_PERFMON", "CAP_SYS_ADMIN", "loading/calling other bpf",
      headline: "not enough privilege",
      explanation: "Without the capability that the message names this operation is not allowed.",
      suggestion: "Load with the capability, or leave the operation out."),
    VerifierMessage(
      "progs cannot use", "bpf_timer cannot be used for PREEMPT_RT",
      headline: "a lock, timer or list in a program type that may not use it",
      explanation: "Programs of this type can interrupt one another, or run where the field's "
        + "code cannot; the kernel refuses the whole map.",
      suggestion: "Use atomic operations, another map, or another program type."),
    VerifierMessage(
      "helper call is not allowed in probe", "helper call is not allowed",
      headline: "a helper that is not allowed here",
      explanation: "The helper is offered only under conditions that this program's type or "
        + "attach point breaks.",
      suggestion: "Use another helper, or another attach point."),
    VerifierMessage(
      "is only allowed in bpf_lsm",
      headline: "a kernel function that only some programs may call",
      explanation: "The function is offered to some program types only, and this is none of "
        + "them.",
      suggestion: "Use a program type that the message names."),
    VerifierMessage(
      "the prog does not allow writes to packet data",
      headline: "write access to packet data in a program that may only read it",
      explanation: "Programs of this type get the packet read-only.",
      suggestion: "Use the read-only variant (bpf_dynptr_slice()), or a program type that may "
        + "write."),
    VerifierMessage(
      "metadata kfuncs",
      headline: "a metadata function outside of a program bound to a device",
      explanation: "The function reads what one network device's driver provides.",
      suggestion: "Load the program for that device (BPF_F_XDP_DEV_BOUND_ONLY)."),
  ]

  static let verifierLimit: [VerifierMessage] = [
    VerifierMessage(
      "BPF program is too large", "Program  too large", " insns), at most ", "program is too large",
      "is too large. Processed ",
      headline: "the program is too long to verify",
      explanation: "The verifier gave up after a million instructions, counted over all paths.",
      suggestion: "Bound loops more tightly, use bpf_loop(), or split the program."),
    VerifierMessage(
      "jumps is too complex",
      headline: "too many branches to verify",
      explanation: "More than 8192 branches wait to be walked.",
      suggestion: "Simplify the branches, or use bpf_loop()."),
    VerifierMessage(
      "combined stack size", "Too large", "stack depth*exceeds", "exceeded stack",
      headline: "too much stack",
      explanation:
        "The frames of all functions on a call chain may take 512 bytes together (256 with "
        + "tail calls).",
      suggestion: "Move large variables into a map."),
    VerifierMessage(
      "frames is too deep", "call stack of",
      headline: "calls nested too deeply",
      explanation: "At most 8 functions may be on the call chain.",
      suggestion: "Inline some of them."),
    VerifierMessage(
      "16-bit range", "cannot be patched",
      headline: "a jump would become too long",
      explanation:
        "The verifier replaces some instructions by several, and a jump over them would then reach "
        + "farther than its 16-bit offset can say.",
      suggestion:
        "Make the function that the jump is in smaller: split it into functions that are not "
        + "inlined (__noinline), or unroll and inline less."),
    VerifierMessage(
      "too many subprograms", "number of maps per program", "stack size*is too large",
      "max resolving depth", "too many different", "max struct nesting depth", "is out of range",
      "too many",
      headline: "a limit of the verifier's",
      explanation: "The program has more of something than the kernel's tables can hold.",
      suggestion: "Split the program."),
  ]

  static let verifierInternalError: [VerifierMessage] = [
    VerifierMessage(
      "verifier bug", "BUG subprog", "BUG stack", "mark_reg_not_init(regs",
      "mark_reg_unknown(regs", "mark_reg_known_zero(regs", "Verifier bug", "verifier BUG",
      "verifier internal error", "BUG spi",
      "BUG regs",
      "BUG backtrac", "internal bug", "misconfigured", "Please fix kernel",
      "REG INVARIANTS VIOLATION",
      "adding tail call poke descriptor failed", "tracking tail call prog failed",
      "not eliminated in verifier pass",
      headline: "the verifier itself is at fault",
      explanation: "The verifier met a state that its authors thought impossible.",
      suggestion: "Report it to the kernel's bpf list, with the program.")
  ]
}
