// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel

/// Traffic over the loopback device.
enum Loopback {
  /// A twin may swallow packets; a lost one holds the workload up no longer than this.
  private static let patience = timeval(tv_sec: 0, tv_usec: 100_000)

  /// How often that long is waited for something to come.
  enum Wait: Int {
    /// In a workload, whose twin may have swallowed it.
    case once = 1
    /// If nothing of it may be lost. By the clock alone a guest on a starved host would get too little.
    case patiently = 25
  }

  /// Sends datagrams to the socket they come from.
  ///
  /// - Parameter filter: a socket filter's descriptor.
  /// - Returns: how many arrived.
  @discardableResult
  static func exchangeDatagrams(
    _ count: Int, filter: Int32? = nil, wait: Wait = .once
  ) throws(SystemError) -> Int {
    let socket = try makeSocket(SOCK_DGRAM)
    if let filter { try attachFilter(filter, to: socket.number) }
    var address = try bind(socket.number)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withSocketAddress(&address) { pointer throws(SystemError) in
      _ = try system("connect a datagram socket") { Glibc.connect(socket.number, pointer, length) }
    }
    var arrived = 0
    var lost = false
    var byte: UInt8 = 0
    for _ in 0..<count {
      let sent = send(socket.number, &byte, 1, 0)
      // EPERM, ECONNREFUSED…: the twin refuses the packet, which is its affair.
      guard sent == 1 else { continue }
      // After a loss, only what has already arrived is taken: nothing waits for 64 lost ones.
      let flags = lost ? Int32(MSG_DONTWAIT) : 0
      if receive(socket.number, &byte, wait, flags) { arrived += 1 } else { lost = true }
    }
    return arrived
  }

  /// Opens a connection, sends a byte, gets it back, closes.
  ///
  /// - Returns: whether the byte came back.
  @discardableResult
  static func exchangeOverConnection(wait: Wait = .once) throws(SystemError) -> Bool {
    guard let connection = try connect(wait) else { return false }
    var byte: UInt8 = 0x5a
    guard send(connection.client.number, &byte, 1, 0) == 1,
      receive(connection.server.number, &byte, wait),
      send(connection.server.number, &byte, 1, 0) == 1,
      receive(connection.client.number, &byte, wait)
    else { return false }
    return byte == 0x5a
  }

  /// Takes one byte, and returns whether it came.
  private static func receive(
    _ socket: Int32, _ byte: inout UInt8, _ wait: Wait, _ flags: Int32 = 0
  ) -> Bool {
    for _ in 0..<wait.rawValue {
      let count = recv(socket, &byte, 1, flags)
      if count >= 0 { return count == 1 }
      guard errno == EAGAIN || errno == EINTR, flags == 0 else { return false }
    }
    return false
  }

  /// Opens connections and leaves them open.
  ///
  /// - Returns: the descriptors of both ends of each, which the caller closes.
  static func hold(_ count: Int) throws(SystemError) -> [Int32] {
    var ends: [Int32] = []
    for _ in 0..<count {
      guard let connection = try connect() else {
        for end in ends { close(end) }
        throw SystemError("a connection over loopback was not made", errno: 0)
      }
      ends += connection.release()
    }
    return ends
  }

  private struct Connection: ~Copyable {
    let client: Descriptor
    let server: Descriptor

    /// The server's end first: closed in this order, the client is still there to hear of it.
    consuming func release() -> [Int32] { [server.release(), client.release()] }
  }

  /// Nil if the connection is refused, which is the twin's business.
  private static func connect(_ wait: Wait = .once) throws(SystemError) -> Connection? {
    let listener = try makeSocket(SOCK_STREAM)
    var address = try bind(listener.number)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = try system("listen") { listen(listener.number, 1) }
    let client = try makeSocket(SOCK_STREAM)
    let connected = try withSocketAddress(&address) { pointer throws(SystemError) in
      connect(client.number, pointer, length, wait)
    }
    guard connected else { return nil }
    var accepted: Int32 = -1
    for _ in 0..<wait.rawValue where accepted < 0 { accepted = accept(listener.number, nil, nil) }
    guard accepted >= 0 else { return nil }
    return Connection(client: client, server: Descriptor(owning: accepted))
  }

  /// A connection that takes longer than a socket's own timeout is still being established
  /// (connect(2), SO_SNDTIMEO).
  private static func connect(
    _ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t, _ wait: Wait
  ) -> Bool {
    if Glibc.connect(socket, address, length) == 0 { return true }
    guard errno == EINPROGRESS || errno == EINTR else { return false }
    var polled = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    for _ in 1..<wait.rawValue where poll(&polled, 1, Int32(patience.tv_usec / 1000)) == 1 {
      var code: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0
    }
    return false
  }

  private static func makeSocket(_ type: __socket_type) throws(SystemError) -> Descriptor {
    let socket = Descriptor(
      owning: try system("make a socket") {
        Glibc.socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
      })
    var patience = patience
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(socket.number, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
    setsockopt(socket.number, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
    return socket
  }

  /// Binds to a free port of 127.0.0.1, and returns which.
  private static func bind(_ socket: Int32) throws(SystemError) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withSocketAddress(&address) { pointer throws(SystemError) in
      _ = try system("bind to 127.0.0.1") { Glibc.bind(socket, pointer, length) }
      _ = try system("ask for a socket's port") { getsockname(socket, pointer, &length) }
    }
    return address
  }

  private static func withSocketAddress<Result>(
    _ address: inout sockaddr_in,
    _ body: (UnsafeMutablePointer<sockaddr>) throws(SystemError) -> Result
  ) throws(SystemError) -> Result {
    try withUnsafeMutablePointer(to: &address) { pointer throws(SystemError) in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}
