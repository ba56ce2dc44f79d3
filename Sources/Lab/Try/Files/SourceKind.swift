// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// What a source in C is, from its text.
package enum SourceKind: Sendable, Equatable {
  case program
  case module
  /// It has a `main`.
  case userSpace
  case unknown

  /// - Parameter text: the source; comments count, too, which has not been seen to mislead.
  package init(of text: String) {
    // Old sources define SEC by themselves; xdp-tools has its own macro for it.
    let isProgram =
      text.contains(/\bSEC\s*\(\s*"/) || text.contains(/#\s*include\s*[<"]scx\//)
      || text.contains(/__attribute__\s*\(\(\s*section\s*\(\s*"(kprobe|xdp|tc|tracepoint|socket)/)
    let isModule =
      text.contains(/\bmodule_(init|exit)\s*\(/) || text.contains(/\bMODULE_LICENSE\s*\(/)
      || text.contains(/#\s*include\s*<linux\/module\.h>/)
    let hasMain = text.contains(/(?m)^\s*(static\s+)?(int|void)\s+main\s*\(/)
    self =
      if isModule { .module } else if isProgram && !hasMain { .program } else if hasMain {
        .userSpace
      } else { .unknown }
  }
}
