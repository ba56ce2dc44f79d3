// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Record
package import Verdicts

/// The words that people read where programs read values; docs/words.md has the table.
extension Ruling {
  /// - Parameter armed: whether there was a fault that could go unnoticed.
  package func word(armed: Bool) -> String {
    switch self {
    case .survived: armed ? "unnoticed" : "ran, nothing reported"
    case .notRun: "not run"
    default: rawValue
    }
  }
}

extension Verdict {
  /// `oopsed: null-dereference`, `rejected by verifier: policy`, `unnoticed`.
  package func phrase(armed: Bool) -> String {
    [.survived, .notRun].contains(ruling) ? ruling.word(armed: armed) : phrase
  }
}

extension TrialRecord {
  /// What it came to, in a person's words.
  package var said: String { verdict.phrase(armed: id.armed) }
}
