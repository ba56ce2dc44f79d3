// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
package import Verdicts

/// The lines of C that a program's object names, with their text, as the host itself has read them
/// from the object.
///
/// A guest names files and lines, too, and may name any, so no file is opened because a guest names
/// it.
package struct SourceLines: Sendable {
  private let lines: [SourcePlace: String]
  private let files: Set<String>

  package init(_ lines: [SourcePlace: String]) {
    self.lines = lines
    files = Set(lines.keys.map(\.file))
  }

  /// Empty if the object has no readable line information: then it can't have given a guest any.
  init(ofObject path: String) {
    // An object without lines is no failure: see above.
    let table = try? LineTable(ObjectFile(path: path))
    self.init(
      (table?.lines ?? []).reduce(into: [:]) { lines, line in
        lines[line.place] = lines[line.place] ?? line.text
      })
  }

  func text(at place: SourcePlace) -> String? { lines[place] }

  func has(_ place: SourcePlace) -> Bool { files.contains(place.file) }
}
