// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// The bottom of the page: what was run on, and how to take it.
struct MethodView {
  private let run: RunRecord

  init(_ run: RunRecord) {
    self.run = run
  }

  var view: View {
    let header = run.header
    let versions = header.versions.sorted { $0.key < $1.key }
    return [
      "kernels": run.kernelsByAge.map { ["name": $0.name, "release": $0.exactName] as View },
      "profiles": header.profiles.joined(separator: ", "),
      "versions": versions.map { ["name": $0.key, "version": $0.value] as View },
      "system": header.host.system, "processor": header.host.processor,
      "cores": header.host.cores, "memory": header.host.memoryMiB,
      "accelerator": header.accelerator, "acceleratorReason": header.acceleratorReason,
      "repetitions": header.repetitions,
      "command": "panicroom " + header.command.joined(separator: " "),
      "again": run.trials.count - run.currentTrials.count,
    ]
  }
}
