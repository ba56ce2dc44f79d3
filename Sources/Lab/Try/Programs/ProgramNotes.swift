// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Record
import Wire

/// Why a program of a tried object was left out, or nothing set it off.
enum ProgramNotes {
  /// Why it is not loaded; nil if it is.
  static func leftOut(
    _ program: ObjectFile.Function, _ only: [String], _ without: [String]
  ) -> String? {
    if without.contains(program.name) { return "by --without" }
    if !only.isEmpty { return only.contains(program.name) ? nil : "not named by --only" }
    guard program.section.hasPrefix("?") else { return nil }
    return "its section begins with ?, so an application has to ask for it: --only \(program.name)"
  }

  /// Completes what the agent reported by what the object and the request say.
  ///
  /// - Parameters:
  ///   - reported: empty if the guest never got as far.
  ///   - isRefused: whether the object was refused, so that nothing of it is loaded.
  static func complete(
    _ reported: [ProgramRecord], of programs: [ObjectFile.Function], _ choices: LoadChoices,
    isRefused: Bool
  ) -> [ProgramRecord] {
    programs.map { program in
      var record =
        reported.first { $0.name == program.name }
        ?? ProgramRecord(
          name: program.name, section: program.section, loaded: isRefused ? false : nil,
          ran: isRefused ? .no : .unknown)
      // libbpf leaves the ? out.
      record.section = program.section
      record.leftOut = leftOut(program, choices.only, choices.without)
      if record.leftOut != nil { (record.loaded, record.ran) = (false, .no) }
      if record.loaded == true, record.attached == nil {
        let reason = notAttached(program)
        record.note = record.note.map { "\(reason); \($0)" } ?? reason
      }
      return record
    }
  }

  /// Why nothing sets off a program of this section, and which option does.
  private static func notAttached(_ program: ObjectFile.Function) -> String {
    let kind = kind(of: program.section)
    if let hook = hooks.first(where: { $0.kinds.contains(kind) }) {
      return "an application names the \(hook.what): --attach \(program.name)=\(hook.target)"
    }
    return reasons.first { $0.kinds.contains(kind) }?.reason
      ?? "its section doesn't say what sets it off"
  }

  /// The first word of a section (libbpf.c, `section_defs`).
  static func kind(of section: String) -> String {
    let section = section.hasPrefix("?") ? String(section.dropFirst()) : section
    return section.split(separator: "/").first.map(String.init) ?? section
  }

  /// The form of `--attach` for a program of this section, whose name an application would give.
  static func hook(of section: String) -> String? {
    hooks.first { $0.kinds.contains(kind(of: section)) }?.target
  }

  private static let hooks: [(kinds: [String], what: String, target: String)] = [
    (["kprobe", "ksyscall", "kprobe.multi"], "function", "kprobe:FUNCTION"),
    (["kretprobe", "kretsyscall", "kretprobe.multi"], "function", "kretprobe:FUNCTION"),
    (["uprobe", "uprobe.s", "usdt"], "file and the function", "uprobe:PATH:SYMBOL"),
    (["uretprobe", "uretprobe.s"], "file and the function", "uretprobe:PATH:SYMBOL"),
    (["tp", "tracepoint"], "tracepoint", "tracepoint:CATEGORY/NAME"),
    (
      ["raw_tp", "raw_tracepoint", "raw_tp.w", "raw_tracepoint.w"], "tracepoint",
      "raw-tracepoint:NAME"
    ),
    (["fentry", "fentry.s"], "function", "fentry:FUNCTION"),
    (["fexit", "fexit.s"], "function", "fexit:FUNCTION"),
    (["lsm", "lsm.s"], "hook", "lsm:HOOK"),
  ]

  private static let reasons: [(kinds: [String], reason: String)] = [
    (["sk_msg", "sk_skb"], "an application attaches it to a map of sockets, and try doesn't"),
    (["sk_reuseport"], "an application attaches it to a group of sockets, and try doesn't"),
    (
      ["lwt_in", "lwt_out", "lwt_xmit", "lwt_seg6local"],
      "an application attaches it to a route, and try doesn't"
    ),
    (["xdp", "xdp.frags"], "the entry of a map names it, which an application fills"),
    (["freplace"], "an application names what it replaces"),
    (["struct_ops", "struct_ops.s"], "no map of operations that is registered names it"),
  ]
}
