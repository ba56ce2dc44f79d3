// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import TestSupport

/// A small real run, kept as a fixture: four scenarios, one of them with a second look. Its times and
/// what it says of its host are replaced, so that nothing of one machine is in it.
enum SampleRun {
  static let path = Checkout.path("Tests/ReportsTests/Fixtures/sample-run")

  static var evidence: RunEvidence { RunEvidence(path: path) }

  static func read() throws -> RunRecord { try RunDirectory.read(path) }
}
