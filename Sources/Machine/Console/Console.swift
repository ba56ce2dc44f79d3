// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Writes a guest's console to a file, up to a bound: the beginning, which has the first cause, and
/// the end.
package final class Console: Sendable {
  /// Kept from the beginning, in bytes.
  package static let head = 8 << 20
  /// Bytes kept from the end if the console is longer than ``head``.
  package static let tail = 256 << 10

  fileprivate struct State {
    var file: Int32
    var received = 0
    var written = 0
    var lost = 0
    var ring: [UInt8] = []
    var ended = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    var loss: ConsoleLoss?
  }

  private let state: Mutex<State>

  package init(path: String) throws(SystemCallError) {
    let descriptor = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    state = Mutex(State(file: descriptor.release()))
  }

  deinit {
    let file = state.withLock { $0.file }
    if file >= 0 { Glibc.close(file) }
  }

  /// Bytes from the guest; nil at the end.
  package func receive(_ bytes: ArraySlice<UInt8>?) {
    guard let bytes else { return end() }
    state.withLock { state in
      state.received += bytes.count
      let room = max(0, Self.head - state.written)
      state.write(bytes.prefix(room))
      state.written += min(room, bytes.count)
      state.keep(bytes.dropFirst(room))
    }
  }

  /// What arrived last filled the pipe that it came through, so what the guest wrote next may be
  /// lost. The file says so at that place.
  package func noteLoss() {
    let words = "\n[panicroom: the console was not read in time; bytes may be lost here]\n"
    receive(Array(words.utf8)[...])
    state.withLock { $0.loss = $0.loss ?? .notReadInTime }
  }

  /// How many bytes the guest has written so far.
  package var received: Int { state.withLock { $0.received } }

  /// Waits until QEMU has closed its end and everything is in the file.
  ///
  /// - Returns: why the console is incomplete; nil if it is complete.
  package func finish() async -> ConsoleLoss? {
    await withCheckedContinuation { continuation in
      let ended = state.withLock { state in
        if !state.ended { state.waiting.append(continuation) }
        return state.ended
      }
      if ended { continuation.resume() }
    }
    return state.withLock { $0.loss }
  }

  private func end() {
    let waiting = state.withLock { state in
      if state.lost > 0 {
        state.write(Array("\n[panicroom: \(state.lost) bytes left out here]\n".utf8)[...])
      }
      state.write(state.ring[...])
      Glibc.close(state.file)
      state.file = -1
      state.ended = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Why a console is incomplete, other than that the guest wrote more than is kept.
package enum ConsoleLoss: Error, Sendable, Equatable, CustomStringConvertible {
  /// The harness was stopped or starved until QEMU could write no more of it.
  case notReadInTime
  /// It could not be put into its file.
  case unwritten(SystemCallError)

  package var description: String {
    switch self {
    case .notReadInTime: "it was not read in time, and bytes of it may be lost"
    case .unwritten(let error): "\(error)"
    }
  }
}

extension Console.State {
  private var isUnwritable: Bool {
    if case .unwritten? = loss { true } else { false }
  }

  fileprivate mutating func write(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty && !isUnwritable {
      do {
        let count = try systemCall("write", on: "a guest's console file") {
          rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
        }
        rest = rest.dropFirst(count)
      } catch {
        loss = .unwritten(error)
      }
    }
  }

  /// Into the ring of the console's end. Trimmed when twice too long, so that it costs little.
  fileprivate mutating func keep(_ bytes: ArraySlice<UInt8>) {
    ring.append(contentsOf: bytes)
    if ring.count > 2 * Console.tail {
      lost += ring.count - Console.tail
      ring.removeFirst(ring.count - Console.tail)
    }
  }
}
