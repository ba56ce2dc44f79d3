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
    /// Where the bytes come from, and whether some are on their way from there.
    var pipe: Int32?
    var isBeingRead = false
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

  /// - Parameter pipe: open until the end was received; nil if nothing comes.
  func comes(from pipe: Int32?) { state.withLock { $0.pipe = pipe } }

  func isBeingRead(_ isBeingRead: Bool) { state.withLock { $0.isBeingRead = isBeingRead } }

  /// Waits until everything that a stopped guest has written is in the file.
  ///
  /// - Returns: as ``finish()``.
  package func settle() async -> ConsoleLoss? {
    while true {
      let (isSettled, loss) = state.withLock { ($0.isSettled, $0.loss) }
      // A reader that gets no CPU delays it, nothing else does.
      if isSettled { return loss }
      // Nobody's cancellation makes it incomplete.
      try? await Task.sleep(for: .microseconds(200))
    }
  }

  /// What comes from now on goes to another file, and is counted from 0.
  ///
  /// - Throws: what keeps the file from being made; then nothing changes.
  package func goOn(in path: String) throws(SystemCallError) {
    let next = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    let file = next.release()
    state.withLock { state in
      guard !state.ended else {
        Glibc.close(file)
        return
      }
      state.finishFile()
      (state.file, state.received, state.written) = (file, 0, 0)
    }
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
      state.finishFile()
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

  fileprivate var isSettled: Bool {
    guard !ended, let pipe else { return true }
    var waiting: Int32 = 0
    return !isBeingRead && (ioctl(pipe, UInt(FIONREAD), &waiting) != 0 || waiting == 0)
  }

  /// Adds what was kept of the console's end, and closes the file.
  fileprivate mutating func finishFile() {
    if lost > 0 { write(Array("\n[panicroom: \(lost) bytes left out here]\n".utf8)[...]) }
    write(ring[...])
    Glibc.close(file)
    (file, lost, ring) = (-1, 0, [])
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
