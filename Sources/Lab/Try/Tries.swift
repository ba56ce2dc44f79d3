// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Machine
import Record
import Trials
import Verdicts

/// Tries a user's own files.
public struct Tries: Sendable {
  let preparation: Preparation

  /// Makes ready what a try needs.
  ///
  /// - Throws: ``LabError`` if the request or a file is wrong; what keeps a guest from starting.
  public func prepare(_ request: TryRequest) async throws -> TrySession {
    var files: [TriedFile] = []
    var leftOut: [RunHeader.LeftOut] = []
    for path in request.files {
      if Files.isFolder(path), try ModuleSource.of(path) == nil {
        let folder = try TriedFolder(path)
        files += folder.files
        leftOut += folder.leftOut
      } else {
        do {
          files.append(try TriedFile(path, as: request.mechanism))
        } catch let error as LabError where request.files.count > 1 && Files.exists(path) {
          leftOut.append(.init(path, error.description))
        }
      }
    }
    for object in request.manifest?.objects ?? [] { files.append(try TriedFile(object)) }
    if files.isEmpty, let first = leftOut.first { throw LabError(first.reason) }
    guard !files.isEmpty else { throw LabError("Give a file, a folder or a manifest.") }
    files = Self.distinct(files)
    let (kernels, absent) = try await self.kernels(request)
    for kernel in kernels.map(\.header) + absent {
      for file in files { _ = try file.object?.promises(on: kernel) }
    }
    if let obstacle = kernels.first?.forge.obstacle, files.contains(where: \.isSource) {
      preparation.emit(
        .note("Compilers are not confined, because this machine refused: \(obstacle)"))
    }
    return TrySession(
      preparation: preparation, request: request, files: files, leftOut: leftOut, kernels: kernels,
      absent: absent)
  }

  /// Of several kernels, one that can't be made ready doesn't keep the others from being asked.
  private func kernels(
    _ request: TryRequest
  ) async throws -> ([TryKernel], [RunHeader.Kernel]) {
    let entries = try await preparation.kernels.select(
      request.kernels.isEmpty ? request.manifest?.kernels ?? [] : request.kernels)
    let usual = try preparation.kernels.known().names
    let made = try await entries.concurrently(HostMachine.cores) {
      entry -> Result<TryKernel, any Error> in
      do {
        return .success(try await kernel(entry, request, cold: !usual.contains(entry.name)))
      } catch {
        return .failure(error)
      }
    }
    try Task.checkCancellation()
    var kernels: [TryKernel] = []
    var absent: [String: RunHeader.Kernel] = [:]
    for (entry, result) in zip(entries, made) {
      switch result {
      case .success(let kernel): kernels.append(kernel)
      case .failure(let error): try preparation.leaveOut(entry, of: entries, error, &absent)
      }
    }
    return (kernels, entries.compactMap { absent[$0.name] })
  }

  /// - Parameter cold: whether its guests boot: a template takes as much room as a guest has memory, which
  ///   is too much for each of a hundred releases.
  private func kernel(
    _ entry: KnownKernel, _ request: TryRequest, cold: Bool
  ) async throws -> TryKernel {
    let (prepared, profile) = try await preparation.kernel(
      named: entry.name, profile: request.profile, request.accelerator, cold: cold)
    let machine = try await preparation.machine(of: prepared, profile.fitted(to: request), cpus: 1)
    let forge = try await TrySession.forge(for: prepared.kernel, request, preparation)
    return TryKernel(prepared: prepared, machine: machine, profile: profile.name, forge: forge)
  }

  /// A module and a program may share a name; others get numbers.
  private static func distinct(_ files: [TriedFile]) -> [TriedFile] {
    var seen: [String: Int] = [:]
    return files.map { file in
      var file = file
      let key = "\(file.mechanism) \(file.name)"
      seen[key, default: 0] += 1
      if let number = seen[key], number > 1 { file.suffix = "_\(number)" }
      file.name += file.suffix
      return file
    }
  }
}

/// A kernel that is ready for a try.
struct TryKernel: Sendable {
  var prepared: PreparedKernel
  var machine: PreparedMachine
  var profile: String
  var forge: UserForge

  var name: String { prepared.kernel.name }
}
