// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Scenarios
import Trials
import Verdicts
import Wire

extension TrySession {
  /// Plans the trials of an object's programs: one of all, or one for each.
  func programs(_ plan: TryPlan, _ object: ObjectFile) throws -> [TryPlan] {
    let all = object.programs
    let names = all.map(\.name)
    // A set of operations may have defaults for all of them.
    guard !all.isEmpty || object.sections.contains(where: { $0.name.hasPrefix(".struct_ops") })
    else {
      throw LabError(
        "\(plan.file.path) has no program: no function that isn't static has a SEC(\"…\").")
    }
    for name in [request.program].compactMap(\.self) + request.attach.map(\.program)
    where !names.contains(name) {
      throw LabError(
        "\(plan.file.path) has no program \"\(name)\"\(didYouMeanOrStop(name, among: names)) It has "
          + "\(VisibleText.escape(names.joined(separator: ", "))).")
    }
    let chosen: [String?] = request.eachProgram ? names : [request.program]
    return chosen.map { only in
      var plan = plan
      let loaded = all.filter { program in
        only.map { $0 == program.name } ?? !program.section.hasPrefix("?")
      }
      let attach = TriedAttachment.attachments(
        of: loaded.map { ($0.name, $0.section) }, wanted: request.attach)
      plan.overrides.onlyProgram = only
      plan.scenario = .tried(
        name: request.eachProgram
          ? "\(plan.file.name).\(TriedFile.name(from: only ?? ""))" : plan.file.name,
        attach: attach,
        workload: request.workload.isEmpty
          ? TriedAttachment.workload(
            triggers: attach.contains { $0.to == .testRun },
            iterates: loaded.contains { $0.section.hasPrefix("iter") }) : request.workload,
        modules: TriedAttachment.modules(for: attach))
      return plan
    }
  }
}
