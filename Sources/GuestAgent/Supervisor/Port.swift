// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// The virtio-serial port to the host.
struct Port: ~Copyable {
  static let name = "panicroom"
  /// How often a port without a host is checked, in case its signal was missed.
  static let retryMilliseconds: Int32 = 250

  private let file: Descriptor
  var channel: FrameChannel
  /// Whether a host is at the other end, as far as is known. Before the first has come, messages
  /// are kept; after one has gone, those meant for it are dropped.
  private(set) var connected = true
  private var everConnected = false

  private init(_ file: consuming Descriptor) {
    channel = FrameChannel(file.number)
    self.file = file
  }

  /// Finds the port by its name in sysfs.
  ///
  /// The port's name and node appear a moment after the driver has loaded, when the host's side
  /// has answered (drivers/char/virtio_console.c, `handle_control_message`).
  static func find() throws -> Port {
    let folder = "/sys/class/virtio-ports"
    for _ in 0..<2500 {
      for entry in GuestFiles.entries(of: folder) {
        // A port whose name doesn't exist yet is checked again.
        guard let found = try? text(of: "\(folder)/\(entry)/name"),
          found.prefix(while: { $0 != "\n" }) == Port.name
        else { continue }
        return Port(try Descriptor(opening: "/dev/\(entry)", O_RDWR | O_NONBLOCK))
      }
      usleep(2000)
    }
    throw SystemError("find a virtio-serial port named \(Port.name) in \(folder)", errno: 0)
  }

  /// Without a host, poll(2) would report so at once, for ever (`port_fops_poll`): the port is then
  /// left out, and its SIGIO (`send_sigio_to_port`) ends the wait.
  var polledDescriptor: Int32 { connected ? file.number : -1 }

  var events: Int16 { Int16(POLLIN | (channel.pending > 0 ? POLLOUT : 0)) }

  mutating func receive(_ revents: Int16) -> FrameChannel.Arrival {
    guard !connected || revents != 0 else { return .frames([]) }
    let arrival = channel.receive()
    switch arrival {
    case .frames: setConnected(revents & Int16(POLLHUP) == 0)
    case .malformed: setConnected(true)
    case .closed: setConnected(false)
    }
    return arrival
  }

  mutating func flush() throws(SystemError) {
    if connected { try channel.flush() }
  }

  private mutating func setConnected(_ now: Bool) {
    if now { everConnected = true }
    guard now != connected else { return }
    connected = now
    if !now, everConnected { channel.reset() }
    // Only without a host: a signal for each piece of data would be one wake-up too many.
    if !now { _ = fcntl(file.number, F_SETOWN, getpid()) }
    _ = fcntl(file.number, F_SETFL, now ? O_NONBLOCK : O_NONBLOCK | O_ASYNC)
  }
}
