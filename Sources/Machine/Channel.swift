import Dispatch
import Glibc
import Synchronization

/// The harness's end of a socket to QEMU.
///
/// Reading and writing each have a queue of their own, so that neither blocks the other, nor ever
/// Swift's thread pool.
final class Channel: Sendable {
  private let socket: Socket
  private let writing: DispatchQueue
  // libdispatch's sources may be used from any thread; Swift's overlay doesn't say so.
  private nonisolated(unsafe) let source: any DispatchSourceRead

  /// How long a write waits for room. A guest that reads nothing for so long does not live.
  private static let patience = 10_000

  /// How many bytes are little: more of them are worth waiting for.
  private static let few = 256

  /// Takes over a non-blocking socket and hands what arrives to `receive`, in order, on the
  /// channel's queue; nil is the peer's end, and comes exactly once.
  ///
  /// - Parameter gathering: how long to let bytes gather after a few have come, in microseconds. QEMU
  ///   writes a serial port's output byte by byte; to wake up for each would take the guest's
  ///   processor away thousands of times.
  init(
    _ descriptor: consuming Descriptor, name: String, gathering: UInt32 = 0,
    receive: @escaping @Sendable (ArraySlice<UInt8>?) -> Void
  ) {
    let socket = Socket(adopting: descriptor.release())
    let reading = DispatchQueue(label: "panicroom.\(name).read")
    let source = DispatchSource.makeReadSource(fileDescriptor: socket.number, queue: reading)
    self.socket = socket
    self.source = source
    writing = DispatchQueue(label: "panicroom.\(name).write")
    source.setEventHandler {
      var count = 0
      let isOpen = socket.drain {
        count += $0?.count ?? 0
        receive($0)
      }
      if !isOpen { return source.cancel() }
      if gathering > 0, count < Self.few { usleep(gathering) }
    }
    source.setCancelHandler {
      receive(nil)
      socket.close()
    }
    source.resume()
  }

  /// Write all of it.
  ///
  /// - Throws: ``SystemCallError`` where the peer is gone, or takes nothing for ten seconds.
  func send(_ bytes: [UInt8]) async throws(SystemCallError) {
    let result = await withCheckedContinuation { continuation in
      writing.async { [socket] in
        continuation.resume(
          returning: Result { () throws(SystemCallError) in
            try socket.write(bytes, patience: Self.patience)
          })
      }
    }
    try result.get()
  }

  /// Send bytes and, with them, a descriptor (SCM_RIGHTS).
  func send(_ bytes: [UInt8], with descriptor: Int32) async throws(SystemCallError) {
    let code: Int32? = await withCheckedContinuation { continuation in
      writing.async { [socket] in
        continuation.resume(returning: socket.send(bytes, with: descriptor))
      }
    }
    if let code, code != 0 {
      throw SystemCallError(call: "sendmsg", subject: "QEMU", errno: code)
    }
  }

  /// Stop reading. What the peer still had to say is lost.
  func close() {
    source.cancel()
  }
}
