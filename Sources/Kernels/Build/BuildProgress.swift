// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How far the build of a kernel is, according to make's output. Times are in seconds since the
/// build began.
///
/// A build has two parts. In the first, thousands of files are compiled, each of which make names
/// in a line (`  CC      mm/slub.o`); their number is known from the last build (`vm/builds.yaml`).
/// In the second, the kernel is linked and its BTF made, in a few long steps, whose share of the
/// whole time is known in the same way. What an interrupted build has compiled counts as done, and
/// the time left is estimated from the present speed.
public struct BuildProgress: Sendable {
  /// Files that an entire build compiles.
  let total: Int
  /// Those that existed when this build began.
  let before: Int
  /// The share of an entire build's time that the second part takes, from 0 to 0.9.
  let linking: Double

  private var compiled = 0
  private var linkingSince: Double?
  /// The beginning of a line whose end has not come.
  private var rest: [UInt8] = []

  /// Fewer than these say nothing about the speed.
  private static let enough = 20

  public init(total: Int, before: Int, linking: Double) {
    self.total = max(total, 1)
    self.before = before
    self.linking = min(max(linking, 0), 0.9)
  }

  /// Takes in the next bytes that make has printed.
  public mutating func read(_ bytes: some Sequence<UInt8>, at time: Double) {
    rest += bytes
    var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let open = lines.removeLast()
    for line in lines { read(String(decoding: line, as: UTF8.self), at: time) }
    rest = Array(open)
  }

  /// `  CC [M]  net/sched/cls_bpf.o`, `  LD      vmlinux.o` (Linux: scripts/Kbuild.include, `cmd`).
  private mutating func read(_ line: String, at time: Double) {
    let words = line.split(separator: " ")
    guard line.hasPrefix("  "), let action = words.first, let file = words.last else { return }
    if action == "LD", file == "vmlinux.o", linkingSince == nil { linkingSince = time }
    if action == "CC" || action == "AS", file.hasSuffix(".o") { compiled += 1 }
  }

  /// The done part of an entire build's time, from 0 to 1.
  public func fraction(at time: Double) -> Double {
    let files = linkingSince == nil ? min(Double(before + compiled) / Double(total), 1) : 1
    guard let linkingSince, let whole = linkingSeconds else { return files * (1 - linking) }
    let part = whole > 0 ? min((time - linkingSince) / whole, 1) : 1
    return 1 - linking + linking * part
  }

  /// Nil as long as nothing can be said.
  public func secondsLeft(at time: Double) -> Double? {
    guard let perFile = secondsPerFile(at: time) else { return nil }
    let whole = linkingSeconds ?? perFile * Double(total) * linking / (1 - linking)
    if let linkingSince { return max(whole - (time - linkingSince), 0) }
    return perFile * Double(max(total - before - compiled, 0)) + whole
  }

  private func secondsPerFile(at time: Double) -> Double? {
    compiled >= Self.enough ? (linkingSince ?? time) / Double(compiled) : nil
  }

  /// How long the second part takes, as far as the first one's speed is known.
  private var linkingSeconds: Double? {
    guard let linkingSince, let perFile = secondsPerFile(at: linkingSince) else { return nil }
    return perFile * Double(total) * linking / (1 - linking)
  }
}
