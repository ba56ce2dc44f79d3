// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Glibc

/// stdin, stdout and stderr without a terminal. Nothing here blocks a thread of the cooperative
/// pool.
final class PlainStreams: Sendable {
  private let writing = DispatchQueue(label: "panicroom.shell.write")
  private let wanted = DispatchSemaphore(value: 0)

  /// - Parameter receive: gets a piece of stdin after each ``readOn()``; nil at its end.
  init(receive: @escaping @Sendable ([UInt8]?) -> Void) {
    let thread = Thread { [wanted] in
      var piece = [UInt8](repeating: 0, count: 8192)
      while true {
        wanted.wait()
        var count = read(STDIN_FILENO, &piece, piece.count)
        while count < 0, errno == EINTR { count = read(STDIN_FILENO, &piece, piece.count) }
        // An input that can't be read has ended, too: the shell does what came so far.
        guard count > 0 else { return receive(nil) }
        receive(Array(piece[..<count]))
      }
    }
    thread.name = "shell.read"
    thread.start()
  }

  func readOn() { wanted.signal() }

  /// - Returns: whether all was written.
  func write(_ bytes: [UInt8], to descriptor: Int32) async -> Bool {
    await withCheckedContinuation { continuation in
      writing.async {
        var rest = bytes[...]
        while !rest.isEmpty {
          let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
          if count < 0, errno == EINTR { continue }
          if count < 0, errno == EAGAIN {
            var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            poll(&poller, 1, -1)
            continue
          }
          guard count > 0 else { break }
          rest = rest.dropFirst(count)
        }
        continuation.resume(returning: rest.isEmpty)
      }
    }
  }
}
