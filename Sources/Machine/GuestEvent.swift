public import Wire

/// What a guest, its agent or its QEMU does, in the order in which the harness sees it.
public enum GuestEvent: Sendable, Equatable {
  case message(AgentMessage)
  case blob([UInt8])
  /// The agent's bytes make no sense; nothing of them is believed from here on.
  case malformed(WireError)
  case qmp(QMPEvent)
  /// QEMU has ended, with this description of how.
  case exited(String)
  /// Comes ten times a second, so that whoever waits can look at the clock.
  case tick
}

/// Turns the agent's bytes into events. Stops at the first malformed frame.
package struct AgentReader: Sendable {
  private var decoder = FrameDecoder()
  private var broken = false

  package init() {}

  package mutating func events(from bytes: some Collection<UInt8>) -> [GuestEvent] {
    guard !broken else { return [] }
    decoder.append(bytes)
    var events: [GuestEvent] = []
    do throws(WireError) {
      while let frame = try decoder.next() {
        switch frame {
        case .blob(let bytes): events.append(.blob(bytes))
        case .message: events.append(.message(try AgentMessage(frame)))
        }
      }
    } catch {
      broken = true
      events.append(.malformed(error))
    }
    return events
  }
}
