// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels

/// An available kernel, and what of it is here.
public struct KernelStatus: Codable, Sendable, Equatable {
  public var name: String
  public var isDefault: Bool
  /// Nil if it isn't fetched.
  public var release: String?
  public var version: String?
  /// The compiler of its modules: this machine's, or one that came with it.
  public var compiler: String?
  public var ownCompiler: Bool
  /// On disk, in MiB, without templates and objects; nil if it isn't fetched.
  public var mebibytes: Int?
  /// The suites that it comes from; empty for a local one.
  public var suites: [String]
  /// Whether it was added here, and is in no matrix.
  public var isLocal: Bool
  /// What it can't be used for, in words.
  public var lacks: [String]
  /// Why it can't be used at all though it was added.
  public var problem: String?

  enum CodingKeys: String, CodingKey {
    case name, release, version, compiler, mebibytes, suites, lacks, problem
    case isDefault = "default"
    case isLocal = "local"
    case ownCompiler = "own_compiler"
  }

  /// What a kernel lacks, for people: what that keeps from being run, and why.
  static func words(_ lacks: KernelLacks) -> [String] {
    let programs = lacks.programs.map { "eBPF twins are skipped: \($0)" }
    let types = lacks.types.map { "eBPF twins that include vmlinux.h are skipped: \($0)" }
    let modules = lacks.builtModules.map { "module twins are skipped: \($0)" }
    return [programs ?? types, modules].compactMap(\.self)
  }
}
