// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A crash point of the kernel's own module of faults, LKDTM, and its expected result.
public struct CrashPoint: Sendable, Equatable {
  /// As the kernel calls it: `SLAB_FREE_DOUBLE`.
  public var name: String
  /// How often the same process sets it off.
  public var times: Int
  /// Of its guest.
  public var cpus: Int
  /// What is expected, on which kernel.
  public var twin: Scenario.Twin

  /// - Throws: ``UnreadableFile``, ``InvalidScenario`` with all problems of the file.
  public static func read(_ path: String) throws -> [CrashPoint] {
    try parse(try readText(path), file: path)
  }

  /// - Throws: ``InvalidScenario``.
  public static func parse(_ text: String, file: String) throws -> [CrashPoint] {
    try YAMLFields.read(text, file: file, known: ["source", "points"]) { root in
      _ = root.string("source")
      var points: [CrashPoint] = []
      for item in root.items("points", known: ["point", "times", "cpus", "armed", "kernels"]) {
        let point = CrashPoint(item)
        if points.contains(where: { $0.name == point.name }) {
          item.report.add(item.line, "\(point.name) is listed twice")
        }
        points.append(point)
      }
      return points
    }
  }

  /// The names of the crash points that a module LKDTM has: each is done by a function `lkdtm_NAME`,
  /// which its table of symbols names (drivers/misc/lkdtm/lkdtm.h, CRASHTYPE).
  package static func names(inModule bytes: [UInt8]) -> Set<String> {
    let prefix = Array("lkdtm_".utf8)
    var names: Set<String> = []
    for text in bytes.split(separator: 0) where text.starts(with: prefix) {
      let name = text.dropFirst(prefix.count)
      let isName = name.allSatisfy {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
      }
      if isName, !name.isEmpty { names.insert(String(decoding: name, as: UTF8.self)) }
    }
    return names
  }

  /// What stands in for a scenario in its trial.
  package var scenario: Scenario {
    var scenario = Scenario.tried(name: name, attach: [], workload: [])
    scenario.title = "LKDTM's crash point \(name)"
    scenario.cpus = cpus
    scenario.twins.lkm = twin
    return scenario
  }
}

extension CrashPoint {
  fileprivate init(_ fields: YAMLFields) {
    name = fields.string("point")
    times = fields.optionalInteger("times", in: 1...100) ?? 1
    cpus = fields.optionalInteger("cpus", in: 1...2) ?? 1
    twin = Scenario.Twin(fields)
  }
}
