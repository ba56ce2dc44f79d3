// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Logging
import Machine
import Record
import Scenarios
import Verdicts

/// The kernel's own annotated verifier programs, `tools/testing/selftests/bpf/progs/verifier_*.c` of
/// 6.6 and later, made from a source tree that the user names.
struct VerifierSelftests: Suite {
  let tree: SelftestTree
  /// Why programs are known to come to something else here.
  let notesFile: String
  let cache: CacheDirectory
  let logger: Logger
  let emit: EventSink

  init(
    source: String, notesFile: String, cache: CacheDirectory, logger: Logger,
    emit: EventSink
  ) throws {
    tree = try SelftestTree(source)
    self.notesFile = notesFile
    self.cache = cache
    self.logger = logger
    self.emit = emit
  }

  var header: RunHeader.Suite {
    RunHeader.Suite(
      name: SuiteChoice.Name.verifierSelftests.rawValue, source: tree.root,
      about: ["programs of Linux \(tree.version)"])
  }

  var kernel: String? { tree.series }
  var profile: String? { nil }

  func items(on kernel: PreparedKernel) async throws -> SuiteItems {
    guard kernel.kernel.release.hasPrefix(tree.series + ".") else {
      throw LabError(
        "\(tree.root) is the source of Linux \(tree.version), and kernel \(kernel.kernel.name) is "
          + "\(kernel.kernel.release): what the programs expect holds for their own series only. "
          + "Choose a kernel of \(tree.series) with --kernel, or another source.")
    }
    let forge = try await SelftestForge(
      kernel: kernel.kernel, tree: tree.root, cache: cache, logger: logger)
    let sources = try tree.sources
    emit(.preparing("\(sources.count) files of self-tests"))
    let began = ContinuousClock.now
    let twins = try await forge.forge(sources)
    emit(
      .prepared(
        "\(sources.count) files of self-tests", seconds: (ContinuousClock.now - began).seconds))
    let notes = try SelftestNotes(file: notesFile, series: tree.series)
    let flags = try tree.commonFlags
    let items = try twins.flatMap { try self.items(of: $0, notes, flags: flags) }
    let refused = twins.count { if case .refused = $0.result { true } else { false } }
    return SuiteItems(
      items: items,
      about: [
        "\(twins.count - refused) of \(twins.count) files compile with \(forge.compilerVersion)"
      ])
  }

  private func items(
    of twin: ForgedTwin, _ notes: SelftestNotes, flags: Int
  ) throws -> [SuiteItem] {
    guard case .success(let made) = twin.result else {
      return [refusedFile(twin)]
    }
    let object = try ObjectFile(path: made.object)
    let tags = try DeclarationTags(object).tags
    let programs = object.programs.map { program in
      (
        name: program.name, section: program.section,
        spec: SelftestSpec(tags: tags[program.name] ?? [])
      )
    }
    let kinds = SelftestPlan.kinds(programs.map { ($0.name, $0.section) })
    return programs.filter { !$0.spec.isAuxiliary }.flatMap { program in
      [false, true].filter { $0 ? program.spec.isUnprivileged : program.spec.isPrivileged }
        .map { unprivileged in
          let name = "\(twin.scenario).\(program.name)" + (unprivileged ? ".unpriv" : "")
          let auxiliaries = programs.filter {
            $0.spec.isAuxiliary && (unprivileged ? $0.spec.isUnprivileged : $0.spec.isPrivileged)
          }.map(\.name)
          let mode = unprivileged ? program.spec.unprivileged : program.spec.privileged
          return SuiteItem(
            name: name, mechanism: .bpf, twin: twin,
            scenario: .tried(name: twin.scenario, attach: [], workload: []),
            expected: .init(verdict: mode.fails ? .rejected : .survived),
            expectation: SelftestExpectation(mode: mode, known: notes.reasons(for: name)),
            skipped: Self.hindrance(program.spec),
            test: SelftestPlan.test(
              program.name, of: twin.scenario, program.spec, unprivileged: unprivileged,
              auxiliaries: auxiliaries, kinds: kinds, flags: flags),
            identity: made.object)
        }
    }
  }

  /// A file that doesn't compile: the number of its programs is unknown.
  private func refusedFile(_ twin: ForgedTwin) -> SuiteItem {
    SuiteItem(
      name: twin.scenario, mechanism: .bpf, twin: twin,
      scenario: .tried(name: twin.scenario, attach: [], workload: []),
      expected: .init(verdict: .survived), expectation: CompiledFile(), identity: "refused")
  }

  /// Why a program can't be judged here; nil if it can.
  private static func hindrance(_ spec: SelftestSpec) -> String? {
    if let tag = spec.unknown.first { return "it has a tag that is not understood: \(tag)" }
    if !spec.machines.isEmpty, !spec.machines.contains(SelftestSpec.machine) {
      return "it is for \(spec.machines.joined(separator: ", ")) only"
    }
    return spec.typesFile.map { "it needs the types of \($0) instead of the kernel's" }
  }
}

/// A file that doesn't compile is left out, and reported.
struct CompiledFile: ItemExpectation {
  func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision {
    OutcomeDecision(
      .skipped, "the file does not compile: \(record.verdict.title ?? "see the compiler's words")",
    )
  }
}
