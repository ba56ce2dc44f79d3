// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a program of the kernel's self-tests says of itself by its declaration tags: read as
/// tools/testing/selftests/bpf/test_loader.c does, in `parse_test_spec`.
package struct SelftestSpec: Sendable, Equatable {
  /// The expected result of loading it, with privileges or without.
  package struct Mode: Sendable, Equatable {
    package var fails = false
    package var messages: [ExpectedMessage] = []
    package var rewritten: [ExpectedMessage] = []
    package var compiled: [ExpectedMessage] = []
    /// What it returns, run on zeros; nil if it isn't run.
    package var returns: Returns?
  }

  package enum Returns: Sendable, Equatable {
    case value(Int32)
    /// Whatever it is: an address.
    case pointer
  }

  /// Whether it is not a separate test, but loaded with the others.
  package var isAuxiliary = false
  package var isPrivileged = false
  package var isUnprivileged = false
  package var privileged = Mode()
  package var unprivileged = Mode()
  package var logLevel = 0
  /// Added to and taken from the flags that all tests have.
  package var flags = 0
  package var clearedFlags = 0
  /// Machines that it is for; empty for all.
  package var machines: [String] = []
  /// A file of types that replaces the kernel's.
  package var typesFile: String?
  /// Tags that are not understood here: the program isn't judged by only some of its tags.
  package var unknown: [String] = []

  /// The names of include/uapi/linux/bpf.h.
  private static let flagNames = [
    "BPF_F_STRICT_ALIGNMENT": 1, "BPF_F_ANY_ALIGNMENT": 1 << 1, "BPF_F_TEST_RND_HI32": 1 << 2,
    "BPF_F_TEST_STATE_FREQ": 1 << 3, "BPF_F_SLEEPABLE": 1 << 4, "BPF_F_XDP_HAS_FRAGS": 1 << 5,
    "BPF_F_TEST_REG_INVARIANTS": 1 << 7,
  ]
  /// The machine of the guests, as the tags call it.
  package static let machine = "X86_64"

  /// - Parameter tags: in the order of the source.
  package init(tags: [String]) {
    var hasUnprivilegedResult = false
    var compiledFor = true
    var next = NextLines()
    for tag in tags where tag.hasPrefix("comment:test_") {
      let text = tag.dropFirst("comment:test_".count)
      let key = String(text.prefix { $0 != "=" })
      let value = String(text.dropFirst(key.count + 1))
      switch key {
      case "description": break
      case "expect_failure": (privileged.fails, isPrivileged) = (true, true)
      case "expect_success": (privileged.fails, isPrivileged) = (false, true)
      case "expect_failure_unpriv":
        (unprivileged.fails, isUnprivileged, hasUnprivilegedResult) = (true, true, true)
      case "expect_success_unpriv":
        (unprivileged.fails, isUnprivileged, hasUnprivilegedResult) = (false, true, true)
      case "auxiliary": (isAuxiliary, isPrivileged) = (true, true)
      case "auxiliary_unpriv": (isAuxiliary, isUnprivileged) = (true, true)
      case "log_level": set(Self.number(value).map { logLevel = Int($0) }, tag)
      case "prog_flags": set(addFlag(value), tag)
      case "arch":
        machines.append(value)
        compiledFor = value == Self.machine
        (next.compiled, next.compiledUnprivileged) = (true, true)
      case "btf_path": typesFile = value
      case "retval":
        set(Self.returns(value).map { (privileged.returns, isPrivileged) = ($0, true) }, tag)
      case "retval_unpriv":
        set(Self.returns(value).map { (unprivileged.returns, isUnprivileged) = ($0, true) }, tag)
      default: expect(key, value, tag, compiledFor, &next)
      }
    }
    if !isPrivileged, !isUnprivileged { isPrivileged = true }
    inherit(result: !hasUnprivilegedResult)
  }

  /// Whether a line of the disassembly should directly follow the previous one.
  private struct NextLines {
    var rewritten = true
    var rewrittenUnprivileged = true
    var compiled = true
    var compiledUnprivileged = true
  }

  private mutating func set(_ done: Void?, _ tag: String) {
    if done == nil { unknown.append(tag) }
  }

  /// Messages, whose tags have a number before the text, since a compiler writes equal tags once.
  private mutating func expect(
    _ key: String, _ value: String, _ tag: String, _ compiledFor: Bool, _ next: inout NextLines
  ) {
    guard let sign = value.firstIndex(of: "="),
      ExpectedMessage.isValid(String(value[value.index(after: sign)...]))
    else { return unknown.append(tag) }
    let text = String(value[value.index(after: sign)...])
    func line(_ isNext: inout Bool) -> ExpectedMessage? {
      if text == "..." {
        isNext = false
        return nil
      }
      defer { isNext = true }
      return ExpectedMessage(text, isOnNextLine: isNext)
    }
    switch key {
    case "expect_msg":
      privileged.messages.append(ExpectedMessage(text))
      isPrivileged = true
    case "expect_msg_unpriv":
      unprivileged.messages.append(ExpectedMessage(text))
      isUnprivileged = true
    case "expect_xlated":
      if let line = line(&next.rewritten) { privileged.rewritten.append(line) }
      isPrivileged = true
    case "expect_xlated_unpriv":
      if let line = line(&next.rewrittenUnprivileged) { unprivileged.rewritten.append(line) }
      isUnprivileged = true
    case "jited" where compiledFor:
      if let line = line(&next.compiled) { privileged.compiled.append(line) }
      isPrivileged = true
    case "jited_unpriv" where compiledFor:
      if let line = line(&next.compiledUnprivileged) { unprivileged.compiled.append(line) }
      isUnprivileged = true
    case "jited", "jited_unpriv": break
    default: unknown.append(tag)
    }
  }

  private mutating func inherit(result: Bool) {
    if result { unprivileged.fails = privileged.fails }
    if unprivileged.returns == nil { unprivileged.returns = privileged.returns }
    if unprivileged.messages.isEmpty { unprivileged.messages = privileged.messages }
    if unprivileged.rewritten.isEmpty { unprivileged.rewritten = privileged.rewritten }
    if unprivileged.compiled.isEmpty { unprivileged.compiled = privileged.compiled }
  }

  private mutating func addFlag(_ text: String) -> Void? {
    let clears = text.hasPrefix("!")
    let name = clears ? String(text.dropFirst()) : text
    guard let flag = Self.flagNames[name] ?? Self.number(name).map({ Int($0) }) else { return nil }
    if clears { clearedFlags |= flag } else { flags |= flag }
    return ()
  }

  /// `POINTER_VALUE` and `TEST_DATA_LEN` of bpf_misc.h, which the preprocessor leaves as names.
  private static func returns(_ text: String) -> Returns? {
    switch text {
    case "POINTER_VALUE": .pointer
    case "TEST_DATA_LEN": .value(64)
    case "INT_MIN": .value(.min)
    default: number(text).map { .value($0) }
    }
  }

  /// As strtol(3) into an int: more than 32 bits are cut off.
  private static func number(_ text: String) -> Int32? {
    let number = text.hasPrefix("0x") ? Int64(text.dropFirst(2), radix: 16) : Int64(text)
    return number.map { Int32(truncatingIfNeeded: $0) }
  }
}
