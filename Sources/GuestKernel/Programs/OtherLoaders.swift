// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

/// What other loaders do by themselves, and libbpf doesn't: objects that were written for them rely on it.
extension ProgramObject {
  /// Sections that libbpf before 1.0 recognised by how they begin, as in `xdp_pass` (libbpf 0.8:
  /// src/libbpf.c, `section_defs` with SEC_SLOPPY_PFX).
  private static let beginnings: [(beginning: String, type: bpf_prog_type)] = [
    ("xdp", BPF_PROG_TYPE_XDP), ("tc", BPF_PROG_TYPE_SCHED_CLS),
    ("classifier", BPF_PROG_TYPE_SCHED_CLS), ("action", BPF_PROG_TYPE_SCHED_ACT),
    ("socket", BPF_PROG_TYPE_SOCKET_FILTER), ("sockops", BPF_PROG_TYPE_SOCK_OPS),
    ("sk_skb", BPF_PROG_TYPE_SK_SKB), ("sk_msg", BPF_PROG_TYPE_SK_MSG),
    ("perf_event", BPF_PROG_TYPE_PERF_EVENT), ("lwt_in", BPF_PROG_TYPE_LWT_IN),
    ("lwt_out", BPF_PROG_TYPE_LWT_OUT), ("lwt_xmit", BPF_PROG_TYPE_LWT_XMIT),
  ]

  /// Does it before the load; for a user's own object.
  ///
  /// - Returns: what was done, in words.
  public func completeAsOtherLoaders() -> [String] {
    var notes: [String] = []
    for program in programs() where bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC {
      let section = section(of: program)
      guard let known = ProgramObject.beginnings.first(where: { section.hasPrefix($0.beginning) })
      else { continue }
      bpf_program__set_type(program, known.type)
      notes.append(
        "section \(section) was taken for \(known.beginning), as libbpf before 1.0 did by its beginning"
      )
    }
    for map in maps() {
      guard let name = bpf_map__name(map).map({ String(cString: $0) }) else { continue }
      switch bpf_map__type(map) {
      case BPF_MAP_TYPE_RINGBUF where bpf_map__value_size(map) > 0 || bpf_map__key_size(map) > 0:
        // cilium/ebpf: map.go, `MapSpec.fixupMagicFields`.
        guard bpf_map__set_value_size(map, 0) == 0, bpf_map__set_key_size(map, 0) == 0 else {
          continue
        }
        notes.append(
          "map \(name) has sizes, which a ring buffer can't have: they were taken off, as ebpf-go does"
        )
      case BPF_MAP_TYPE_PERF_EVENT_ARRAY
      where bpf_map__value_size(map) != 4 || bpf_map__key_size(map) != 4:
        guard bpf_map__set_value_size(map, 4) == 0, bpf_map__set_key_size(map, 4) == 0 else {
          continue
        }
        notes.append("map \(name) got keys and values of 4 bytes, as ebpf-go does")
      default: continue
      }
    }
    return notes
  }

  /// Whether the section of a probe in user space names no file and symbol: an application does, as for
  /// `uretprobe/readline`, which libbpf would refuse.
  func lacksPlace(_ program: OpaquePointer) -> Bool {
    let section = section(of: program)
    return section.contains("/") && !section.contains(":")
      && ["uprobe", "uretprobe"].contains {
        section.hasPrefix($0 + "/") || section.hasPrefix($0 + ".s/")
      }
  }

  /// Attaches a kprobe on `sys_execve` to the function that a system call has on x86-64, as ebpf-go does
  /// (cilium/ebpf: link/kprobe.go, `kprobe`, and internal/platform.go).
  ///
  /// - Returns: whether it is attached; false for every other section.
  mutating func attachToSystemCall(_ program: OpaquePointer) -> Bool {
    let parts = section(of: program).split(separator: "/")
    guard parts.count == 2, parts[1].hasPrefix("sys_"),
      ["kprobe", "kretprobe"].contains(parts[0])
    else { return false }
    let function = "__x64_\(parts[1])"
    guard let link = bpf_program__attach_kprobe(program, parts[0] == "kretprobe", function) else {
      return false
    }
    links.append(.link(link))
    attached[name(of: program)] = "\(parts[0])/\(function), as ebpf-go does"
    return true
  }
}
