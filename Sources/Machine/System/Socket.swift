// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CMachine
import Glibc

/// A socket that several threads use. It is closed when the last of them releases it, so that its
/// number is never used after the kernel may have reassigned it.
final class Socket: Sendable {
  private let descriptor: Descriptor
  private var number: Int32 { descriptor.number }

  init(_ descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  /// End the conversation: who waits for bytes or for room is woken, and finds the peer's end.
  func hangUp() {
    shutdown(number, Int32(SHUT_RDWR))
  }

  /// Waits until there is something to read, or the peer's end. False if poll(2) fails.
  func waitForBytes() -> Bool {
    var request = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
    while poll(&request, 1, -1) < 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  /// Hand over all that is there. False at the peer's end.
  func drain(into receive: (ArraySlice<UInt8>) -> Void) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(number, &buffer, buffer.count)
      if count > 0 {
        receive(buffer[..<count])
      } else if count < 0 && errno == EINTR {
        continue
      } else {
        return count < 0 && errno == EAGAIN
      }
    }
  }

  /// Write all of it, waiting up to `patience` milliseconds each time there is no room.
  func write(_ bytes: [UInt8], patience: Int) throws(SystemCallError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // MSG_NOSIGNAL: a guest that has ended is an error here, not a signal to the harness.
      let count = rest.withUnsafeBytes {
        Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else {
        try waitForRoom(after: errno, of: "send", patience)
      }
    }
  }

  /// Write a few bytes and, with them, a descriptor.
  func write(_ bytes: [UInt8], with descriptor: Int32, patience: Int) throws(SystemCallError) {
    while true {
      let code = cmachine_send_descriptor(number, descriptor, bytes, bytes.count)
      if code == 0 { return }
      try waitForRoom(after: code, of: "sendmsg", patience)
    }
  }

  /// - Throws: the error, unless it only means that there is no room now.
  private func waitForRoom(
    after code: Int32, of call: String, _ patience: Int
  ) throws(SystemCallError) {
    guard code == EAGAIN || code == EINTR else {
      throw SystemCallError(call: call, subject: "QEMU", errno: code)
    }
    var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    let ready = try systemCall("poll", on: "QEMU") { poll(&request, 1, Int32(patience)) }
    if ready == 0 { throw SystemCallError(call: call, subject: "QEMU", errno: ETIMEDOUT) }
  }
}
