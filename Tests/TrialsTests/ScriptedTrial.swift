// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Host
import Kernels
import Logging
import Machine
import Record
import Scenarios
import TestSupport
import Testing
import Trials
import Verdicts
import Wire

/// A trial whose QEMU and agent follow a script (`Fixtures/scripted-qemu`): the real protocols, and
/// no guest.
struct ScriptedTrial {
  static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  static let hello = hello(version: wireVersion)
  static func hello(version: Int) -> String {
    #"say {"hello":{"version":\#(version),"kernelRelease":"6.1-scripted"}}"#
  }
  static let greeting = [hello, "hear", hello]
  /// The plan and the object.
  static let hearTrial = ["hear", "hear"]
  static let honest = [
    #"say {"state":{"moment":"before","_1":\#(state)}}"#,
    #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#, #"say {"attached":{}}"#,
    #"say {"observed":{"value":64,"faults":0}}"#, #"say {"unloaded":{}}"#,
    #"say {"health":{"check":"tmpfs"}}"#,
    #"say {"state":{"moment":"after","_1":\#(state)}}"#, #"say {"finished":{}}"#,
  ]
  static let state = """
    {"taint":0,"modules":[],"programs":0,"maps":0,"links":0,"slabObjects":{},\
    "memoryAvailableKiB":1,"moduleReferences":{},"slabs":{},"figures":{}}
    """

  let trial: Trial
  let guests: FreshGuests

  /// - Parameters:
  ///   - folder: gets the script and an object.
  ///   - scenario: whose eBPF twin the trial is of.
  init(
    _ script: [String], in folder: String, of scenario: String = "null-map-value",
    armed: Bool = false
  ) throws {
    try Files.write(script.joined(separator: "\n"), to: folder + "/script")
    try Files.write("object", to: folder + "/twin.o")
    guests = FreshGuests(
      of: try Self.machine(playing: folder + "/script"), bootSeconds: 10, logger: Self.logger)
    trial = try Self.trial(
      of: scenario, armed: armed, loading: folder + "/twin.o", cache: folder + "/cache")
  }

  static func machine(playing script: String) throws -> PreparedMachine {
    let qemu = try #require(
      Bundle.module.path(forResource: "scripted-qemu", ofType: nil, inDirectory: "Fixtures"))
    return PreparedMachine(
      description: MachineDescription(
        qemu: qemu, accelerator: .tcg, kernel: script, initramfs: "", parameters: []))
  }

  private static func trial(
    of name: String, armed: Bool, loading object: String, cache: String
  ) throws -> Trial {
    let repository = Checkout.root.path
    let scenario = try Catalogue.load(repository: repository).scenario(named: name)
    let kernel = Kernel(
      name: "6.1", release: "6.1-scripted", packageVersion: "1", image: object,
      modulesDirectory: "", modulesRoot: "", headersDirectory: "", commonHeaders: "",
      vmlinuxHeader: "", vmlinuxHeaderDigest: "", config: "", systemMap: "")
    return Trial(
      id: TrialID(
        scenario: scenario.name, mechanism: .bpf, armed: armed, kernel: "6.1", profile: "stock",
        repetition: 1),
      scenario: scenario,
      twin: ForgedTwin(
        scenario: scenario.name, mechanism: .bpf,
        result: .success(.init(object: object, full: object, sources: []))),
      forge: Forge(
        kernel: kernel, repository: repository, cache: CacheDirectory(root: cache), logger: logger),
      traits: KernelTraits(release: kernel.release, config: ""),
      purpose: .scenario(mayLack: false))
  }
}
