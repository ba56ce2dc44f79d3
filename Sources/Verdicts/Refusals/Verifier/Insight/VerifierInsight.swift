// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the log around a verifier's log says about it.
struct VerifierCircumstances: Sendable {
  /// The global function that is being verified on its own; 0 is the program.
  var function = 0
  /// What is loaded is the section of functions that are no programs.
  private(set) var isText = false

  mutating func takeLibrary(_ words: Text) {
    if words.contains("'.text'"),
      words.contains("guess program type") || words.contains("failed to load")
    {
      isText = true
    }
  }
}

/// What a complaint means in this very log: a message has several causes, and the registers' values,
/// the instruction or what stands around the log tell which.
struct VerifierInsight {
  struct Change {
    /// The explanation's name; see ``Rejection/id``.
    var id: String
    var headline: String
    var explanation: String
    var suggestion: String
  }

  let message: String
  let trace: VerifierTrace
  let path: VerifierPath?
  let circumstances: VerifierCircumstances

  static func refine(
    _ rejection: inout Rejection, trace: VerifierTrace, path: VerifierPath?,
    _ circumstances: VerifierCircumstances
  ) {
    let insight = VerifierInsight(
      message: rejection.message, trace: trace, path: path, circumstances: circumstances)
    let change =
      insight.negativeMinimum ?? insight.stackNeverWritten ?? insight.constant ?? insight
      .argumentNeverGiven
      ?? insight.argumentOrNull ?? insight.argumentWithoutSize ?? insight.numberAsMap
      ?? insight.numberAsArgument
      ?? UnknownInstruction.change(
        insight.message)
      ?? insight.unresolvedCall
    if let change {
      rejection.headline = change.headline
      rejection.explanation = change.explanation
      rejection.suggestion = change.suggestion
      rejection.id = "verifier." + change.id
    }
    rejection.origin = rejection.id.flatMap {
      RefusalIdentity.origin(ofVerifiers: $0, rejection.category)
    }
    let sentences = [
      ByteArithmetic.sentence(rejection.message),
      HelperFunctions.sentence(rejection.message, call: rejection.instruction?.text ?? ""),
      insight.guardedHelper, insight.text,
    ]
    rejection.explanation = ([rejection.explanation] + sentences.compactMap { $0 })
      .joined(separator: " ")
    if circumstances.isText {
      rejection.origin = .source
      rejection.suggestion =
        "Put SEC(\"type/target\") before the program and load that; make the "
        + "functions that it calls static __always_inline. " + rejection.suggestion
    }
  }

  /// The register that the message begins with.
  private var register: Int? { VerifierInsight.register(message[...]) }

  private static func register(_ text: Substring) -> Int? {
    guard text.first == "R" else { return nil }
    return Int(text.dropFirst().prefix { $0.isNumber }).flatMap { $0 <= 10 ? $0 : nil }
  }

  /// The same if a loader's words stand before the message.
  private var namedRegister: Int? {
    message.split(separator: " ").lazy.compactMap(VerifierInsight.register).first
  }

  private var state: String? {
    guard let register, let last = trace.last else { return nil }
    return trace.state.register(register, frame: last.frame)
  }

  // MARK: Values

  /// `unbounded memory access` of a register whose smallest value is negative.
  private var negativeMinimum: Change? {
    guard message.contains("unbounded memory access"), let register, let state,
      let least = RegisterBounds.value("smin", in: state), least < 0
    else { return nil }
    let most = RegisterBounds.value("smax", in: state)
    let range = most.map { "between \(least) and \($0)" } ?? "at least \(least)"
    return Change(
      id: "negative-minimum", headline: "an index may be negative",
      explanation:
        "R\(register) is moved by a number \(range). As an unsigned number a negative one "
        + "has no upper bound, and the access may lie below the start of the memory.",
      suggestion:
        "Check that the number is not below 0 just before it is used, or make it unsigned and "
        + "check its largest value.")
  }

  /// A known number is followed as a pointer: NULL, or an address that somebody wrote down.
  private var constant: Change? {
    guard let register, message.contains("invalid mem access '"),
      ["'imm'", "'inv'", "'scalar'"].contains(where: { message.contains($0) })
    else { return nil }
    let value = state.flatMap(RegisterBounds.constant) ?? assigned(register)
    guard value != nil || message.contains("'imm'") else { return nil }
    if let value, value != 0 {
      return Change(
        id: "constant-pointer", headline: "the constant \(value) is followed as a pointer",
        explanation:
          "R\(register) is the constant \(value) on this path, and a number is no address that "
          + "a program may follow.",
        suggestion:
          "Keep the pointer in a variable of its own; read a fixed kernel address through "
          + "bpf_probe_read_kernel().")
    }
    return Change(
      id: "null-constant",
      headline: value == 0
        ? "NULL is followed as a pointer" : "a constant is followed as a pointer",
      explanation: "R\(register) is a constant on this path"
        + (value == 0 ? ": 0, a NULL pointer." : ", in most cases 0: a NULL pointer.")
        + " The pointer was set to NULL, or the branch that is taken here is the one where it is NULL.",
      suggestion: "Return, or give the pointer a value, on the path where it is NULL, before it is "
        + "followed.")
  }

  /// The constant that the last assignment gave a register.
  private func assigned(_ register: Int) -> Int? {
    guard let step = path?.steps.last(where: { !$0.why.contains("taken") }),
      step.why == "sets R\(register)"
    else { return nil }
    let parts = step.text.dropFirst(5).split(separator: " ")
    guard parts.count == 3, parts[0] == "r\(register)" || parts[0] == "w\(register)",
      parts[1] == "="
    else { return nil }
    return Int(parts[2])
      ?? (parts[2].hasPrefix("0x") ? Int(parts[2].dropFirst(2), radix: 16) : nil)
  }

  // MARK: Arguments

  /// `R2 !read_ok` at the start of a program: its C function declares more arguments than it gets.
  private var argumentNeverGiven: Change? {
    guard let register, (2...5).contains(register), message.hasSuffix("!read_ok"),
      circumstances.function == 0, let last = trace.last, last.frame == 0, path?.wasUnset == true
    else { return nil }
    return Change(
      id: "argument-never-given", headline: "an argument that the program is never given",
      explanation:
        "A program gets one argument, its context, in R1. R\(register) would be argument "
        + "\(register) of the C function, and nothing has set it.",
      suggestion:
        "Declare the context alone and take the values out of it, or let the macro do it: "
        + "BPF_PROG() for fentry, raw tracepoints and LSM, BPF_KPROBE() and BPF_KRETPROBE() for kprobes "
        + "(bpf_tracing.h), PT_REGS_PARM2(ctx), or the struct of the tracepoint.")
  }

  /// Global functions are verified for whatever their prototype allows.
  private var argumentOrNull: Change? {
    guard circumstances.function > 0, message.contains("mem_or_null"), let register else {
      return nil
    }
    return Change(
      id: "global-argument-or-null", headline: "an argument of a global function may be NULL",
      explanation: "The function is global, so it is verified on its own, for all values of its "
        + "arguments: a pointer may be NULL, whatever its callers pass. R\(register) is one.",
      suggestion:
        "Check the argument for NULL in the function, tag it __arg_nonnull (6.8), or make the "
        + "function static, so that it is verified with its callers' values.")
  }

  /// Printed of the program itself, too, which does no harm there.
  private var argumentWithoutSize: Change? {
    guard message.contains("reference type('UNKNOWN ')"), circumstances.function > 0 else {
      return nil
    }
    return Change(
      id: "global-argument-without-size",
      headline: "a global function's argument points to a type without a size",
      explanation:
        "The function is global, so it is verified on its own, and the verifier has to know how "
        + "much memory its pointers point to: void and structs that are only declared have no size.",
      suggestion: "Make the function static, or pass a pointer to a complete type.")
  }

  /// `R1 type=scalar expected=map_ptr`: the loader fills in the map's address.
  private var numberAsMap: Change? {
    guard let register = namedRegister, message.contains("expected=map_ptr"),
      ["type=scalar ", "type=inv ", "type=imm "].contains(where: { message.contains($0) })
    else { return nil }
    return Change(
      id: "number-as-map", headline: "a number is passed where a map is due",
      explanation:
        "R\(register) should be a map, and is a number for the verifier: the loader did not put the "
        + "map's file descriptor into the instruction (it was not relocated), or the program computes the "
        + "map's address.",
      suggestion:
        "Load through a current libbpf (iproute2 built with it; older tc does not know maps declared in "
        + "SEC(\".maps\")), and pass the map itself, &map, to the helper.")
  }

  /// `R2 type=scalar expected=fp`: a number where the helper wants an address.
  private var numberAsArgument: Change? {
    guard let register,
      ["type=scalar ", "type=inv ", "type=imm "].contains(where: { message.contains($0) }),
      message.contains("expected=fp")
    else { return nil }
    let value = state.flatMap(RegisterBounds.constant) ?? assigned(register)
    let what = value.map { $0 == 0 ? "0, which is NULL" : "the number \($0)" } ?? "a number"
    return Change(
      id: "number-as-argument", headline: "a number is passed where a pointer is due",
      explanation:
        "R\(register), argument \(register) of the call, is \(what) for the verifier, and the "
        + "function takes a pointer of the kind that the message names (fp: to the stack).",
      suggestion:
        "Pass the address of a variable (&key), not its value; a pointer that was loaded from "
        + "memory of an unknown type, or that arithmetic has turned into a number, is none for the verifier: "
        + "keep the original pointer or copy what it points to.")
  }

  // MARK: Calls

  /// A call that no loader has filled in.
  private var unresolvedCall: Change? {
    let marks = ["unknown#-1", "unknown#4294967295", "call to invalid destination"]
    let callsItself = trace.last != nil && trace.text(of: trace.end - 1).hasSuffix("call pc-1")
    guard callsItself || marks.contains(where: { message.contains($0) }) else { return nil }
    return Change(
      id: "unresolved-call", headline: "a call to a function that is not in the object",
      explanation:
        "The call has no target (-1): the compiler called a function that the object does not "
        + "have, such as memset(), memcpy() or a library's, or the loader did not resolve it.",
      suggestion: "Define the function in the same object as static __always_inline, use "
        + "__builtin_memset() and __builtin_memcpy() with constant sizes, and load through libbpf.")
  }

  /// Helpers that exist in this program type, but not for everyone (kernel/bpf/helpers.c
  /// bpf_base_func_proto, kernel/trace/bpf_trace.c bpf_tracing_func_proto).
  private var guardedHelper: String? {
    guard message.contains("unknown func") || message.contains("cannot use helper") else {
      return nil
    }
    if ["probe_read", "probe_write_user", "copy_from_user"].contains(where: { message.contains($0) }
    ) {
      return
        "This helper is also withheld if the kernel is locked down (confidentiality for reading, "
        + "integrity for writing: /sys/kernel/security/lockdown), and without CAP_PERFMON."
    }
    let guarded = [
      "trace_printk", "get_current_task", "snprintf_btf", "trace_vprintk", "jiffies64",
    ]
    return guarded.contains(where: { message.contains($0) })
      ? "This helper is also withheld without CAP_PERFMON (before 5.8 CAP_SYS_ADMIN)." : nil
  }

  private var text: String? {
    circumstances.isText
      ? "What was loaded is the section .text, where functions without SEC() are: it is no program."
      : nil
  }
}
