// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CMachine
import Glibc

/// The pipe through which QEMU passes a guest's console, byte by byte.
///
/// A pipe merges single bytes into whole pages (Linux: fs/pipe.c `pipe_write()`), so it holds as
/// many of them as its capacity; a socket keeps each in a separate buffer, and holds 278. While it
/// is full, QEMU's serial port loses what the guest writes (QEMU: hw/char/serial.c `serial_xmit()`
/// gives up after four tries, and the guest waits 10 ms for each byte). A file would never be full,
/// but a guest could fill the disk unnoticed.
package struct ConsolePipe: ~Copyable {
  /// The harness's end, for reading. Doesn't block.
  package let ours: Descriptor
  /// QEMU's end, for writing; QEMU itself makes it non-blocking.
  package let theirs: Descriptor
  /// In bytes.
  package let capacity: Int

  /// What is asked for, in bytes: more than a guest writes in five seconds, and all that an ordinary
  /// user may have (`/proc/sys/fs/pipe-max-size`). One who has many pipes gets less
  /// (`pipe-user-pages-soft`): it fills up sooner, and that is seen.
  private static let wanted: Int32 = 1 << 20

  package init() throws(SystemCallError) {
    var ends: [Int32] = [-1, -1]
    capacity = Int(
      try systemCall("pipe", on: "a guest's console") { cmachine_console_pipe(&ends, Self.wanted) })
    ours = Descriptor(owning: ends[0])
    theirs = Descriptor(owning: ends[1])
  }
}

/// Reads a guest's console from its pipe, on its own thread.
package enum ConsoleReader {
  /// How long bytes gather after a few have come, in microseconds. To wake up for each byte would
  /// take the guest's CPU away thousands of times.
  private static let gathering: UInt32 = 500
  /// How many bytes are few.
  private static let few = 256
  /// A pipe counts in pages, and its first and last may be partly used.
  private static let page = 4096

  /// Takes over the reading end until QEMU has closed the other; this process's copy of that is
  /// closed.
  ///
  /// - Throws: ``SystemCallError`` if a thread can't be started; the pipe is then closed.
  package static func start(
    _ pipe: consuming ConsolePipe, into console: Console,
    tap: (@Sendable (ArraySlice<UInt8>) -> Void)?
  ) throws(SystemCallError) {
    let capacity = pipe.capacity
    let number = pipe.ours.release()
    do {
      console.comes(from: number)
      try startThread("console") {
        read(number, capacity: capacity) {
          console.isBeingRead($0)
        } receive: { bytes in
          console.receive(bytes)
          tap?(bytes)
        } full: {
          console.noteLoss()
        }
        // Afterwards nobody asks what waits in the pipe.
        console.receive(nil)
        close(number)
      }
    } catch {
      console.comes(from: nil)
      close(number)
      throw error
    }
  }

  /// Returns at the end of what QEMU writes.
  private static func read(
    _ pipe: Int32, capacity: Int, isReading: (Bool) -> Void,
    receive: (ArraySlice<UInt8>) -> Void, full: () -> Void
  ) {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var request = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      while poll(&request, 1, -1) < 0 {
        guard errno == EINTR else { return }
      }
      isReading(true)
      var waiting: Int32 = 0
      guard ioctl(pipe, UInt(FIONREAD), &waiting) == 0 else { return }
      // Nothing waits, and yet poll() returned: that is the end, which read() says.
      var rest = max(Int(waiting), 1)
      while rest > 0 {
        let count = Glibc.read(pipe, &buffer, min(rest, buffer.count))
        if count > 0 {
          receive(buffer[..<count])
          rest -= count
        } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
          return
        }
      }
      if waiting > capacity - 2 * page { full() }
      isReading(false)
      if waiting < few { usleep(gathering) }
    }
  }
}
