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
    let shape = shape(of: plan.file)
    try require(
      shape.only + shape.without + shape.attach.map(\.program) + shape.hooks.map(\.program)
        + shape.maps.flatMap { $0.programs.map(\.program) },
      among: names, "program", of: plan.file)
    try require(shape.maps.map(\.map), among: object.maps, "map", of: plan.file)
    var plan = plan
    let globals = object.globals
    if plan.file.hasOwnShape(in: self) {
      try require(
        shape.arguments.map { TryWords.root(of: $0.name) }, among: globals, "global variable",
        of: plan.file)
    }
    plan.arguments = shape.arguments.filter { globals.contains(TryWords.root(of: $0.name)) }
    let wanted = shape.only.isEmpty ? names : shape.only
    let each = wanted.filter { !shape.without.contains($0) }
    return (request.eachProgram ? each.map { [$0] } : [shape.only]).flatMap { only in
      let loaded = all.filter { ProgramNotes.leftOut($0, only, shape.without) == nil }
      return programs(plan, all, loaded: loaded, only: only).configured()
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
    let shape = shape(of: plan.file)
    func isLoaded(_ name: String) -> Bool { loaded.contains { $0.name == name } }
    let hooks = shape.hooks.filter { isLoaded($0.program) }
    let attach = TriedAttachment.attachments(
      of: loaded.filter { program in !hooks.contains { $0.program == program.name } }
        .map { ($0.name, $0.section) },
      wanted: shape.attach.filter { isLoaded($0.program) })
    let maps = shape.maps.map { map in
      var map = map
      map.programs.removeAll { !isLoaded($0.program) }
      return map
    }
    plan.overrides.choices = LoadChoices(
      only: only, without: shape.without, hooks: hooks, maps: maps)
    plan.programs = request.eachProgram ? loaded : all
    plan.scenario = .tried(
      name: request.eachProgram
        ? "\(plan.file.name).\(TriedFile.name(from: only.first ?? ""))" : plan.file.name,
      attach: attach,
      workload: shape.workload.isEmpty
        ? TriedAttachment.workload(
          triggers: attach.contains { $0.to == .testRun },
          iterates: loaded.contains { $0.section.hasPrefix("iter") }) : shape.workload,
      modules: TriedAttachment.modules(for: attach))
    return plan
  }
}
