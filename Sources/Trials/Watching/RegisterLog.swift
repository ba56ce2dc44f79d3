// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import Machine
package import Verdicts

/// Samples a suspect guest's CPUs, and keeps the samples as `registers.log`.
package struct RegisterLog {
  package static let name = "registers.log"
  /// The last ones are what a verdict rests on; a guest may be suspect for a long time.
  private static let kept = 16

  private let logger: Logger
  private var threads: [Int: Int]?
  private var ticks: TickCounts?
  private var ticksAreKnown = true
  private var failures = 0
  private var looks: [Look] = []

  private struct Look {
    var heading: String
    var dump: String
  }

  package init(logger: Logger) { self.logger = logger }

  package var isEmpty: Bool { looks.isEmpty }

  package var bytes: [UInt8] { Array(looks.map { "\($0.heading)\n\($0.dump)\n" }.joined().utf8) }

  /// Each question that gets no answer costs the trial two seconds.
  private static let mostFailures = 3

  /// One sample; nil if QEMU does not answer, for example because it is stopped.
  package mutating func sample(_ guest: Guest, now: () -> Double) async -> ProcessorSample? {
    guard failures < Self.mostFailures else { return nil }
    do {
      let threads = try await self.threads(of: guest)
      // The monitor ends its lines with CR LF, which Swift takes for one character.
      let dump = try await guest.registers().replacing("\r\n", with: "\n")
      var usage: [Int: ProcessorSample.Thread] = [:]
      for (processor, thread) in threads {
        usage[processor] = guest.usage(ofThread: thread).map { .init($0) }
      }
      let ticks = await self.ticks(of: guest, processors: threads.count)
      let moment = now()
      looks.append(Look(heading: Self.heading(moment, usage, ticks), dump: dump))
      looks.removeFirst(max(0, looks.count - Self.kept))
      return ProcessorSample(
        now: moment, registers: ProcessorRegisters.read(dump), threads: usage, ticks: ticks,
        console: guest.consoleBytes)
    } catch {
      failures += 1
      logger.warning("A guest's registers could not be read.", metadata: ["error": "\(error)"])
      return nil
    }
  }

  private mutating func threads(of guest: Guest) async throws -> [Int: Int] {
    if let threads { return threads }
    let found = try await guest.processorThreads()
    threads = found
    return found
  }

  /// How far the CPUs have counted time; empty if unknown.
  private mutating func ticks(of guest: Guest, processors: Int) async
    -> [Int: ProcessorSample.Ticks]
  {
    guard ticksAreKnown else { return [:] }
    do {
      if ticks == nil { ticks = try await TickCounts(guest, processors: processors) }
      ticksAreKnown = ticks != nil
      guard let counts = try await ticks?.read() else { return [:] }
      return counts.mapValues { ProcessorSample.Ticks(value: $0.value, period: $0.period) }
    } catch {
      ticksAreKnown = false
      logger.warning("A guest's ticks could not be read.", metadata: ["error": "\(error)"])
      return [:]
    }
  }

  private static func heading(
    _ now: Double, _ usage: [Int: ProcessorSample.Thread], _ ticks: [Int: ProcessorSample.Ticks]
  ) -> String {
    let threads = usage.sorted { $0.key < $1.key }.map { processor, thread in
      "CPU \(processor) has run \(rounded(thread.seconds)) s"
        + (ticks[processor].map { " and counts \($0.value)" } ?? "")
    }
    return "[panicroom: \(rounded(now)) s; \(threads.joined(separator: ", "))]"
  }

  private static func rounded(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }

  /// The ending, with the lines of this log that show it.
  package func citing(_ ending: Ending) -> Ending {
    guard case .lockedUp(var lockup) = ending else { return ending }
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = ProcessorRegisters.read(text).filter { $0.processor == lockup.processor }.suffix(
      lockup.samples)
    // The first and the last of them; those between are like them.
    for registers in Array(lines.prefix(1)) + Array(lines.dropFirst().suffix(1)) {
      lockup.lines.append(
        EvidenceLine(file: Self.name, line: registers.line, text: registers.text))
    }
    return .lockedUp(lockup)
  }
}

extension ProcessorSample.Thread {
  fileprivate init(_ usage: (seconds: Double, sleeps: Bool)) {
    self.init(seconds: usage.seconds, sleeps: usage.sleeps)
  }
}
