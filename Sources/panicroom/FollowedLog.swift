// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Reports
import Verdicts

/// stdin as somebody writes to it: each report is printed once it is whole, or once nothing
/// came for a second.
struct FollowedLog {
  private static let patience: Int32 = 1000

  func print() throws {
    var reader = KernelLog(from: .anywhere)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let ready = poll(&input, 1, Self.patience)
      if ready == 0 {
        try tell(reader.news(isQuiet: true))
        continue
      }
      let count = ready > 0 ? read(STDIN_FILENO, &piece, piece.count) : -1
      let code = errno
      if count == 0 { break }
      if count < 0 {
        if code == EINTR { continue }
        throw InputFile.Unreadable(path: "-", code: code)
      }
      piece.withUnsafeBufferPointer { reader.feed($0[..<count]) }
      try tell(reader.news(isQuiet: false))
    }
    // The last line may lack its end.
    reader.feed([UInt8(ascii: "\n")])
    try tell(reader.news(isQuiet: true))
  }

  private func tell(_ findings: [Finding]) throws {
    for finding in findings { try Output.print(ClassifyReport.line(finding, file: "-")) }
  }
}
