// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

/// How `run` takes a part of its trials.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Run only part K of N, such as 3/8. All parts together are the whole run; merge puts them \
      together. The exit status is 0 if the part is complete, 3 if trials are missing.
      """, valueName: "k/n"))
  var shard: String?

  @Option(
    help: ArgumentHelp(
      "Make the parts equally long by the times of this earlier run.", valueName: "run"),
    completion: .directory)
  var balance: String?

  var isEmpty: Bool { shard == nil && balance == nil }

  func validate() throws {
    if balance != nil && shard == nil {
      throw ValidationError("--balance needs --shard, which says which part to run.")
    }
    do {
      _ = try choice
    } catch let error as LabError {
      throw ValidationError(error.message)
    }
  }

  /// - Throws: `LabError`.
  var choice: ShardChoice? {
    get throws {
      guard let shard else { return nil }
      var choice = try ShardChoice(shard)
      choice.balance = balance
      choice.program = Version.number
      return choice
    }
  }
}
