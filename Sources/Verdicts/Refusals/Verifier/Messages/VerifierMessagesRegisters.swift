// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Registers that don't hold what the instruction needs.
extension VerifierMessages {
  static let registerTypeSafety: [VerifierMessage] = [
    VerifierMessage(
      "!read_ok", "has never been initialized on this path", "Unreadable register",
      headline: "read of a register that holds nothing",
      explanation: "On this path the register was never set, or a call has destroyed it (calls "
        + "destroy R1 to R5).",
      suggestion: "Set the register on every path before this instruction."),
    VerifierMessage(
      "invalid mem access*or_null", "invalid mem access 'map_value_or_null'",
      "may be NULL here", "may be NULL on this path",
      headline: "a pointer that may be NULL is followed",
      explanation:
        "The pointer comes from a lookup or call that returns NULL when it finds nothing, "
        + "and no check stands between.",
      suggestion: "Compare the pointer with NULL and follow it only where it is not."),
    VerifierMessage(
      "invalid mem access 'inv'", "invalid mem access 'scalar'",
      "is an integer scalar here, not a pointer",
      headline: "a plain number is followed as a pointer",
      explanation: "For the verifier the register holds a number: it was computed, loaded from "
        + "memory whose type is not known, or an earlier operation took its type away.",
      suggestion: "Keep the pointer's type, or read through bpf_probe_read_kernel()."),
    VerifierMessage(
      "invalid mem access",
      headline: "a pointer of the wrong kind is followed",
      explanation: "Memory of this kind cannot be read or written directly here.",
      suggestion: "Use the helper that goes with this kind of pointer."),
    VerifierMessage(
      "pointer arithmetic on*prohibited, null-check it first",
      headline: "arithmetic on a pointer that may be NULL",
      explanation: "The sum of NULL and an offset would no longer be recognised as NULL.",
      suggestion: "Check for NULL first, then add."),
    VerifierMessage(
      "32-bit pointer arithmetic prohibited",
      headline: "32-bit arithmetic on a pointer",
      explanation: "It would cut the pointer in half.",
      suggestion: "Use 64-bit types for pointers and for what is added to them."),
    VerifierMessage(
      "math between*pointer",
      // Up to 4.13.
      "upper zero bits to ptr_to_packet", "addition of register*with range exceeding",
      headline: "a pointer is moved by a number without bounds",
      explanation: "The number that is added may be so large that the sum could point "
        + "anywhere; the verifier needs its smallest and largest value.",
      suggestion: "Check the number against a lower and an upper bound, or mask it, before it "
        + "is added."),
    VerifierMessage(
      "pointer arithmetic", "bitwise operator*on pointer prohibited",
      "subtraction from stack pointer prohibited", "tried to subtract pointer from scalar",
      "tried to subtract from stack pointer",
      "pointer*pointer prohibited", "has pointer with unsupported alu operation",
      "partial copy of pointer",
      headline: "arithmetic that this pointer does not allow",
      explanation: "After this operation the verifier could not say any more where the pointer "
        + "points.",
      suggestion: "Only add bounded numbers to pointers that allow it; keep the original pointer."),
    VerifierMessage(
      "tried to*from different maps, paths or scalars",
      "has unknown scalar with mixed signed bounds",
      "could not be pushed for speculative verification",
      headline: "arithmetic that speculative execution could abuse",
      explanation: "The same instruction meets different pointers or bounds on different paths, so "
        + "it cannot be masked against speculation.",
      suggestion: "Do the arithmetic in each branch, or bound the number with an unsigned check."),
    VerifierMessage(
      "pointer comparison prohibited",
      headline: "comparison of pointers",
      explanation:
        "Comparing these pointers would tell a program without privilege where the kernel "
        + "keeps things.",
      suggestion: "Compare only with NULL, or packet pointers with packet ends."),
    VerifierMessage(
      "frame pointer is read only",
      headline: "write to the frame pointer",
      explanation: "R10 always points to the frame and cannot be changed.",
      suggestion: "Copy R10 and change the copy."),
    VerifierMessage(
      "dereference of modified", "negative offset*disallowed",
      "variable*access var_off=",
      headline: "a pointer that was moved is followed",
      explanation:
        "Pointers of this kind (the context, a kernel structure, a map, a socket) may only be followed "
        + "as they were handed over, without an offset added.",
      suggestion:
        "Keep the original pointer and use constant field offsets; if clang adds the offset "
        + "first, read the field into a variable before the branch."),
    VerifierMessage(
      "leaks addr", "leaking pointer",
      headline: "a kernel address would be given away",
      explanation: "The instruction stores or returns a kernel pointer where a program without "
        + "privilege could read it.",
      suggestion: "Store the value that the pointer points to, not the pointer."),
    VerifierMessage(
      "invalid kptr access",
      headline: "a kernel pointer of the wrong type",
      explanation: "The pointer's type is not the one that the map's field declares.",
      suggestion: "Store pointers of the declared type only."),
    VerifierMessage(
      "BPF_ATOMIC stores into*is not allowed", "BPF_XADD stores into*is not allowed",
      "BPF_ATOMIC loads from*is not allowed", "BPF_ST stores into*is not allowed",
      headline: "a store into memory that does not allow it",
      explanation: "Atomic and immediate stores are not allowed into this kind of memory.",
      suggestion: "Load, change and store through a register."),
    VerifierMessage(
      "R*is invalid", "unsupported reg type", "Unsupported reg type",
      headline: "a register that cannot be used here",
      explanation: "The register's number or type is not one that this instruction takes.",
      suggestion: "Look at the register's type in the state that the log prints."),
    VerifierMessage(
      "must point to kernel BTF", "cannot return stack pointer to the caller",
      headline: "a pointer of the wrong kind",
      explanation: "What the register points to is not allowed in this place.",
      suggestion: "Pass or return a pointer of the kind that is expected."),
    VerifierMessage(
      "R0 not a scalar value", "At subprogram exit the register R0 is not a scalar",
      headline: "a pointer is returned where a number is due",
      explanation: "The function's result has to be a plain number.",
      suggestion: "Return a number."),
    VerifierMessage(
      "makes*pointer be out of bounds", "pointer offset*is not allowed",
      headline: "a pointer is moved too far",
      explanation: "An offset of this size leads out of every object; the verifier keeps no "
        + "pointer with it.",
      suggestion: "Bound the number before it is added to the pointer."),
    VerifierMessage(
      "same insn cannot be used with different pointers",
      headline: "one instruction, two kinds of memory",
      explanation: "On different paths this instruction would access memory of kinds that the "
        + "kernel has to translate differently.",
      suggestion: "Access each kind of memory in a branch of its own."),
    VerifierMessage(
      "sign-extension part of pointer",
      headline: "part of a pointer is copied as a number",
      explanation: "Sign-extending some bytes of a pointer gives away a kernel address.",
      suggestion: "Copy the pointer whole."),
    VerifierMessage(
      "pointer in R* isn't map pointer",
      headline: "a register that should hold a map does not",
      explanation: "The instruction needs a map's address in this register.",
      suggestion: "Load the map with its own relocation just before."),
  ]
}
