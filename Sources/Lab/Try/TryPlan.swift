// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Host
import Kernels
import Machine
import Scenarios
import Trials
import Verdicts
import Wire

/// One trial of a try, ready to be run.
struct TryPlan: Sendable {
  var file: TriedFile
  var kernel: TryKernel
  var twin: ForgedTwin
  var scenario: Scenario
  var overrides: PlanOverrides
  /// The files of the user's that it was made of.
  var inputs: [String] = []
  var paths = TryPaths([:])
  /// The compiler's version, and how a program was compiled; nil for an object.
  var compiler: String?
  /// All programs of the object that the answer lists; empty for a module.
  var programs: [ObjectFile.Function] = []
  var compilerLines: [String] = []
  var notes: [String] = []
  var compileSeconds = 0.0
  /// Which of a folder's modules; nil if it has one.
  var part: String?
  /// The arguments that the object has.
  var arguments: [ArgumentChoice] = []
  /// What was chosen among several values of arguments; empty if nothing was.
  var configuration: [String] = []

  /// What the user calls it.
  var title: String { part.map { "\(file.path) (\($0))" } ?? file.path }

  /// The only program that is loaded, if one was chosen.
  var program: String? { overrides.choices.flatMap { $0.only.count == 1 ? $0.only[0] : nil } }

  func refused(_ messages: [CompilerMessage]) -> TryPlan {
    var plan = self
    plan.twin.result = .refused(messages)
    plan.compilerLines = messages.flatMap { $0.excerpt ?? [$0.description] }.map(paths.text)
    return plan
  }
}

extension TrySession {
  /// Compiles a file if it is a source, examines the object, and plans its trials: one, one per
  /// program, or one per module of a folder.
  ///
  /// - Parameters:
  ///   - recipe: how a program is compiled; nil for the usual way.
  ///   - folder: one that stays until the trials are over.
  func plan(
    _ file: TriedFile, on kernel: TryKernel, by recipe: UserForge.ProgramRecipe? = nil,
    in folder: String
  ) async throws -> [TryPlan] {
    let lacks = kernel.prepared.kernel.lacks
    if let reason = file.mechanism == .lkm ? lacks.modules : lacks.programs {
      throw LabError("\(file.path) can't be tried: \(reason).", .kernel)
    }
    var plan = TryPlan(
      file: file, kernel: kernel,
      twin: ForgedTwin(
        scenario: file.name, mechanism: file.mechanism,
        result: .success(.init(object: file.path, full: file.path, sources: []))),
      scenario: .tried(name: file.name, attach: [], workload: []), overrides: PlanOverrides())
    if let label = file.label { plan.configuration = [label] }
    guard file.isSource else { return try await plans(plan, of: file.path) }
    let began = ContinuousClock.now
    if file.mechanism == .lkm, let reason = lacks.headers {
      throw LabError("\(file.path) can't be tried: \(reason).", .kernel)
    }
    try Files.makeFolder(folder)
    let made = try await compile(file, by: kernel.forge, recipe, in: folder)
    plan.compileSeconds = (ContinuousClock.now - began).seconds
    plan.inputs = made.inputs
    plan.paths = TryPaths(made.names)
    plan.compiler = made.compiler
    plan.notes = made.notes
    switch made.result {
    case .refused(let messages):
      if file.mechanism == .bpf, let reason = lacks.types,
        messages.contains(where: { $0.text.contains("vmlinux.h") })
      {
        throw LabError("\(file.path) can't be tried: \(reason).", .kernel)
      }
      return [plan.refused(messages)]
    case .made(let objects):
      let refused = made.failures.sorted { $0.key < $1.key }.map { name, messages in
        var refused = plan.refused(messages)
        refused.scenario.name = TriedFile.name(from: name)
        refused.part = name
        return refused
      }
      var found: [TryPlan] = []
      for object in objects {
        var plan = plan
        plan.twin.result = .success(object)
        if objects.count + refused.count > 1 {
          plan.part = String(Files.name(of: object.full).prefix { $0 != "." })
        }
        found += try await plans(plan, of: object.object, beside: objects.map(\.object))
      }
      return found + refused
    }
  }

  /// - Parameter all: the modules of the same folder, this one included.
  private func plans(
    _ plan: TryPlan, of path: String, beside all: [String] = []
  ) async throws -> [TryPlan] {
    let object: ObjectFile
    do {
      object = try ObjectFile(path: path)
    } catch let error as ForgeError where !plan.file.isSource {
      throw LabError("\(error.what): give another file, or its source.")
    }
    if object.programs.count > Self.mostPrograms, request.eachProgram {
      throw LabError(
        "\(plan.file.path) has \(object.programs.count) programs, and --each-program takes "
          + "\(Self.mostPrograms) at most: choose some with --only.")
    }
    try plan.file.requireFit(object, plan.kernel.prepared.kernel)
    guard plan.file.mechanism == .lkm else { return try programs(plan, object) }
    let others = try all.filter { $0 != path }.map { try ObjectFile(path: $0) }
    return try await module(plan, object).bringing(object, others, preparation).configured()
  }

  /// Trials of one try; each has a guest.
  private static let mostPrograms = 1000

  private func module(_ plan: TryPlan, _ object: ObjectFile) throws -> TryPlan {
    var plan = plan
    let shape = shape(of: plan.file)
    let typed = object.moduleInfo("parmtype").compactMap {
      $0.split(separator: ":").first.map(String.init)
    }
    let parameters = (typed + object.parameters).withoutRepeats
    for argument in shape.arguments where !parameters.contains(argument.name) {
      let known = parameters.isEmpty ? "none" : parameters.joined(separator: ", ")
      let words = "\(plan.file.path) has no parameter \"\(argument.name)\"; it has \(known)."
      guard !plan.file.hasOwnShape(in: self) else { throw LabError(words) }
      plan.notes.append(words)
    }
    if plan.file.hasOwnShape(in: self) {
      if let program = (shape.only + shape.without).first {
        throw LabError("\(program) can't be chosen: only an eBPF object has several programs.")
      }
    }
    plan.overrides.entryPoints = object.entryPoints
    plan.arguments = shape.arguments.filter { parameters.contains($0.name) }
    if request.armed, !parameters.contains("armed"), try !plan.file.namesArm() {
      plan.notes.append("the module has no parameter armed: --armed changes nothing")
    }
    // The agent finds the module under its own name. Whoever made it, the name becomes part of
    // paths.
    let name = TriedFile.name(from: object.moduleInfo("name").first ?? plan.file.name)
    plan.twin.scenario = name
    plan.overrides.objectName = name
    plan.scenario = .tried(
      name: name + plan.file.suffix, attach: [],
      workload: shape.workload.isEmpty
        ? TriedAttachment.workload(
          triggers: parameters.contains("trigger"), iterates: false, makesFiles: true)
        : shape.workload)
    return plan
  }
}

extension TryPlan {
  /// Has the modules loaded first that a module needs or asks for, as modprobe(8) does.
  ///
  /// - Parameter others: further modules of the user's, among which may be some of these.
  /// - Throws: ``LabError`` if the kernel doesn't have one that it needs.
  fileprivate func bringing(
    _ object: ObjectFile, _ others: [ObjectFile], _ preparation: Preparation
  ) async throws -> TryPlan {
    let prepared = kernel.prepared
    let own = Set(others.map(\.moduleName))
    func isThere(_ name: String) -> Bool { own.contains(name) || prepared.modules.has(name) }
    if let gone = object.moduleDependencies.first(where: { !isThere($0) }) {
      throw LabError(
        "\(title) needs the module \(gone), which kernel \(prepared.kernel.name) does not have; another may "
          + "(--kernel).", .kernel)
    }
    // What a module only asks for may be missing.
    let names = object.modulesBefore.filter(isThere)
    if names.isEmpty { return self }
    var plan = self
    plan.scenario.modules = names
    let isOwn = names.contains(where: own.contains)
    let kernels = (isOwn ? others.flatMap(\.modulesBefore) : []) + names
    plan.kernel.machine = try await preparation.machine(
      of: prepared, profileNamed: kernel.profile,
      with: Set(kernels.filter { prepared.modules.path(of: $0) != nil }).sorted(),
      files: isOwn ? others.map(\.path) : [])
    plan.notes.append("loaded first: \(names.joined(separator: ", "))")
    return plan
  }
}
