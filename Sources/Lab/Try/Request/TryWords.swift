// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Forge
import Scenarios
public import Wire

/// Reads a try's options from a command line.
public enum TryWords {
  /// What `--attach` says: a place that a scenario can name, too, or one that needs the kernel's name for it.
  public enum Attach: Sendable, Equatable {
    case target(Attachment)
    case hook(HookChoice)
  }

  /// `PROGRAM=TARGET`, `PROGRAM=TARGET:DEVICE`, `PROGRAM=iterator:MAP`, `PROGRAM=kprobe:FUNCTION`.
  public static func attach(_ text: String) throws -> Attach {
    let (program, place) = try pair(text, "--attach", "PROGRAM=TARGET")
    let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
    let detail = parts.count > 1 ? parts[1] : nil
    if let kind = parts.first.flatMap(HookChoice.Kind.init(rawValue:)) {
      guard let detail, kind.takes(detail) else {
        throw LabError("--attach \(text): use the form \(program)=\(kind.form).")
      }
      return .hook(HookChoice(program: program, kind: kind, place: detail))
    }
    guard let target = parts.first.flatMap(Attachment.Target.init(rawValue:)) else {
      let targets =
        Attachment.Target.allCases.map(\.rawValue) + HookChoice.Kind.allCases.map(\.rawValue)
      let known = targets.joined(separator: ", ")
      throw LabError(
        "--attach \(text): unknown target \"\(place)\""
          + "\(didYouMeanOrStop(parts.first ?? place, among: targets)) There are \(known).")
    }
    let takesDevice = [.tcIngress, .tcEgress, .xdp].contains(target)
    guard detail == nil || takesDevice || target == .iterator else {
      throw LabError("--attach \(text): \(target.rawValue) takes nothing after a colon.")
    }
    return .target(
      Attachment(
        program: program, to: target, device: takesDevice ? detail : nil,
        map: target == .iterator ? detail : nil))
  }

  /// `NAME=ENTRIES`, `NAME=ENTRIES,key=BYTES,value=BYTES,type=TYPE`, `NAME=INDEX:PROGRAM,…`.
  public static func map(_ text: String) throws -> MapChoice {
    let (name, value) = try pair(text, "--map", mapForm)
    var map = MapChoice(map: name)
    for part in value.split(separator: ",").map(String.init) {
      if let number = UInt32(part) {
        map.entries = number
      } else if let (index, program) = split(part, at: ":"), let index = UInt32(index) {
        map.programs.append(.init(index: index, program: program))
      } else if let (key, value) = split(part, at: "="), key == "type" {
        guard let type = mapTypes.firstIndex(of: value) else {
          throw LabError(
            "--map \(text): unknown type \"\(value)\"\(didYouMeanOrStop(value, among: mapTypes)) "
              + "There are \(mapTypes.joined(separator: ", ")).")
        }
        map.type = UInt32(type + 1)
      } else if let (key, value) = split(part, at: "="), let number = UInt32(value),
        ["key", "value", "entries"].contains(key)
      {
        switch key {
        case "key": map.keySize = number
        case "value": map.valueSize = number
        default: map.entries = number
        }
      } else {
        throw LabError("--map \(text): \"\(part)\" is no part of the form \(mapForm).")
      }
    }
    return map
  }

  private static let mapForm =
    "NAME=ENTRIES[,key=BYTES][,value=BYTES][,type=TYPE] or NAME=INDEX:PROGRAM,…"

  /// From number 1 on (linux/bpf.h, `enum bpf_map_type`), as bpftool names them.
  private static let mapTypes = [
    "hash", "array", "prog_array", "perf_event_array", "percpu_hash", "percpu_array", "stack_trace",
    "cgroup_array", "lru_hash", "lru_percpu_hash", "lpm_trie", "array_of_maps", "hash_of_maps",
    "devmap", "sockmap", "cpumap", "xskmap", "sockhash", "cgroup_storage", "reuseport_sockarray",
    "percpu_cgroup_storage", "queue", "stack", "sk_storage", "devmap_hash", "struct_ops", "ringbuf",
    "inode_storage", "task_storage", "bloom_filter", "user_ringbuf", "cgrp_storage", "arena",
  ]

  private static func split(_ text: String, at sign: Character) -> (String, String)? {
    guard let index = text.firstIndex(of: sign) else { return nil }
    return (String(text[..<index]), String(text[text.index(after: index)...]))
  }

  /// The variable in `config.port` and `table[3]`.
  static func root(of path: String) -> String {
    String(path.prefix { $0 != "." && $0 != "[" })
  }

  /// What options say of how an object is loaded.
  ///
  /// - Parameter maps: as for `--map`, and so on.
  /// - Throws: ``LabError`` for a word that means nothing.
  public static func shape(
    attach: [String], maps: [String], arguments: [String], only: [String], without: [String],
    workload: [WorkStep]
  ) throws -> TryShape {
    var shape = TryShape()
    for place in try attach.map(Self.attach) {
      switch place {
      case .target(let attachment): shape.attach.append(attachment)
      case .hook(let hook): shape.hooks.append(hook)
      }
    }
    shape.maps = try maps.map(map)
    shape.arguments = try arguments.map(argument)
    try ArgumentChoice.check(shape.arguments)
    (shape.only, shape.without, shape.workload) = (only, without, workload)
    return shape
  }

  /// A step as in a scenario's file.
  public static func step(_ text: String) throws -> WorkStep {
    do {
      return try WorkStep.reading(text)
    } catch let error as InvalidScenario {
      throw LabError(
        "--workload '\(text)': \(error.problems.map(\.message).joined(separator: "; "))")
    } catch {
      throw LabError("--workload '\(text)' is not a step such as 'files: 8': \(error)")
    }
  }

  /// What compilers get besides.
  ///
  /// - Parameters:
  ///   - flags: arguments, several in a word if blanks part them, with quotes as in a shell.
  ///   - machine: `-mcpu` of a program; nil for the usual one.
  public static func compiler(
    includes: [String], definitions: [String], flags: [String], machine: String?
  ) throws -> CompilerOptions {
    var options = CompilerOptions()
    (options.includes, options.definitions, options.machine) = (includes, definitions, machine)
    for text in flags {
      guard let words = CompilerOptions.words(text) else {
        throw LabError("--cflags '\(text)': a quotation doesn't end.")
      }
      options.flags += words
    }
    return options
  }

  /// `NAME=VALUE`, `NAME=VALUE,VALUE,…`; `\,` is a comma in a value.
  public static func argument(_ text: String) throws -> ArgumentChoice {
    let form = "NAME=VALUE or NAME=VALUE,VALUE,…"
    let (name, value) = try pair(text, "--arg", form)
    var values = [""]
    var isEscaped = false
    for character in value {
      if character == ",", !isEscaped {
        values.append("")
      } else {
        if isEscaped, character != "," { values[values.count - 1].append("\\") }
        isEscaped = character == "\\"
        if isEscaped { continue }
        values[values.count - 1].append(character)
      }
      isEscaped = false
    }
    if isEscaped { values[values.count - 1].append("\\") }
    guard !values.contains("") else {
      throw LabError(
        "--arg \(text): a value is missing; use the form \(form), and \\, for a comma in a value.")
    }
    return ArgumentChoice(name: name, values: values.withoutRepeats)
  }

  private static func pair(
    _ text: String, _ option: String, _ form: String
  ) throws -> (String, String) {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex,
      text.index(after: sign) < text.endIndex
    else { throw LabError("\(option) \(text): use the form \(form).") }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}

extension HookChoice.Kind {
  fileprivate var form: String {
    switch self {
    case .kprobe, .kretprobe, .fentry, .fexit: "\(rawValue):FUNCTION"
    case .tracepoint: "\(rawValue):CATEGORY/NAME"
    case .rawTracepoint: "\(rawValue):NAME"
    case .uprobe, .uretprobe: "\(rawValue):PATH:SYMBOL"
    case .lsm: "\(rawValue):HOOK"
    }
  }

  fileprivate func takes(_ place: String) -> Bool {
    switch self {
    case .tracepoint: place.contains("/")
    case .uprobe, .uretprobe: place.contains(":") && place.hasPrefix("/")
    default: !place.isEmpty
    }
  }
}
