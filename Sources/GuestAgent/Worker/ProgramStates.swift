// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import GuestKernel
package import Wire

extension ProgramObject {
  /// Every program of the object, and whether it ran.
  func states() -> [ProgramState] {
    ProgramRuns.states(of: figures(), release: GuestSetup.kernelRelease)
  }
}

/// What the kernel's statistics say, and what they can't.
package enum ProgramRuns {
  /// - Parameter release: the kernel's, as `uname` has it.
  package static func states(of figures: [ProgramFigures], release: String) -> [ProgramState] {
    let reasons = figures.map { reason($0, countsSleepable: countsSleepable(release)) }
    // A tail call needs a program that makes it.
    let mayCall = zip(figures, reasons).contains { figure, reason in
      !figure.isTailCalled && figure.isLoaded && (reason != nil || figure.runs ?? 0 > 0)
    }
    return zip(figures, reasons).map { figure, reason in
      var state = ProgramState(
        name: figure.name, section: figure.section, type: figure.type,
        isLoaded: figure.isLoaded, attached: figure.attached, ran: .no, note: figure.note)
      guard figure.isLoaded else { return state }
      let isTailCalled = figure.isTailCalled && figure.attached == nil
      let unknown = reason ?? (figure.isTailCalled && mayCall ? tailCalls : nil)
      if isTailCalled { (state.attached, state.note) = (tailCall, nil) }
      if let runs = figure.runs, runs > 0 {
        (state.ran, state.runs) = (.yes, runs)
      } else if let unknown {
        (state.ran, state.note) = (.unknown, state.note ?? unknown)
      } else {
        state.runs = 0
      }
      return state
    }
  }

  private static let tailCall = "tail call"
  private static let tailCalls = "the kernel counts no tail calls"

  /// Why the kernel's count of this program's runs says nothing; nil if it does.
  private static func reason(_ figures: ProgramFigures, countsSleepable: Bool) -> String? {
    if figures.runs == nil { return "this kernel counts no runs" }
    if figures.isReplacement, figures.attached != nil {
      return "the kernel counts no runs of programs that replace another"
    }
    if figures.isSleepable, !countsSleepable {
      return "this kernel counts no runs of sleepable programs (from 5.12 on)"
    }
    return nil
  }

  /// Linux: kernel/bpf/trampoline.c, `__bpf_prog_enter_sleepable`.
  private static func countsSleepable(_ release: String) -> Bool {
    let numbers = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else { return true }
    return (numbers[0], numbers[1]) >= (5, 12)
  }
}
