// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Accesses outside what the program may touch (kernel/bpf/verifier.c check_mem_access and what it
/// calls).
extension VerifierMessages {
  static let memorySafety: [VerifierMessage] = [
    VerifierMessage(
      "direct access to*is disallowed",
      headline: "a special field is accessed directly",
      explanation: "Locks, timers, lists and trees inside an object are the kernel's to touch.",
      suggestion: "Use the helpers that belong to the field."),
    VerifierMessage(
      "invalid sock access", "invalid sock_common access", "invalid tcp_sock access",
      "invalid xdp_sock access",
      headline: "access to a socket's field that is not offered",
      explanation: "Programs may only touch some of a socket's fields, each with its own size; "
        + "this offset and size is none of them.",
      suggestion: "Use the fields of struct bpf_sock (or bpf_tcp_sock) as the header declares "
        + "them."),
    VerifierMessage(
      "write access at off", "no write support to", "write access for struct",
      "write access to this struct", "only access to bpf_dummy_ops_state", "on read-only part of",
      headline: "write to a kernel structure's field that is read-only",
      explanation: "Only a few fields of this structure may be written by programs.",
      suggestion: "Write only the fields that the kernel opens to this program type."),
    VerifierMessage(
      "func '*' size * must be",
      headline: "an argument of the traced function is read with the wrong size",
      explanation: "The arguments of a traced function are 8 bytes each in the context.",
      suggestion: "Read the argument whole, through BPF_PROG()."),
    VerifierMessage(
      "invalid access to map value pointer",
      headline: "an address constant points outside the map's value",
      explanation:
        "The instruction takes the address of a place behind the end of the map's value.",
      suggestion: "Keep the offset below the value's size."),
    VerifierMessage(
      "invalid access to map value", "invalid access to map_value",
      headline: "access outside the map's value",
      explanation:
        "The offset and size of this access reach, for some value the verifier has to allow for, "
        + "outside the map's value.",
      suggestion: "Check the index against the number of elements just before it is used."),
    VerifierMessage(
      "invalid access to map key",
      headline: "access outside the map's key",
      explanation: "The access reaches outside the key that the map's iteration handed over.",
      suggestion: "Read no more than the key's size."),
    VerifierMessage(
      "write to change key",
      headline: "write to a map's key",
      explanation: "A key that a map's iteration hands over belongs to the map and is read-only.",
      suggestion: "Copy the key and change the copy."),
    VerifierMessage(
      "invalid access to packet", "offset is outside of the packet",
      headline: "access to packet data that no check covers",
      explanation:
        "No comparison with data_end on this path shows that the packet is long enough.",
      suggestion: "Compare pointer + size with data_end before the access."),
    VerifierMessage(
      "invalid access to memory, mem_size", "invalid access to memory",
      headline: "access outside a buffer",
      explanation: "The access reaches outside the memory that the pointer is known to point to.",
      suggestion: "Stay within the size that the helper or argument guarantees."),
    VerifierMessage(
      "invalid access to flow keys",
      headline: "access outside the flow keys",
      explanation: "The access reaches outside struct bpf_flow_keys.",
      suggestion: "Use the fields of struct bpf_flow_keys at their own offsets."),
    // check_mem_size_reg(): the register is a length that goes with a pointer.
    VerifierMessage(
      "min value is negative, either use unsigned or 'var",
      headline: "a length may be negative",
      explanation:
        "The register is the size of the memory that the helper gets. Its smallest value is "
        + "negative, and as an unsigned number that is a huge length.",
      suggestion:
        "Make the length unsigned, check that it is not below 0 just before the call, or mask it "
        + "(len &= SIZE - 1, with SIZE a power of two)."),
    VerifierMessage(
      "unbounded memory access, use 'var",
      headline: "a length without an upper bound",
      explanation:
        "The register is the size of the memory that the helper gets, and nothing on this path "
        + "limits its largest value.",
      suggestion: "Check the length against the buffer's size just before the call, or mask it "
        + "(len &= SIZE - 1, with SIZE a power of two)."),
    VerifierMessage(
      "min value is negative, either use unsigned index", "min value is negative",
      headline: "an index may be negative",
      explanation: "The smallest value that this register may have is negative, and would reach "
        + "before the start of the memory.",
      suggestion: "Use an unsigned index, or check that it is not below 0."),
    VerifierMessage(
      "unbounded memory access", "unbounded variable-offset",
      headline: "an index without an upper bound",
      explanation: "Nothing on this path limits the register's largest value, so the access may "
        + "reach any address.",
      suggestion: "Check the index against a constant bound before it is used."),
    VerifierMessage(
      "value is outside of the allowed memory range", "value is outside of the array range",
      headline: "an index may lie outside the memory",
      explanation: "At one end of the range that the register may hold, the access lies outside.",
      suggestion: "Tighten the bounds check before this access."),
    // check_stack_access_within_bounds() prints `off=`, what was never written is at `off -8+0`.
    VerifierMessage(
      "invalid*stack R*off=*size=",
      headline: "access outside the stack frame",
      explanation:
        "The access does not lie in the 512 bytes below the frame pointer: it reaches beyond the "
        + "variable on the stack that the pointer was made from, or the frame has no room for it.",
      suggestion:
        "Compare what is accessed with the size of the variable on the stack (the type that is read "
        + "may be larger than the one declared); move large data into a map."),
    VerifierMessage(
      "invalid read from stack", "invalid indirect read from stack",
      "invalid*read from stack",
      headline: "read of stack bytes that were never written",
      explanation: "The program or the helper would read stack memory that this path has not "
        + "initialised.",
      suggestion: "Initialise the whole variable, padding included, before it is read."),
    VerifierMessage(
      "invalid variable-offset*stack", "variable offset stack access prohibited",
      "variable stack access prohibited", "variable offset stack pointer cannot be passed",
      headline: "stack access at an offset that is not known",
      explanation:
        "The offset into the stack varies in a way that the verifier does not allow here.",
      suggestion: "Use a constant offset, or bound the index to the array."),
    VerifierMessage(
      "uninit stack in range of var-offset write prohibited",
      "spilled ptr in range of var-offset stack write",
      headline: "a write at a varying offset may hit what it must not",
      explanation: "Some of the stack slots that this write may reach hold a saved pointer or "
        + "nothing yet.",
      suggestion: "Write at a constant offset."),
    VerifierMessage(
      "invalid write to stack", "invalid stack", "invalid*stack R",
      headline: "access outside the stack frame",
      explanation: "A frame has 512 bytes, below the frame pointer; this access lies outside them.",
      suggestion: "Keep offsets between -512 and 0; move large data into a map."),
    VerifierMessage(
      "stack pointer arithmetic goes out of range",
      headline: "a stack pointer leaves its frame",
      explanation: "The sum lies outside the 512 bytes of the frame.",
      suggestion: "Keep the pointer within the frame."),
    VerifierMessage(
      "attempt to corrupt spilled pointer", "invalid size of register spill",
      "invalid size of register fill", "corrupted spill memory",
      headline: "part of a saved pointer is overwritten or read",
      explanation: "A pointer saved on the stack must be stored and loaded as 8 whole bytes.",
      suggestion: "Don't overlay pointers on the stack with smaller variables."),
    VerifierMessage(
      "cannot spill pointers to stack into stack frame of the caller",
      headline: "a pointer saved in the caller's frame",
      explanation: "A pointer into the callee's frame would outlive that frame.",
      suggestion: "Return values instead of pointers to locals."),
    VerifierMessage(
      "invalid bpf_context access", "invalid ctx access", "R*invalid*access off=",
      headline: "access to a context field that is not offered",
      explanation: "Programs of this type may not touch the context at this offset, with this size "
        + "or in this direction.",
      suggestion: "Use the fields that the program type documents, at their own size."),
    VerifierMessage(
      "misaligned",
      headline: "misaligned access",
      explanation: "The address is not a multiple of the access's size, and this program must keep "
        + "strict alignment.",
      suggestion: "Align the field, or read it byte by byte."),
    VerifierMessage(
      "write into map forbidden", "read from map forbidden",
      headline: "the map does not allow this access",
      explanation: "The map is frozen, or was made read-only or write-only for programs.",
      suggestion: "Create the map without that flag, or leave this access out."),
    VerifierMessage(
      "cannot write into", "only read is supported", "only read from",
      headline: "write to memory that is read-only for programs",
      explanation: "The pointer may be read through, not written through.",
      suggestion:
        "Write to memory of the program's own, or use the helper made for it; a map's element is "
        + "written through the pointer that bpf_map_lookup_elem() returns."),
    VerifierMessage(
      "invalid negative access", "access user memory", "access percpu memory",
      "access beyond struct", "access beyond the end of member", "invalid variable offset",
      "cannot access ptr member",
      headline: "access outside a kernel structure",
      explanation: "The access does not fall on a field of the structure that the pointer has, or "
        + "the memory is user space's or per-CPU.",
      suggestion: "Read whole fields through the right type; use the probe-read helpers for user "
        + "memory and bpf_per_cpu_ptr for per-CPU memory."),
    VerifierMessage(
      "doesn't have field at offset", "field*doesn't have size",
      headline: "no field at this offset",
      explanation: "The kernel structure has nothing at this offset.",
      suggestion: "Rebuild against this kernel's vmlinux.h, with CO-RE relocations."),
    VerifierMessage(
      "invalid*buffer access", "invalid variable buffer offset",
      headline: "access outside a buffer of the program's context",
      explanation: "The offset into the buffer is negative or not constant.",
      suggestion: "Use constant offsets within the buffer."),
    VerifierMessage(
      "invalid zero-sized read", "invalid zero-size", "zero-sized",
      headline: "a length that may be zero",
      explanation: "The helper needs at least one byte, and the length may be 0 here.",
      suggestion: "Check that the length is above 0."),
    VerifierMessage(
      "pointer arithmetic of map value goes out of range", "tried to*beyond pointer bounds",
      headline: "a pointer leaves its object",
      explanation: "After this arithmetic the pointer lies outside the object it was made from.",
      suggestion: "Check the index before it is added."),
    VerifierMessage(
      "kptr access misaligned", "kptr access cannot have variable offset",
      "kptr access size must be", "kptr in map can only be accessed using",
      "store to referenced kptr disallowed", "BPF_ST imm must be 0 when storing to kptr",
      "kptr cannot be accessed indirectly", "doesn't point to kptr",
      headline: "a kernel pointer in a map is accessed in the wrong way",
      explanation: "A kptr field may only be loaded and stored whole, at its own offset, and a "
        + "referenced one only through bpf_kptr_xchg().",
      suggestion: "Load it in one piece, or exchange it with bpf_kptr_xchg()."),
    VerifierMessage(
      "cannot be accessed directly by load/store", "cannot be accessed directly",
      headline: "a special field is accessed directly",
      explanation: "Locks, timers, lists and trees inside a map value are the kernel's to touch.",
      suggestion: "Use the helpers that belong to the field."),
    VerifierMessage(
      "potential write to dynptr",
      headline: "a dynptr on the stack may be overwritten",
      explanation: "The stack slots of a dynptr may only be changed by the dynptr helpers.",
      suggestion: "Keep other variables out of the dynptr's slots."),
    VerifierMessage(
      "arena", "addr_space_cast",
      headline: "wrong use of an arena",
      explanation: "The arena's pointers, or the arena map itself, are not used as the kernel "
        + "requires.",
      suggestion: "Use one arena per program and cast its pointers with the address-space casts."),
  ]
}
