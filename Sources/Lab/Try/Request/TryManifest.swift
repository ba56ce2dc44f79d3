// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Record
import Scenarios
public import Verdicts

/// What a manifest asks for: objects, their shapes, and what is promised of them.
public struct TryManifest: Sendable {
  public var path: String
  /// As it was written.
  var text: String
  public var objects: [TryObject]
  /// Names and ranges; empty for the default kernel.
  public var kernels: [String]

  /// - Throws: ``LabError`` with the line of what can't be; `UnreadableFile`, `InvalidScenario`.
  public init(_ path: String) throws {
    let text = try readText(path)
    let manifest = try LoadManifest.parse(text, file: path)
    (self.path, self.text, kernels) = (path, text, manifest.kernels)
    let folder = Files.folder(of: path)
    objects = try manifest.objects.map { object in
      let place = "\(path):\(object.line)"
      do {
        return try TryObject(object, at: place, in: folder)
      } catch let error as LabError {
        throw LabError("\(place): \(error.message)")
      }
    }
  }
}

/// One object of a manifest: a file, how it is loaded, and what is promised of it.
public struct TryObject: Sendable {
  public var path: String
  /// `load.yaml:3`
  var place: String
  /// What distinguishes it from the same file loaded in another way.
  var name: String?
  /// What the file is; nil to find out.
  public var mechanism: Mechanism?
  public var shape: TryShape
  var promises: [Promise]

  fileprivate init(_ object: LoadManifest.Object, at place: String, in folder: String) throws {
    path = object.file.hasPrefix("/") || folder == "." ? object.file : "\(folder)/\(object.file)"
    (self.place, name, promises) = (place, object.name, object.promises)
    mechanism = object.kind.map { $0 == .bpf ? .bpf : .lkm }
    func words(_ settings: [LoadManifest.Setting]) -> [String] {
      settings.flatMap { setting in setting.values.map { "\(setting.name)=\($0)" } }
    }
    shape = try TryWords.shape(
      attach: words(object.attach), maps: words(object.maps), arguments: [], only: object.only,
      without: object.without, workload: object.workload)
    shape.arguments = object.arguments.map {
      ArgumentChoice(name: $0.name, values: $0.values.withoutRepeats)
    }
    try ArgumentChoice.check(shape.arguments)
    if let twice = shape.only.first(where: shape.without.contains) {
      throw LabError("only and without both name \(twice): use only one.")
    }
  }

  /// Those that hold on a kernel.
  ///
  /// - Throws: ``LabError`` if they can't all be kept.
  func promises(on kernel: RunHeader.Kernel) throws -> [Promise] {
    let held = promises.filter { $0.holds(on: kernel.upstream) }
    if let refused = held.first(where: { $0.deed == .notLoad }),
      let other = held.first(where: { $0.deed != .notLoad })
    {
      throw LabError(
        "\(place): on \(kernel.upstream?.description ?? kernel.name) it \(other.phrase), and "
          + "\(refused.phrase): give one of them other bounds.")
    }
    return held
  }
}

extension TriedFile {
  /// - Throws: ``LabError`` with the object's place in its manifest.
  init(_ object: TryObject) throws {
    do {
      try self.init(object.path, as: object.mechanism)
    } catch let error as LabError {
      throw LabError("\(object.place): \(error.message)")
    }
    self.object = object
  }

  /// What distinguishes it from the same file loaded in another way.
  var label: String? { object?.name }

  /// `probe.bpf.o, small buffer`: no other file of a request has it.
  var fullName: String { [path, label].compactMap(\.self).joined(separator: ", ") }

  /// Whether a request's names must all be its own: another file has none that are meant for it.
  func hasOwnShape(in session: TrySession) -> Bool { object != nil || session.files.count == 1 }

  /// That it was not tried on a kernel: what is promised of it there is not proven.
  func leftOut(_ error: LabError, on kernel: RunHeader.Kernel) throws -> RunHeader.LeftOut {
    var entry = RunHeader.LeftOut(path, reason(error), on: kernel.name)
    entry.name = label
    let promises = try object?.promises(on: kernel) ?? []
    if !promises.isEmpty { entry.promised = promises.map(\.phrase).joined(separator: "; ") }
    if !promises.isEmpty || error.cause == .laboratory { entry.outcome = .inconclusive }
    return entry
  }

  /// Why it is left out, next to its name.
  private func reason(_ error: LabError) -> String {
    let start = "\(path) can't be tried: "
    return error.message.hasPrefix(start)
      ? String(error.message.dropFirst(start.count)) : error.message
  }
}

extension TrySession {
  /// How a file is loaded: as its manifest says, or as the request says of all.
  func shape(of file: TriedFile) -> TryShape { file.object?.shape ?? request.shape }
}

extension TryKernel {
  /// As a run's header calls it.
  var header: RunHeader.Kernel { RunHeader.Kernel(prepared, inRunUnder: nil) }
}
