// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Wire

/// A step of a scenario is a mapping with the step's name as its key, in YAML and in JSON:
/// `- syscall: getpgid` with `times: 64`, `- files: 8`, `- sleep_ms: 300`.
extension WorkStep: Codable {
  private enum Key: String, CodingKey, CaseIterable {
    case syscall, times, callers, files, packets, connections, held, release, processes, signals,
      bystander, iterate, trigger, shell, devices, unload
    case crashPoint = "crash_point"
    case sleepMilliseconds = "sleep_ms"
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let names = container.allKeys.filter { $0 != .times && $0 != .callers }
    guard let key = names.first, names.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "a step has exactly one of "
            + Key.allCases.filter { $0 != .times && $0 != .callers }.map(\.rawValue).joined(
              separator: ", ")))
    }
    func count() throws -> Int { try container.decode(Int.self, forKey: key) }
    self =
      switch key {
      case .syscall:
        .systemCall(
          name: try container.decode(String.self, forKey: .syscall),
          times: try container.decodeIfPresent(Int.self, forKey: .times) ?? 1,
          callers: try container.decodeIfPresent(Int.self, forKey: .callers) ?? 1)
      case .files: .files(count: try count())
      case .packets: .packets(count: try count())
      case .connections: .connections(count: try count())
      case .held: .held(count: try count())
      case .release: .release
      case .processes: .processes(count: try count())
      case .sleepMilliseconds: .sleep(milliseconds: try count())
      case .signals: .signals(count: try count())
      case .bystander: .bystander(writes: try count())
      case .iterate: .iterate(times: try count())
      case .trigger: .trigger(times: try count())
      case .shell: .shell(line: try container.decode(String.self, forKey: .shell))
      case .devices: .devices(times: try count())
      case .crashPoint:
        .crashPoint(
          name: try container.decode(String.self, forKey: .crashPoint),
          times: try container.decodeIfPresent(Int.self, forKey: .times) ?? 1)
      case .unload, .times, .callers: .unload
      }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    switch self {
    case .systemCall(let name, let times, let callers):
      try container.encode(name, forKey: .syscall)
      try container.encode(times, forKey: .times)
      if callers > 1 { try container.encode(callers, forKey: .callers) }
    case .files(let count): try container.encode(count, forKey: .files)
    case .packets(let count): try container.encode(count, forKey: .packets)
    case .connections(let count): try container.encode(count, forKey: .connections)
    case .held(let count): try container.encode(count, forKey: .held)
    case .release: try container.encode(true, forKey: .release)
    case .processes(let count): try container.encode(count, forKey: .processes)
    case .sleep(let milliseconds): try container.encode(milliseconds, forKey: .sleepMilliseconds)
    case .signals(let count): try container.encode(count, forKey: .signals)
    case .bystander(let count): try container.encode(count, forKey: .bystander)
    case .iterate(let times): try container.encode(times, forKey: .iterate)
    case .trigger(let times): try container.encode(times, forKey: .trigger)
    case .crashPoint(let name, let times):
      try container.encode(name, forKey: .crashPoint)
      try container.encode(times, forKey: .times)
    case .shell(let line): try container.encode(line, forKey: .shell)
    case .devices(let times): try container.encode(times, forKey: .devices)
    case .unload: try container.encode(true, forKey: .unload)
    }
  }
}
