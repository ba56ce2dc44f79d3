// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

extension AgentFacts {
  /// What an outcome may depend on.
  var remains: TrialRemains {
    TrialRemains(
      verifierLog: verifierLog, tools: tools,
      steps: facts.compactMap { if case .step(let name) = $0 { name } else { nil } })
  }
}
