// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Machine
public import Record
import Scenarios
import Trials
import Wire

/// Asks guests what their kernels have.
public struct FeatureProbe: Sendable {
  let preparation: Preparation
  let repository: Repository
  let emit: EventSink

  /// Wall seconds that the probe of one kernel may take: it loads thousands of programs.
  private static let probeSeconds = 300.0

  /// Asks a guest of each kernel (`bpftool feature probe`).
  ///
  /// - Parameter names: by default those of the matrix.
  /// - Returns: the ladder; a kernel that could not be probed, of several, is in it with the
  ///   reason.
  /// - Throws: why no kernel could be probed; what is wrong with the request.
  public func probe(_ names: [String]) async throws -> FeatureLadder {
    let profiles = try Profile.select([], from: try Profile.load(repository.profilesFile))
    let entries = try await preparation.kernels.select(names.isEmpty ? ["all"] : names)
    var answers = Answers()
    for entry in entries {
      do {
        let prepared = try await preparation.kernel(
          entry, scenarios: [], profiles: profiles, accelerator: nil, cold: false)
        answers.add(prepared.kernel, try await probe(prepared, profiles[0]))
      } catch  where entries.count > 1 && !Task.isCancelled {
        leaveOut(entry.name, error, &answers)
        // If this happens to all of them, no single kernel is to blame.
        if entry == entries.last, answers.probes.isEmpty { throw error }
      }
    }
    return try ladder(answers)
  }

  /// The ladder of kernels that are ready for a run, which continues without it.
  func probe(_ prepared: [PreparedKernel], _ profile: Profile) async throws -> FeatureLadder {
    var answers = Answers()
    for kernel in prepared {
      do {
        answers.add(kernel.kernel, try await probe(kernel, profile))
      } catch  where !Task.isCancelled {
        leaveOut(kernel.kernel.name, error, &answers)
      }
    }
    return try ladder(answers)
  }

  private struct Answers {
    var kernels: [FeatureLadder.Kernel] = []
    var probes: [String: [String: Set<String>]] = [:]

    mutating func add(_ kernel: Kernel, _ features: [String: Set<String>]) {
      kernels.append(.init(name: kernel.name, release: kernel.release))
      probes[kernel.name] = features
    }
  }

  private func leaveOut(_ kernel: String, _ error: any Error, _ answers: inout Answers) {
    emit(.note("The features of kernel \(kernel) are left out: \(error)"))
    answers.kernels.append(.init(name: kernel, reason: "\(error)"))
  }

  private func ladder(_ answers: Answers) throws -> FeatureLadder {
    FeatureLadder(
      kernels: answers.kernels, probes: answers.probes,
      mainline: try MainlineFeatures.load(repository.featuresFile))
  }

  private func probe(
    _ prepared: PreparedKernel, _ profile: Profile
  ) async throws -> [String: Set<String>] {
    let what = "the features of kernel \(prepared.kernel.name)"
    let machine = try await preparation.machine(of: prepared, profile, cpus: 1)
    emit(.preparing(what))
    let began = ContinuousClock.now
    // `full`: including the two helpers that make the kernel log a warning when they are loaded.
    let answer = try await run(["-j", "feature", "probe", "kernel", "full"], on: machine)
    emit(.prepared(what, seconds: (ContinuousClock.now - began).seconds))
    return try Self.features(in: answer)
  }

  /// Runs bpftool in a fresh guest.
  private func run(_ arguments: [String], on machine: PreparedMachine) async throws -> [UInt8] {
    try await preparation.cache.temporarily(beside: "probe") { folder in
      let files = Guest.LogFiles(console: folder + "/console.log", qemuLog: folder + "/qemu.log")
      let (guest, _) = try await machine.start(
        files, bootSeconds: Preparation.bootSeconds, for: "probe", logger: preparation.logger)
      do {
        let output = try await Self.converse(with: guest, arguments)
        await guest.end()
        return output
      } catch {
        await guest.end()
        throw error
      }
    }
  }

  private static func converse(
    with guest: Guest, _ arguments: [String]
  ) async throws -> [UInt8] {
    try await guest.send(.tool(arguments: arguments))
    let deadline = ContinuousClock.now + .seconds(probeSeconds)
    var output: [UInt8] = []
    var ended: (status: Int32, size: Int)?
    for await event in guest.events {
      switch event {
      case .message(.toolOutput(_, let status, let size)): ended = (status, size)
      case .blob(let bytes): output += bytes
      case .message(.finished):
        guard let ended, ended.status == 0, output.count == ended.size else {
          throw LabError(
            "bpftool in the guest ended with status \(ended?.status ?? -1): "
              + String(decoding: output.prefix(400), as: UTF8.self))
        }
        return output
      case .message(.failed(let words)): throw LabError("The guest's agent failed: \(words)")
      case .malformed(let error): throw LabError("The agent's words make no sense: \(error)")
      case .exited(let how): throw LabError("The guest ended while bpftool ran in it: \(how)")
      case .tick where ContinuousClock.now > deadline:
        throw LabError("bpftool in the guest took more than \(Int(probeSeconds)) s.")
      case .message, .qmp, .tick: break
      }
    }
    throw LabError("The guest was ended while bpftool ran in it.")
  }

  /// bpftool's answer, by kind; of `have_cgroup_skb_prog_type` the name is `cgroup_skb`.
  private static func features(in answer: [UInt8]) throws -> [String: Set<String>] {
    guard
      let object = try JSONSerialization.jsonObject(with: Data(answer)) as? [String: Any]
    else { throw LabError("bpftool's answer is no JSON object.") }
    func present(_ section: String, dropping end: String) -> Set<String> {
      let flags = object[section] as? [String: Any] ?? [:]
      return Set(
        flags.filter { $0.value as? Bool == true }.map { key, _ in
          var name = key.hasPrefix("have_") ? String(key.dropFirst(5)) : key
          if name.hasSuffix(end) { name.removeLast(end.count) }
          return name
        })
    }
    let helpers = object["helpers"] as? [String: Any] ?? [:]
    return [
      "program type": present("program_types", dropping: "_prog_type"),
      "map type": present("map_types", dropping: "_map_type"),
      "helper": Set(helpers.values.flatMap { $0 as? [String] ?? [] }),
      "other": present("misc", dropping: ""),
    ]
  }
}
