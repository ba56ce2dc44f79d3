// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A register's state in words (kernel/bpf/log.c reg_type_str, bpf_verifier.h).
enum RegisterState {
  static func sentence(_ register: Int, _ value: String, at index: Int) -> String {
    let shown = value.count > 120 ? value.prefix(117) + "…" : value[...]
    let meaning = words(value).map { ": \($0)" } ?? ""
    return "At instruction \(index) R\(register) is `\(shown)`\(meaning)."
  }

  static func isNumber(_ state: String) -> Bool {
    words(state).map { $0.hasSuffix("number") } ?? false
  }

  /// What a state means; nil if its name is enough.
  static func words(_ state: String) -> String? {
    var name = state.prefix { $0 != "(" && $0 != " " }
    // P marks a number whose exact value mattered so far.
    if name.first == "P" { name = name.dropFirst() }
    let mayBeNull = name.contains("or_null")
    guard let noun = noun(of: name) else { return nil }
    return mayBeNull ? "\(noun), or NULL" : noun
  }

  private static func noun(of name: Substring) -> String? {
    let nouns: [(String, String)] = [
      ("map_value", "the address of a map's value"), ("map_ptr", "a map"),
      ("map_key", "the address of a map's key"), ("ctx", "the program's context"),
      ("fp", "an address on the stack"), ("scalar", "a number"), ("inv", "a number"),
      ("pkt_end", "the end of the packet"), ("pkt_meta", "the packet's metadata"),
      ("pkt", "an address in the packet"), ("ringbuf_mem", "reserved ring-buffer memory"),
      ("alloc_mem", "reserved ring-buffer memory"), ("dynptr_ptr", "a dynptr"),
      ("sock_common", "a socket"), ("sock", "a socket"), ("tcp_sock", "a TCP socket"),
      ("xdp_sock", "an XDP socket"), ("flow_keys", "the flow keys"),
      ("untrusted_ptr_", "a kernel pointer that nothing vouches for"),
      ("trusted_ptr_", "a kernel pointer that is valid here"),
      ("rcu_ptr_", "a kernel pointer that RCU protects"), ("ptr_", "a kernel pointer"),
      ("percpu_ptr_", "a per-CPU pointer"), ("rdonly_mem", "read-only memory"),
      ("mem", "memory of a known size"), ("buf", "a buffer"), ("func", "a function's address"),
      ("arena", "an address in the arena"),
    ]
    if let first = name.first, first.isNumber || first == "-" { return "a known number" }
    return nouns.first { name.hasPrefix($0.0) }?.1
  }
}
