// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// The harness's end of a socket to QEMU.
///
/// A thread reads and a queue writes, so that neither blocks the other, nor Swift's thread pool. No
/// DispatchSource reads: if several are set up and torn down at once, libdispatch's epoll loop
/// sometimes uses freed memory and crashes the harness (swift-corelibs-libdispatch, issue 949).
package final class Channel: Sendable {
  private let socket: Socket
  private let writing: DispatchQueue

  /// How long a write waits for room. A guest that reads nothing for so long does not live.
  private static let patience = 10_000

  /// Takes over a non-blocking socket and passes what arrives to `receive`, in order, on the
  /// channel's thread; nil is the peer's end, and comes exactly once.
  ///
  /// - Throws: ``SystemCallError`` if a thread can't be started; the socket is then closed.
  package init(
    _ descriptor: consuming Descriptor, name: String,
    receive: @escaping @Sendable (ArraySlice<UInt8>?) -> Void
  ) throws(SystemCallError) {
    let socket = Socket(descriptor)
    self.socket = socket
    writing = DispatchQueue(label: "panicroom.\(name).write")
    try startThread(name) {
      var isOpen = true
      while isOpen, socket.waitForBytes() {
        isOpen = socket.drain(into: receive)
      }
      receive(nil)
      socket.hangUp()
    }
  }

  /// Writes all of it.
  ///
  /// - Throws: ``SystemCallError`` if the peer is gone, or takes nothing for ten seconds.
  package func send(_ bytes: [UInt8]) async throws(SystemCallError) {
    try await onQueue { socket throws(SystemCallError) in
      try socket.write(bytes, patience: Self.patience)
    }
  }

  /// Send bytes and, with them, a descriptor (SCM_RIGHTS).
  ///
  /// - Throws: as ``send(_:)``.
  func send(_ bytes: [UInt8], with descriptor: Int32) async throws(SystemCallError) {
    try await onQueue { socket throws(SystemCallError) in
      try socket.write(bytes, with: descriptor, patience: Self.patience)
    }
  }

  private func onQueue(
    _ body: @escaping @Sendable (Socket) throws(SystemCallError) -> Void
  ) async throws(SystemCallError) {
    let result = await withCheckedContinuation { continuation in
      writing.async { [socket] in
        continuation.resume(returning: Result { () throws(SystemCallError) in try body(socket) })
      }
    }
    try result.get()
  }

  /// End the conversation. What has arrived by now is still handed on, and then the end.
  package func close() {
    socket.hangUp()
  }
}
