// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Record
import Verdicts

/// What a user can do about an answer that is due to what an application would have done, or to how
/// the lab is set up, and not to the file.
enum TryHints {
  /// - Parameters:
  ///   - refusal: as the agent reported it; nil if nothing was refused.
  ///   - programs: of the object.
  ///   - memoryMiB: the guest's.
  static func hints(
    on record: TrialRecord, _ refusal: TryLog.Refusal?, _ programs: [ObjectFile.Function],
    memoryMiB: Int, thresholds: TryRequest.Thresholds
  ) -> [String] {
    var hints: [String] = []
    if let refusal {
      hints += refusal.message.split(separator: "\n").flatMap { line in
        Self.hints(on: String(line), programs, isPolicy: record.verdict.category == .policy)
      }
      if refusal.errno == noMemory {
        hints.append(
          "the guest has \(memoryMiB) MiB of memory, which may be what is short: "
            + "--memory \(memoryMiB * 4) gives it more")
      }
    }
    if thresholds == .sharp, let hint = threshold(record.verdict) { hints.append(hint) }
    var seen: Set<String> = []
    return hints.filter { seen.insert($0).inserted }
  }

  private static let noMemory: Int32 = 12

  /// What libbpf.c prints.
  private static func hints(
    on line: String, _ programs: [ObjectFile.Function], isPolicy: Bool
  ) -> [String] {
    if let map = name(in: line, after: "map '"), line.contains("failed to create") {
      return [
        "an application may set this map's sizes before it loads the object: "
          + "--map \(map)=ENTRIES,value=BYTES (and key=BYTES, type=TYPE); of a stack trace map, "
          + "value is 8 for each frame: 1016 at most"
      ]
    }
    guard let program = name(in: line, after: "prog '"),
      let function = programs.first(where: { $0.name == program })
    else { return [] }
    if line.contains("failed to find kernel BTF type ID")
      || line.contains("no BTF-based attach target")
    {
      let target = ProgramNotes.hook(of: function.section) ?? "fentry:FUNCTION"
      return ["an application may choose the target: --attach \(program)=\(target)"]
        + without(program, programs)
    }
    let isAttaching = ["failed to create", "failed to attach", "perf event", "tracepoint"]
      .contains { line.contains($0) }
    // What this type of program may not do here, another that does the same job may.
    if isAttaching || isPolicy { return without(program, programs) }
    if line.contains("missing BPF prog type") {
      return [
        "libbpf doesn't know the section \(function.section): --attach \(program)=TARGET says what "
          + "the program is"
      ]
    }
    return []
  }

  private static func without(
    _ program: String, _ programs: [ObjectFile.Function]
  ) -> [String] {
    guard programs.count > 1 else { return [] }
    return [
      "--without \(program) loads the others, as an application does that has a choice of programs "
        + "for several kernels"
    ]
  }

  /// The lab's guests report what takes long sooner than others (vm/profiles.yaml).
  private static func threshold(_ verdict: Verdict) -> String? {
    let words: String
    switch verdict.kind {
    case .hungTask: words = "a task that sleeps uninterruptibly after 1 s, a stock kernel after 120"
    case .softLockup: words = "a CPU that is busy in the kernel after 2 s, a stock kernel after 20"
    case .rcuStall: words = "a stalled RCU grace period after 4 s, a stock kernel after 21"
    default: return nil
    }
    return "the lab's kernel reports \(words): --stock-thresholds waits as long"
  }

  /// `'name'`, after these words.
  private static func name(in line: String, after words: String) -> String? {
    guard let start = line.firstRange(of: words)?.upperBound,
      let end = line[start...].firstIndex(of: "'")
    else { return nil }
    return String(line[start..<end])
  }
}
