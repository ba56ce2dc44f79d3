// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Counts the calls of a module's functions with the kernel's function tracer (Linux:
/// Documentation/trace/ftrace.rst), from before the module is loaded.
public struct FunctionTrace: ~Copyable {
  private static let folder = "/sys/kernel/tracing"
  /// The room for the calls that are noted, in KiB a CPU: some 2,500 of them. Little, since what it
  /// takes is missing in the guest.
  private static let room = "64"

  private let module: String

  /// Begins to count.
  ///
  /// - Parameter module: not loaded yet.
  /// - Throws: ENOENT if the kernel has no function tracer.
  public init(ofModule module: String) throws(SystemError) {
    try Self.put(Self.room, into: "buffer_size_kb")
    // The first calls are those that say which functions were called at all.
    try Self.put("0", into: "options/overwrite")
    // Without a function of the kernel's own the filter would be empty until the module is there, and
    // an empty one lets all through. The first is one that only a booting kernel calls.
    try Self.put("1", into: "set_ftrace_filter")
    try Self.put(":mod:\(module)", into: "set_ftrace_filter", O_APPEND)
    try Self.put("function", into: "current_tracer")
    self.module = module
  }

  /// The number of calls so far of each function of the module that the kernel can trace: those that the
  /// compiler kept, without the initialisation's, whose memory the kernel has freed.
  ///
  /// - Returns: by the function's name; and whether these are all calls.
  public func calls() throws(SystemError) -> (counts: [String: UInt64], areAll: Bool) {
    var counts: [String: UInt64] = [:]
    // `gate_open [gate]`
    let suffix = " [\(module)]"
    for line in try Self.lines(of: "set_ftrace_filter") where line.hasSuffix(suffix) {
      counts[String(line.dropLast(suffix.count))] = 0
    }
    // ` cat-98  [000] ...1.  5.849321: gate_open <-chrdev_open`
    for line in try Self.lines(of: "trace") {
      let words = line.split(separator: " ")
      guard let caller = words.lastIndex(where: { $0.hasPrefix("<-") }), caller > 0 else {
        continue
      }
      let name = String(words[caller - 1])
      if let count = counts[name] { counts[name] = count + 1 }
    }
    var areAll = true
    for cpu in 0..<sysconf(Int32(_SC_NPROCESSORS_CONF)) {
      let lost = try Self.lines(of: "per_cpu/cpu\(cpu)/stats").first {
        $0.hasPrefix("dropped events: ")
      }
      if let lost, !lost.hasSuffix(": 0") { areAll = false }
    }
    return (counts, areAll)
  }

  /// Ends the counting, and gives back its memory.
  public consuming func end() throws(SystemError) {
    try Self.put("nop", into: "current_tracer")
    try Self.put("", into: "set_ftrace_filter", O_TRUNC)
    try Self.put("1", into: "buffer_size_kb")
  }

  private static func put(
    _ text: String, into name: String, _ flags: Int32 = 0
  ) throws(SystemError) {
    let file = try Descriptor(opening: "\(folder)/\(name)", O_WRONLY | flags)
    try writeAll(Array("\(text)\n".utf8), to: file.number, "write \(text) to \(name)")
  }

  private static func lines(of name: String) throws(SystemError) -> [Substring] {
    try text(of: "\(folder)/\(name)").split(separator: "\n")
  }
}
