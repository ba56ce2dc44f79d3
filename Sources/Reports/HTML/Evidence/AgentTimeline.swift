// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What the agent said and when, from `agent.jsonl`.
enum AgentTimeline {
  struct Entry: Equatable {
    /// Since the trial began.
    var seconds: Double
    var what: String
  }

  /// A line as the laboratory writes it: `{"message":{"step":{"_0":"load"}},"seconds":0.07}`.
  private struct Line: Decodable {
    var seconds: Double
    var message: [String: Detail]?
  }

  private struct Detail: Decodable {
    var step: String?
    var check: String?
    var signal: Int?
    var faults: Int64?

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      guard let fields = try? decoder.container(keyedBy: Key.self) else { return }
      step = try? fields.decode(String.self, forKey: Key(stringValue: "_0"))
      check = try? fields.decode(String.self, forKey: Key(stringValue: "check"))
      signal = try? fields.decode(Int.self, forKey: Key(stringValue: "signal"))
      faults = try? fields.decode(Int64.self, forKey: Key(stringValue: "faults"))
    }
  }

  /// Without heartbeats, and with the health checks only once. A line that is not the laboratory's
  /// is left out as well: the timeline is for orientation, the file itself is evidence.
  static func entries(_ lines: [String]) -> [Entry] {
    var entries: [Entry] = []
    for line in lines {
      guard let entry = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)),
        (0...1e9).contains(entry.seconds), let (name, detail) = entry.message?.first,
        let what = phrase(name, detail), entries.last?.what != what
      else { continue }
      entries.append(Entry(seconds: entry.seconds, what: what))
    }
    return entries
  }

  /// How often the twin counted its faulty code as run; nil where it reported nothing.
  static func faults(_ lines: [String]) -> Int64? {
    lines.lazy.compactMap { line in
      // As above: what is none of the laboratory's proves nothing.
      (try? JSONDecoder().decode(Line.self, from: Data(line.utf8)))?.message?["observed"]?.faults
    }.last
  }

  private static func phrase(_ name: String, _ detail: Detail) -> String? {
    switch name {
    case "heartbeat", "verifierLog": nil
    case "step": detail.step
    case "health": "health checks"
    case "workerEnded": detail.signal.map { "worker killed by signal \($0)" } ?? "worker ended"
    case "state": "state noted"
    default: name
    }
  }
}
