// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Wire

extension ProgramRecord {
  /// What the agent reported of it.
  init(_ state: ProgramState) {
    self.init(
      name: state.name, section: state.section, type: state.type, loaded: state.isLoaded,
      attached: state.attached, ran: Ran(state.ran), runs: state.runs, note: state.note)
  }
}

extension ProgramRecord.Ran {
  fileprivate init(_ ran: ProgramState.Ran) {
    self =
      switch ran {
      case .yes: .yes
      case .no: .no
      case .unknown: .unknown
      }
  }
}
