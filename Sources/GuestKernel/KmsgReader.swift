// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Reads what the kernel logs from now on.
struct KmsgReader: ~Copyable {
  private let file: Descriptor

  /// From the end of what has been logged so far.
  init() throws(SystemError) {
    file = try Descriptor(opening: "/dev/kmsg", O_RDONLY | O_NONBLOCK)
    lseek(file.number, 0, SEEK_END)
  }

  /// The lines logged since, without their prefixes
  /// (Documentation/ABI/testing/dev-kmsg: `priority,sequence,time,flags;text`).
  func newLines() -> [String] {
    var lines: [String] = []
    var record = [UInt8](repeating: 0, count: 8192)
    while true {
      let count = read(file.number, &record, record.count)
      // EPIPE: records were overwritten before they could be read; the next read continues.
      if count < 0, errno == EPIPE || errno == EINTR { continue }
      guard count > 0 else { return lines }
      let body = record[..<count].drop { $0 != UInt8(ascii: ";") }.dropFirst()
      lines.append(String(decoding: body.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
  }
}
