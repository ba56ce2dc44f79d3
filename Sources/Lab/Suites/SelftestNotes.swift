// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Scenarios
import Yams

/// Why programs of the verifier's self-tests have a different result here than they declare
/// (`vm/verifier-selftests.yaml`). Each reason was investigated; whatever isn't in the file is
/// unmet.
package struct SelftestNotes: Sendable {
  struct Note: Decodable, Sendable {
    /// Names of items, or patterns with `*` and `?`.
    var items: [String]
    /// What differs: see `SelftestExpectation.CheckName`.
    var check: String
    var because: String
  }

  let notes: [Note]

  /// - Parameter series: `6.12`: the reasons hold for one source only.
  /// - Throws: ``LabError`` if the file is invalid, `HostError` if it can't be read.
  package init(file: String, series: String) throws {
    let all: [String: [Note]]
    do {
      all = try YAMLDecoder().decode([String: [Note]].self, from: Files.text(file))
    } catch let error as HostError {
      throw error
    } catch {
      throw LabError("\(file) can't be read as reasons: \(error)")
    }
    for note in all.values.joined() where !SelftestExpectation.CheckName.all.contains(note.check) {
      throw LabError(
        "\(file): there is no check \"\(note.check)\"; there are "
          + SelftestExpectation.CheckName.all.joined(separator: ", "))
    }
    notes = all[series] ?? []
  }

  /// The reasons for one item, by check.
  package func reasons(for item: String) -> [String: String] {
    var reasons: [String: String] = [:]
    for note in notes where note.items.contains(where: { NamePattern.matches(item, $0) }) {
      reasons[note.check] = note.because
    }
    return reasons
  }
}
