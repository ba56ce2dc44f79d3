// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What must hold of a reader whatever bytes it gets. A property that does not hold ends the process,
/// which is what the fuzzer looks for.

/// Bytes from libFuzzer as Swift sees them.
func input(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
  Array(UnsafeBufferPointer(start: bytes, count: count))
}

func demand(_ holds: Bool, _ property: String) {
  if !holds { fatalError(property) }
}

/// Nothing in it can steer a terminal.
func isHarmless(_ text: String?) -> Bool {
  (text ?? "").unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) }
}

func lineCount(_ bytes: [UInt8]) -> Int {
  bytes.count { $0 == UInt8(ascii: "\n") } + 1
}

/// The bytes in pieces of sizes that look random and follow from the bytes alone, so that what was
/// found once is found again.
func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  var state = bytes.reduce(0x9e37_79b9 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  var pieces: [ArraySlice<UInt8>] = []
  var start = 0
  while start < bytes.count {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let most = [1, 3, 17, 300, 5000][Int(state >> 33) % 5]
    let end = min(bytes.count, start + 1 + Int(state >> 40) % most)
    pieces.append(bytes[start..<end])
    start = end
  }
  return pieces
}
