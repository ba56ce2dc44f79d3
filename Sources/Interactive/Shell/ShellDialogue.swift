// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Reports

/// What `panicroom shell` does about what it hears from the user and the guest: pure.
package struct ShellDialogue: Sendable {
  package enum Event: Equatable, Sendable {
    case keys([UInt8])
    /// The end of what commands are read from.
    case inputEnded
    /// The user is gone: the terminal is closed, or stdout.
    case gone
    /// A guest's shell has started; what to say about it.
    case started(String)
    case output([UInt8])
    case console([UInt8])
    case tookInput(Int)
    case reported(String)
    case hangs
    case speaksAgain
    case over(String)
    case ended(status: Int32)
    case failed(String)
  }

  package enum Action: Equatable, Sendable {
    case send([UInt8])
    case endInput
    /// The next piece of what commands are read from may be read.
    case readOn
    /// The shell's output, and the kernel's: both are acknowledged when they have been shown.
    case show([UInt8])
    case showConsole([UInt8])
    case tell(String)
    case bell
    /// Starts a guest; one that is there ends first.
    case startGuest
    case question
    case wait
    case leave(Int32)
  }

  private enum State {
    case starting, shell, hanging, questioned, lost, left
  }

  /// Ctrl-].
  private static let leaving: UInt8 = 0x1d
  /// The limit on what is typed ahead, in bytes.
  private static let mostPending = 1 << 16
  /// The exit status if a guest ended before the shell that commands were read for.
  package static let noAnswer: Int32 = 3

  /// The exit status if its terminal was closed: that of an interruption.
  package static let hungUp: Int32 = 130

  private let isTerminal: Bool
  private let window: Int
  private var state = State.starting
  private var pending: [UInt8] = []
  private var underWay = 0
  private var inputEnded = false
  /// A piece was asked for and has not come.
  private var isReading = false

  /// - Parameters:
  ///   - isTerminal: whether a person sits there, or commands come from a file or a pipe.
  ///   - window: how many bytes may be on their way to the shell.
  package init(isTerminal: Bool, window: Int) {
    self.isTerminal = isTerminal
    self.window = window
  }

  package mutating func handle(_ event: Event) -> [Action] {
    switch (event, state) {
    case (_, .left): return []
    case (.keys(let bytes), _): return isTerminal ? type(bytes) : take(bytes)
    case (.inputEnded, _):
      inputEnded = true
      isReading = false
      return pass()
    case (.gone, _): return leave(isTerminal ? Self.hungUp : Self.noAnswer)
    case (.started(let words), .starting):
      state = .shell
      underWay = 0
      return (words.isEmpty ? [] : [.tell(words)]) + pass()
    case (.output(let bytes), _): return [.show(bytes)]
    case (.console(let bytes), _): return [.showConsole(bytes)]
    case (.tookInput(let count), _):
      underWay = max(0, underWay - count)
      return pass()
    case (.reported(let words), .shell):
      return [.tell(words + (isTerminal ? Self.goesOn : ""))]
    case (.hangs, .shell):
      guard isTerminal else {
        state = .questioned
        return [
          .tell("The guest does not answer; sending its kernel an NMI for a backtrace.\n"),
          .question,
        ]
      }
      state = .hanging
      return [.tell(Self.hangs)]
    case (.speaksAgain, .hanging), (.speaksAgain, .shell):
      state = .shell
      return [.tell("The guest answers again.\n")] + pass()
    case (.over(let words), _):
      guard isTerminal else { return [.tell(words)] + leave(Self.noAnswer) }
      state = .lost
      return [.tell(words + Self.lost)]
    case (.ended(let status), _):
      return (isTerminal ? [.tell("The shell ended with status \(status).\n")] : []) + leave(status)
    case (.failed(let why), _):
      let words = "The laboratory failed: \(DisplayText.escape(why))\n"
      guard isTerminal else { return [.tell(words)] + leave(Self.noAnswer) }
      state = .lost
      return [.tell(words + Self.lost)]
    case (.started, _), (.reported, _), (.hangs, _), (.speaksAgain, _): return []
    }
  }

  private static let goesOn =
    "The guest is still running (Enter for the prompt). reboot -f gives a new one, Ctrl-] leaves.\n"
  private static let lost = "The guest is gone. Enter: a new one. q: leave.\n"
  private static let hangs = """
    The guest no longer answers.
    b: get a backtrace by an NMI, which ends it. w: wait. Enter: a new guest. q: leave.

    """

  private mutating func leave(_ status: Int32) -> [Action] {
    state = .left
    return [.leave(status)]
  }

  private mutating func type(_ bytes: [UInt8]) -> [Action] {
    if bytes.contains(Self.leaving) {
      // What was typed before it still counts, as far as the guest takes it.
      return leave(0)
    }
    switch state {
    case .starting, .shell, .questioned:
      guard pending.count + bytes.count <= Self.mostPending else { return [.bell] }
      pending += bytes
      return pass()
    case .hanging, .lost:
      for key in bytes {
        if let actions = answer(key) { return actions }
      }
      return []
    case .left: return []
    }
  }

  private mutating func answer(_ key: UInt8) -> [Action]? {
    switch key {
    case 0x0d, 0x0a:
      state = .starting
      pending = []
      return [.startGuest]
    case UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03, 0x04: return leave(0)
    case UInt8(ascii: "b") where state == .hanging, UInt8(ascii: "B") where state == .hanging:
      state = .questioned
      return [.question]
    case UInt8(ascii: "w") where state == .hanging, UInt8(ascii: "W") where state == .hanging:
      state = .shell
      return [.tell("Waiting. Ctrl-] leaves.\n"), .wait]
    default: return nil
    }
  }

  private mutating func take(_ bytes: [UInt8]) -> [Action] {
    isReading = false
    pending += bytes
    return pass()
  }

  /// Sends what may be on its way, and continues to read when all of it is.
  private mutating func pass() -> [Action] {
    guard state == .shell else { return [] }
    var actions: [Action] = []
    let room = window - underWay
    if room > 0, !pending.isEmpty {
      let piece = Array(pending.prefix(room))
      pending.removeFirst(piece.count)
      underWay += piece.count
      actions.append(.send(piece))
    }
    guard pending.isEmpty, !isTerminal, !isReading else { return actions }
    // After the end nothing is requested, either.
    isReading = true
    return actions + [inputEnded ? .endInput : .readOn]
  }
}
