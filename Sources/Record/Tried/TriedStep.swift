// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// One of the steps that an object takes from its source to a kernel that it has left unharmed.
public enum TriedStep: String, Codable, Sendable, CaseIterable {
  /// The compiler makes an object of the source.
  case compiles
  /// libbpf reads the object and creates its maps.
  case opens
  /// The types, functions and variables that the object expects are in the kernel (CO-RE).
  case relocates
  /// The kernel accepts its programs.
  case verifies
  /// Of several programs, at least one.
  case attaches
  /// The kernel's module loader accepts the module.
  case loads
  /// The module's init function returns 0.
  case initialises
  /// Each program that is attached ran; of a module, something called a function that neither loads nor
  /// unloads it.
  case fires
  case detaches
  case unloads
  /// The kernel reported nothing, and got everything back.
  case quiet

  public enum Answer: String, Codable, Sendable, CaseIterable {
    case yes, no
    /// Nothing counts, or nothing was seen of it.
    case unknown
  }

  /// The steps of an object of this kind, in order.
  public static func all(of mechanism: Mechanism) -> [TriedStep] {
    switch mechanism {
    case .bpf:
      [.compiles, .opens, .relocates, .verifies, .attaches, .fires, .detaches, .quiet]
    case .lkm: [.compiles, .loads, .initialises, .fires, .unloads, .quiet]
    }
  }

  /// The step that a gate refused.
  ///
  /// - Parameter words: what was said about it.
  static func refused(by gate: Gate, _ mechanism: Mechanism, _ words: String) -> TriedStep {
    switch gate {
    case .compiler: .compiles
    case .attach: .attaches
    case .moduleLoader: words.contains("init function returned") ? .initialises : .loads
    case .libbpf: isAboutTheKernel(words) ? .relocates : .opens
    // libbpf leaves what it can't relocate to the verifier.
    case .verifier: words.contains("CO-RE relocation") ? .relocates : .verifies
    case .policy: mechanism == .bpf ? .verifies : .loads
    }
  }

  /// Whether libbpf didn't find in this kernel what the object expects, in its message or in a
  /// refusal's headline.
  private static func isAboutTheKernel(_ words: String) -> Bool {
    [
      "relocat", "CO-RE", "kernel BTF", "BTF-based attach target", "extern (", "extern '", "ksym",
      "vmlinux BTF",
    ].contains { words.contains($0) }
  }
}
