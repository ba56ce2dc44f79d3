import CMachine
import Glibc
import Synchronization

/// A socket that one thread may close while others still use it: its number is never used after the
/// close, when the kernel may have given it to somebody else.
final class Socket: Sendable {
  let number: Int32
  private let open = Mutex(true)

  init(adopting number: Int32) {
    self.number = number
  }

  func close() {
    open.withLock { isOpen in
      if isOpen { Glibc.close(number) }
      isOpen = false
    }
  }

  /// End the conversation: who waits for bytes or for room is woken, and finds the peer's end.
  func hangUp() {
    open.withLock { isOpen in
      if isOpen { shutdown(number, Int32(SHUT_RDWR)) }
    }
  }

  /// Wait until there is something to read, or the peer's end. False where the kernel can't tell.
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
      if let written = try writeSome(rest) {
        rest = rest.dropFirst(written)
      } else {
        try waitForRoom(patience)
      }
    }
  }

  func send(_ bytes: [UInt8], with descriptor: Int32) -> Int32 {
    open.withLock { isOpen in
      isOpen ? cmachine_send_descriptor(number, descriptor, bytes, bytes.count) : EPIPE
    }
  }

  /// How much was written; nil where there is no room now.
  private func writeSome(_ bytes: ArraySlice<UInt8>) throws(SystemCallError) -> Int? {
    let (count, code) = open.withLock { isOpen -> (Int, Int32) in
      guard isOpen else { return (-1, EPIPE) }
      // MSG_NOSIGNAL: a guest that has ended is an error here, not a signal to the harness.
      let count = bytes.withUnsafeBytes {
        Glibc.send(number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      return (count, errno)
    }
    if count >= 0 { return count }
    if code == EAGAIN || code == EINTR { return nil }
    throw SystemCallError(call: "send", subject: "QEMU", errno: code)
  }

  private func waitForRoom(_ patience: Int) throws(SystemCallError) {
    var request = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    let ready = try systemCall("poll", on: "QEMU") { poll(&request, 1, Int32(patience)) }
    if ready == 0 { throw SystemCallError(call: "send", subject: "QEMU", errno: ETIMEDOUT) }
  }
}
