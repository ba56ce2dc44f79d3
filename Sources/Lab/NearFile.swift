// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Scenarios

/// A file in the same folder with a name like the given one.
package enum NearFile {
  /// `; did you mean "probe.bpf.c"?`, or nothing if there is none like it.
  ///
  /// - Parameter fits: which files to consider, by name.
  package static func hint(for path: String, among fits: (String) -> Bool = { _ in true }) -> String
  {
    let folder = path.contains("/") ? Files.parent(of: path) : "."
    guard Files.isFolder(folder) else { return "" }
    do {
      let names = try Files.list(folder).filter { fits($0) && $0 != Files.name(of: path) }
      guard let near = suggestion(for: Files.name(of: path), among: names) else { return "" }
      let prefix = path.dropLast(Files.name(of: path).count)
      return "; did you mean \"\(VisibleText.escape(prefix + near))\"?"
    } catch {
      // A folder that can't be listed has no suggestion.
      return ""
    }
  }
}
