// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A terminal that a shell, a kernel and the laboratory write to: keeps them off each other's
/// lines.
package struct SharedScreen: Sendable {
  package enum Writer: Sendable {
    case shell, kernel, laboratory
  }

  private let colour: Bool
  private var last = Writer.laboratory
  private var isAtLineStart = true
  private var isDim = false

  package init(colour: Bool) {
    self.colour = colour
  }

  /// What to send to the terminal, which is in raw mode, so that this writer's bytes are seen.
  package mutating func bytes(_ bytes: [UInt8], of writer: Writer) -> [UInt8] {
    guard !bytes.isEmpty else { return [] }
    var shown: [UInt8] = []
    if colour, isDim != (writer == .kernel) {
      isDim.toggle()
      shown += Array((isDim ? "\u{1b}[2m" : "\u{1b}[0m").utf8)
    }
    if !isAtLineStart, writer != last { shown += [0x0d, 0x0a] }
    switch writer {
    case .shell: shown += bytes
    case .kernel: shown += Self.visible(bytes)
    case .laboratory: shown += Self.returning(bytes)
    }
    isAtLineStart = bytes.last == 0x0a || bytes.last == 0x0d
    last = writer
    return shown
  }

  /// With nothing that steers a terminal: a damaged kernel may print anything.
  static func visible(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + 64)
    for byte in bytes {
      switch byte {
      case 0x0a: text += [0x0d, 0x0a]
      case 0x0d: break
      case 0x09, 0x20..<0x7f: text.append(byte)
      default: text.append(UInt8(ascii: "?"))
      }
    }
    return text
  }

  private static func returning(_ bytes: [UInt8]) -> [UInt8] {
    Array(bytes.map { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }.joined())
  }
}
