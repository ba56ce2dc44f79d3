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
  var twin: ForgedTwin
  var scenario: Scenario
  var overrides: PlanOverrides
  var paths: TryPaths
  var compilerLines: [String] = []
  var notes: [String] = []
  var compileSeconds = 0.0
}

extension TrySession {
  /// Compiles a file if it is a source, examines the object, and plans its trials: one, or one per
  /// program.
  func plan(_ file: TriedFile, in folder: String) async throws -> [TryPlan] {
    let began = ContinuousClock.now
    var paths: [String: String] = [:]
    let twin: ForgedTwin
    let lacks = prepared.kernel.lacks
    if let reason = file.mechanism == .lkm ? lacks.modules : lacks.programs {
      throw LabError("\(file.path) can't be tried: \(reason).")
    }
    if file.isSource {
      let workspace = "\(folder)/\(file.mechanism.rawValue)"
      paths = try file.lay(in: workspace, from: preparation.repository.root)
      twin = try await compile(file, in: workspace, TryPaths(paths))
    } else {
      twin = ForgedTwin(
        scenario: file.name, mechanism: file.mechanism,
        result: .success(.init(object: file.path, full: file.path, sources: [])))
    }
    var plan = TryPlan(
      file: file, twin: twin,
      scenario: .tried(name: file.name, attach: request.attach, workload: request.workload),
      overrides: PlanOverrides(arguments: request.arguments), paths: TryPaths(paths))
    if file.isSource { plan.compileSeconds = (ContinuousClock.now - began).seconds }
    switch twin.result {
    case .unavailable(let reason): throw LabError("\(file.path) can't be tried: \(reason).")
    case .refused(let messages):
      plan.compilerLines = messages.flatMap { $0.excerpt ?? [$0.description] }
        .map(plan.paths.text)
      return [plan]
    case .success(let made):
      let object: ObjectFile
      do {
        object = try ObjectFile(path: made.object)
      } catch let error as ForgeError where !file.isSource {
        throw LabError("\(error.what): give another file, or its source.")
      }
      if object.programs.count > Self.mostPrograms, request.eachProgram {
        throw LabError(
          "\(file.path) has \(object.programs.count) programs, and --each-program takes "
            + "\(Self.mostPrograms) at most: choose some with --program.")
      }
      try file.requireFit(object, prepared.kernel)
      return try file.mechanism == .lkm
        ? [module(plan, object)] : programs(plan, object)
    }
  }

  /// Trials of one try; each has a guest.
  private static let mostPrograms = 1000
  /// Of address space: clang and gcc take a tenth of it for a large source.
  private static let compilerMiB = 4096

  private func compile(
    _ file: TriedFile, in workspace: String, _ paths: TryPaths
  ) async throws -> ForgedTwin {
    let bounds = Tool.Bounds(
      seconds: request.seconds, memoryMiB: Self.compilerMiB, fileMiB: TriedFile.longestMiB)
    let forge = Forge(
      kernel: prepared.kernel, repository: workspace, cache: preparation.cache,
      logger: preparation.logger, bounds: bounds)
    let arm = try file.namesArm() ? request.armed : nil
    do {
      return try await forge.forge(file.name, file.mechanism, armed: arm)
    } catch ToolError.endless(_, let seconds) {
      throw LabError(
        "\(file.path): the compiler did not end within \(Int(seconds)) s and was stopped; "
          + "--timeout gives it more.")
    } catch ToolError.outputTooLarge(let program) {
      throw LabError(
        "\(file.path): \(Files.name(of: program)) printed more than "
          + "\(Tool.outputLimit >> 20) MiB about it and was stopped: see what it includes.")
    } catch let error as ForgeError {
      throw LabError(
        "\(file.path): \(Self.words(of: error, paths))\nThe compiler failed and refused nothing: it may "
          + "take \(Self.compilerMiB >> 10) GiB of memory, and write files of "
          + "\(TriedFile.longestMiB) MiB. Make the source smaller.")
    }
  }

  /// What the compiler said; make's lines around it help nobody.
  private static func words(of error: ForgeError, _ paths: TryPaths) -> String {
    // 128 + SIGXFSZ.
    if error.what.contains("ended with status 153") { return "the object would be too long" }
    let lines = error.what.split(separator: "\n").filter { line in
      !line.hasPrefix("make") && !line.hasPrefix("#") && !line.hasSuffix("ended with status 2:")
    }
    return paths.text(lines.prefix(4).joined(separator: "\n"))
  }

  private func module(_ plan: TryPlan, _ object: ObjectFile) throws -> TryPlan {
    var plan = plan
    let parameters = object.moduleInfo("parmtype").compactMap {
      $0.split(separator: ":").first.map(String.init)
    }
    if files.count == 1 {
      for argument in request.arguments where !parameters.contains(argument.name) {
        let known = parameters.isEmpty ? "none" : parameters.joined(separator: ", ")
        throw LabError(
          "\(plan.file.path) has no parameter \"\(argument.name)\"; it has \(known).")
      }
      if let program = request.program {
        throw LabError("--program \(program) works with a program, and this is a module.")
      }
    }
    plan.overrides.arguments.removeAll { !parameters.contains($0.name) }
    if request.armed, !parameters.contains("armed"), try !plan.file.namesArm() {
      plan.notes.append("the module has no parameter armed: --armed changes nothing")
    }
    // The agent finds the module under its own name. Whoever made it, the name becomes part of
    // paths.
    let name = TriedFile.name(from: object.moduleInfo("name").first ?? plan.file.name)
    plan.scenario = .tried(
      name: name, attach: [],
      workload: request.workload.isEmpty
        ? TriedAttachment.workload(triggers: parameters.contains("trigger"), iterates: false)
        : request.workload)
    return plan
  }
}
