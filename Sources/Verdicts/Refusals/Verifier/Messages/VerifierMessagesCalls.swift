// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Calls: which functions, with which arguments.
extension VerifierMessages {
  static let callTypeSafety: [VerifierMessage] = [
    VerifierMessage(
      "memory, len pair leads to invalid memory access",
      headline: "the length does not fit the memory",
      explanation: "The kernel function would reach behind the memory that goes with the length.",
      suggestion: "Pass the memory's own size."),
    VerifierMessage(
      "helper access to the packet is not allowed",
      headline: "packet data handed to a helper where that is not allowed",
      explanation: "In this program type helpers may not get pointers into the packet.",
      suggestion: "Copy the bytes to the stack first."),
    VerifierMessage(
      "may write into memory pointed by",
      headline: "a helper would write to memory that is read-only",
      explanation: "The helper fills in what this argument points to, and the program may only "
        + "read it.",
      suggestion: "Pass memory of the program's own."),
    VerifierMessage(
      "local type ID argument must be", "type ID argument must be of a struct",
      "type ID argument must not contain", "bpf_percpu_obj_new type",
      headline: "bpf_obj_new() of a type that cannot be allocated",
      explanation: "The type must be a struct of the program's own, with the fields and the "
        + "size that the allocator takes.",
      suggestion: "Allocate a struct that the program's BTF declares, small and without "
        + "special fields where it is per CPU."),
    VerifierMessage(
      "can't spin_{lock,unlock} in rbtree cb", "rbtree_remove not allowed in rbtree cb",
      headline: "a call that the tree's comparison may not make",
      explanation: "The comparison runs inside of bpf_rbtree_add(), with the lock held.",
      suggestion: "Only compare in the callback; lock and remove around the call."),
    VerifierMessage(
      "expected valid iter pointer",
      "expected pointer to an iterator on stack",
      headline: "wrong use of an iterator",
      explanation: "An iterator must be created, advanced and destroyed in this order, and live on "
        + "the stack.",
      suggestion: "Call _new, then _next until NULL, then _destroy on every path."),
    VerifierMessage(
      "dynptr", "Dynptr",
      headline: "wrong use of a dynptr",
      explanation: "The argument is no dynptr in the state or of the kind that the helper needs.",
      suggestion: "Initialise the dynptr with its helper first, and pass it unchanged."),
    VerifierMessage(
      "irq flag",
      headline: "wrong use of a saved interrupt state",
      explanation: "The argument is not the interrupt state that bpf_local_irq_save() filled in.",
      suggestion: "Pass the same stack variable to save and restore."),
    VerifierMessage(
      "Possibly NULL pointer passed", "NULL pointer passed to trusted arg",
      headline: "a pointer that may be NULL is handed to a kernel function",
      explanation: "The function takes it on trust that its argument is not NULL.",
      suggestion: "Check for NULL before the call."),
    VerifierMessage(
      "must be referenced or trusted", "must be a rcu pointer", "must be referenced",
      "is neither owning or non-owning ref", "arg*is an unacquired reference",
      "expects refcounted PTR_TO_BTF_ID",
      headline: "the kernel function needs a pointer that is held",
      explanation: "The pointer's object may go away at any time: it is neither referenced nor "
        + "trusted here.",
      suggestion: "Acquire a reference first, or take the pointer from a trusted argument."),
    VerifierMessage(
      "type=*expected=", "is of type*but*is expected", "expected pointer to", "expected pointer",
      headline: "an argument of the wrong kind",
      explanation:
        "The helper or kernel function takes a pointer of another kind in this argument.",
      suggestion: "Pass what the function's prototype asks for."),
    VerifierMessage(
      "is not a known constant", "is not a const", "must have constant offset",
      "doesn't have constant offset", "is not a constant address", "must be a known constant",
      headline: "an argument that must be constant",
      explanation: "The verifier has to know this argument's value, and it varies.",
      suggestion: "Pass a literal."),
    VerifierMessage(
      "does not point to a readonly map", "no direct value access support for this map type",
      "direct value access on string failed", "string is not zero-terminated",
      "doesn't point to a const string",
      "doesn't point to a map value",
      "Invalid format string",
      headline: "the text argument is not a constant string",
      explanation: "The helper needs a constant, zero-terminated string in a read-only map.",
      suggestion: "Use a static const char array."),
    VerifierMessage(
      "invalid func unknown#195896080",
      headline: "a field or function that this kernel does not have",
      explanation:
        "libbpf found no match for a CO-RE relocation and put a call that cannot exist in "
        + "its place; this path reaches it.",
      suggestion: "Guard the access with bpf_core_field_exists() or build against this kernel."),
    VerifierMessage(
      // Without a name up to 4.8.
      "invalid func *#", "invalid func ",
      headline: "a helper that this kernel does not have",
      explanation: "The number of the helper is unknown to this kernel.",
      suggestion: "Check with bpf_core_enum_value_exists() whether the kernel has the helper."),
    VerifierMessage(
      "kernel function*pointer type*is not supported", "returns pointer type*is not supported",
      "acquire kernel function does not return PTR_TO_BTF_ID", "Unrecognized arg#",
      "reg type unsupported for arg#", "rdonly/rdwr_buf_size", "reference type(*size cannot be",
      "reference type(*candidate matching", "reference type(*points to kernel module type",
      "arg#*has invalid combination of tags", "arg#*has unsupported set of tags",
      "arg#*type tag", "arg#*type doesn't have a name", "arg#*type isn't a pointer",
      "unhandled dynamic return type", "Invalid arg#", "arg#*should be",
      "BTF type must be a double pointer", "no referenced kptr at map value",
      "must point to*scalar", "arg#*pointer type", "is not a scalar",
      headline: "a kernel function's argument that the verifier cannot check",
      explanation: "The function's prototype and the value passed don't fit the rules for kfuncs.",
      suggestion: "Compare the argument with the kfunc's prototype and its flags."),
    VerifierMessage(
      "cannot pass map_type", "invalid map_ptr to access", "invalid arg_type for sockmap",
      "map_ptr access not supported", "cannot update sockmap in this context",
      "tail_call abusing map_ptr", "callback function not allowed for map",
      headline: "the helper does not take this type of map",
      explanation: "Helpers and map types have to fit together.",
      suggestion: "Use the helper that belongs to the map's type."),
    VerifierMessage(
      "doesn't match map pointer in R2", "timer pointer in R1",
      headline: "the timer belongs to another map",
      explanation: "The timer and the map handed over with it must be of the same map.",
      suggestion: "Pass the map that holds the timer."),
    VerifierMessage(
      "doesn't point to 'struct bpf_", "has to have BTF in order to use bpf_",
      "doesn't have 'struct bpf_",
      "has more than one 'struct bpf_", "is not a struct type or bpf_", "has no valid kptr",
      "has no valid bpf_", "has repeating kptr BTF tags", "has to be at the constant offset",
      "kptr isn't referenced",
      "has more than*kptr",
      headline: "the map's value does not declare this field rightly",
      explanation: "The kernel finds the special field (lock, timer, kptr) through the map's type "
        + "information, and it is not where the program says.",
      suggestion: "Declare the map with BTF types and one such field at a fixed place."),
    VerifierMessage(
      "Caller passes invalid args into func", "arg#*expected",
      headline: "a function of the program's gets the wrong arguments",
      explanation: "The global function is verified for its prototype, and these arguments don't "
        + "fit it.",
      suggestion: "Pass what the prototype says, or make the function static."),
    VerifierMessage(
      "operation on bpf_", "bpf_list_", "bpf_rbtree_", "rbtree",
      "expected pointer to allocated object",
      "not allocated object", "bpf_obj_new", "bpf_obj_drop", "bpf_refcount",
      headline: "wrong use of a list, a tree or an allocated object",
      explanation: "The node, the root and the lock that guards it have to belong together.",
      suggestion: "Allocate with bpf_obj_new(), take the lock beside the root, then add or remove."),
    VerifierMessage(
      "Helper has invalid btf", "bpf_rdonly_cast type ID", "invalid return type",
      "unknown return type",
      "unable to resolve the size of type", "has non-overwritten BPF_PTR_POISON",
      headline: "the helper's types don't fit",
      explanation: "The kernel cannot work out the type that the helper takes or returns here.",
      suggestion: "Check that program and kernel are of the same version."),
    VerifierMessage(
      "get_local_storage() doesn't support non-zero flags", "must have zero offset",
      "cannot pass in dynptr at an offset", "must be zero",
      headline: "an argument that must be zero is not",
      explanation: "The helper takes this pointer or flag only without offset or bits.",
      suggestion: "Pass it unchanged, or 0."),
    VerifierMessage(
      "Global function", "Global functions need valid BTF", "is not supported yet",
      "Invalid BTF of func",
      "doesn't point to KIND_FUNC", "Invalid type of function", "is not a global function",
      headline: "a global function with a prototype that the verifier cannot check",
      explanation:
        "Global functions are verified on their own, so their arguments and results must "
        + "be of simple types.",
      suggestion: "Make the function static, or simplify its prototype."),
    VerifierMessage(
      "cannot pass in*at an offset",
      headline: "an iterator or the like does not lie whole in the stack frame",
      explanation:
        "The object must lie on the stack, at a multiple of 8 bytes and with all the bytes "
        + "that this kernel's type has.",
      suggestion:
        "Declare it as a local variable of the kernel's own type (this kernel's vmlinux.h), "
        + "not initialised, and pass its address; use the program's version that belongs to the kernel."
    ),
    VerifierMessage(
      "has to be at a constant offset", "not found at offset=",
      headline: "a field is not where the pointer says",
      explanation: "The kernel knows the field by its constant offset in the structure, and "
        + "the pointer handed over has another.",
      suggestion: "Pass the field's own address."),
    VerifierMessage(
      "R1 has*type", "R2 has*type", "must point", "must be a", "must be an", "expects",
      headline: "an argument that the function does not take",
      explanation: "The call's argument is not of the kind that the function needs.",
      suggestion: "Compare the call with the function's prototype."),
  ]
}
