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
    try require(
      request.only + request.without + request.attach.map(\.program) + request.hooks.map(\.program)
        + request.maps.flatMap { $0.programs.map(\.program) },
      among: names, "program", of: plan.file)
    try require(request.maps.map(\.map), among: object.maps, "map", of: plan.file)
    var plan = plan
    let globals = object.globals
    if files.count == 1 {
      try require(
        request.arguments.map { TryWords.root(of: $0.name) }, among: globals, "global variable",
        of: plan.file)
    }
    plan.overrides.arguments.removeAll { !globals.contains(TryWords.root(of: $0.name)) }
    let wanted = request.only.isEmpty ? names : request.only
    let each = wanted.filter { !request.without.contains($0) }
    return (request.eachProgram ? each.map { [$0] } : [request.only]).map { only in
      let loaded = all.filter { ProgramNotes.leftOut($0, only, request.without) == nil }
      return programs(plan, all, loaded: loaded, only: only)
    }
  }

  /// - Throws: ``LabError`` if a name of the request is none of the object's.
  private func require(
    _ wanted: [String], among names: [String], _ kind: String, of file: TriedFile
  ) throws {
    for name in wanted where !names.contains(name) {
      let known = names.isEmpty ? "none" : VisibleText.escape(names.joined(separator: ", "))
      throw LabError(
        "\(file.path) has no \(kind) \"\(name)\"\(didYouMeanOrStop(name, among: names)) It has \(known)."
      )
    }
  }

  /// Plans one trial of an object's programs.
  private func programs(
    _ plan: TryPlan, _ all: [ObjectFile.Function], loaded: [ObjectFile.Function], only: [String]
  ) -> TryPlan {
    var plan = plan
    func isLoaded(_ name: String) -> Bool { loaded.contains { $0.name == name } }
    let hooks = request.hooks.filter { isLoaded($0.program) }
    let attach = TriedAttachment.attachments(
      of: loaded.filter { program in !hooks.contains { $0.program == program.name } }
        .map { ($0.name, $0.section) },
      wanted: request.attach.filter { isLoaded($0.program) })
    let maps = request.maps.map { map in
      var map = map
      map.programs.removeAll { !isLoaded($0.program) }
      return map
    }
    plan.overrides.choices = LoadChoices(
      only: only, without: request.without, hooks: hooks, maps: maps)
    plan.programs = request.eachProgram ? loaded : all
    plan.scenario = .tried(
      name: request.eachProgram
        ? "\(plan.file.name).\(TriedFile.name(from: only.first ?? ""))" : plan.file.name,
      attach: attach,
      workload: request.workload.isEmpty
        ? TriedAttachment.workload(
          triggers: attach.contains { $0.to == .testRun },
          iterates: loaded.contains { $0.section.hasPrefix("iter") }) : request.workload,
      modules: TriedAttachment.modules(for: attach))
    return plan
  }
}
