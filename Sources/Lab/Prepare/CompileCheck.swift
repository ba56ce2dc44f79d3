// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Host
import Kernels
public import Scenarios
import Verdicts

/// Whether scenarios' sources compile as they should.
public struct CompileCheck: Sendable {
  let preparation: Preparation

  /// Compiles both twins of the scenarios for a kernel, as a run would; what is in the cache is not
  /// compiled again.
  ///
  /// - Parameter kernel: a kernel of `vm/kernels.yaml`; nil for the default one.
  /// - Returns: every error of every twin, sorted by place. If the compiler is meant to refuse an
  ///   armed twin, that is not an error, but accepting it is.
  /// - Throws: ``LabError``, and what keeps the compilers from working at all.
  public func problems(in scenarios: [Scenario], kernel: String?) async throws -> [Problem] {
    let entry = try await preparation.kernels.selectOne(kernel)
    let prepared = try await preparation.kernels.store.kernel(entry)
    if let reason = prepared.lacks.builtModules ?? prepared.lacks.typedPrograms {
      throw LabError("Not all twins can be compiled: \(reason).")
    }
    let forge = preparation.forge(for: prepared)
    let named = Dictionary(
      scenarios.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    // A missing source is reported by `Check`; here it would keep all others from being compiled.
    let whole = scenarios.filter { scenario in
      Mechanism.allCases.allSatisfy {
        Files.exists("\(preparation.repository.root)/\(scenario.sourcePath($0))")
      }
    }
    return try await forge.forge(whole).flatMap { twin in
      named[twin.scenario].map { Self.problems(of: twin, $0) } ?? []
    }.sorted()
  }

  /// What a compiler's answer means for a scenario's file.
  package static func problems(of twin: ForgedTwin, _ scenario: Scenario) -> [Problem] {
    let armed = scenario.twins[twin.mechanism].armed
    let isMeant =
      twin.armed == true && armed.verdict == .rejected && armed.by == Gate.compiler.rawValue
    switch twin.result {
    case .refused where isMeant: return []
    case .refused(let messages):
      let arm = twin.armed.map { $0 ? " (ARMED=1)" : " (ARMED=0)" } ?? ""
      return messages.map { message in
        Problem(
          file: message.file, line: message.line ?? 1,
          message: "does not compile\(arm): \(message.text)")
      }
    case .unavailable(let reason):
      return [
        Problem(
          file: scenario.sourcePath(twin.mechanism), line: 1, message: "was not compiled: \(reason)"
        )
      ]
    case .success where isMeant:
      return [
        Problem(
          file: scenario.yamlPath, line: 1,
          message: "twins.\(twin.mechanism.rawValue).armed expects rejected by compiler, but "
            + "\(scenario.sourcePath(twin.mechanism)) compiles with ARMED=1: correct one of them")
      ]
    case .success: return []
    }
  }
}
