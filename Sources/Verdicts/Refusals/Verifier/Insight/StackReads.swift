// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension VerifierInsight {
  /// `invalid read from stack R10 off=-32 size=8`, inside the frame: a frame is as large as what has
  /// been written to it, and reads must stay within that (kernel/bpf/verifier.c,
  /// check_stack_slot_within_bounds()).
  var stackNeverWritten: Change? {
    guard message.contains("read from stack R"), let offset = number(after: "off="),
      let size = number(after: "size="), (-512..<0).contains(offset), size > 0, offset + size <= 0
    else { return nil }
    return Change(
      id: "stack-never-written", headline: "read of stack bytes that were never written",
      explanation:
        "The \(size) bytes at offset \(offset) lie in the frame, but nothing has been written so far "
        + "down on this path.",
      suggestion:
        "Initialise the whole variable (= {}, memset) before it is read, on every path, and check that "
        + "what fills it has not failed.")
  }

  private func number(after mark: String) -> Int? {
    guard let place = message.firstRange(of: mark) else { return nil }
    return Int(message[place.upperBound...].prefix { $0 == "-" || $0.isNumber })
  }
}
