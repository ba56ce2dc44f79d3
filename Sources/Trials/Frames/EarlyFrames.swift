// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Host
package import Verdicts

/// Which frames of some traces are in a module.
package struct FrameQuestion: Sendable, Equatable {
  /// As the kernel prints them, sorted.
  let places: [String]
  /// Return addresses: all frames below the innermost one.
  let returns: Set<String>

  package init(_ traces: [[Frame]], ofModule module: String) {
    var places: Set<String> = []
    var returns: Set<String> = []
    for trace in traces {
      for (depth, frame) in trace.enumerated() where frame.module == module {
        places.insert(frame.place)
        if depth > 0 { returns.insert(frame.place) }
      }
    }
    self.places = places.sorted()
    self.returns = returns
  }
}

extension Forge {
  /// The lines of the frames, by frame.
  package func resolve(_ question: FrameQuestion, in full: String) async throws -> [String:
    SourcePlace]
  {
    guard !question.places.isEmpty else { return [:] }
    return try await resolve(question.places, in: full, returnAddresses: question.returns)
  }
}

/// The lines of the frames that are on the console when the worker has died, looked up while the
/// guest is still being examined. Releasing it ends the lookup.
final class EarlyFrames: Sendable {
  private let question: FrameQuestion
  private let answer: Task<[String: SourcePlace], any Error>

  /// - Parameter console: what there is of it so far.
  init?(console: String, ofModule module: String, full: String, by forge: Forge) {
    let bytes: [UInt8]
    do {
      bytes = try Files.read(console)
    } catch {
      // It is read again when the trial is over.
      return nil
    }
    let question = FrameQuestion(KernelLog.findings(in: bytes).map(\.frames), ofModule: module)
    guard !question.places.isEmpty else { return nil }
    self.question = question
    answer = Task { try await forge.resolve(question, in: full) }
  }

  deinit { answer.cancel() }

  /// Nil if the whole console needs another lookup.
  func answer(to question: FrameQuestion) async throws -> [String: SourcePlace]? {
    question == self.question ? try await answer.value : nil
  }
}
