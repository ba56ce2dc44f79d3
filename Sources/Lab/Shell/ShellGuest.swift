// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Machine
import Synchronization
import Trials
import Verdicts
import Wire

/// A guest with a user at a shell. Its owner must ``watch()`` it and ``end()`` it.
public final class ShellGuest: Sendable {
  public enum Event: Sendable {
    /// What the shell wrote; to be acknowledged by ``taken(output:console:)``.
    case output([UInt8])
    /// What the kernel wrote to its console; also to be acknowledged.
    case console([UInt8])
    /// This many bytes of ``send(_:)`` have gone to the shell.
    case tookInput(Int)
    /// The kernel reported something, and the guest continues.
    case reported(ShellVerdict)
    /// The guest hangs: ``question()`` it, ``wait()``, or end it.
    case hangs
    case speaksAgain
    /// The guest is lost: crashed, reset, powered off, or hung permanently.
    case over(ShellVerdict)
    /// The shell has ended with this status.
    case ended(status: Int32)
    /// The laboratory failed.
    case failed(String)
  }

  /// Input bytes that may be under way to the shell.
  public static let window = 1 << 14

  private enum Wish {
    case question, wait
  }

  private let guest: Guest
  private let room: ShellRoom
  private let flow: ConsoleFlow
  private let emit: @Sendable (Event) -> Void
  private let wish = Mutex<Wish?>(nil)

  init(
    _ guest: Guest, room: ShellRoom, flow: ConsoleFlow, emit: @escaping @Sendable (Event) -> Void
  ) {
    self.guest = guest
    self.room = room
    self.flow = flow
    self.emit = emit
  }

  /// - Throws: if the guest accepts nothing any more; its end, or that it hangs, is reported
  ///   separately.
  public func send(_ input: [UInt8]) async throws { try await guest.send(blob: input) }

  /// There will be no more input.
  public func endInput() async throws { try await guest.send(.shellInputEnded) }

  public func resize(rows: Int, columns: Int) async throws {
    try await guest.send(.shellSize(TerminalSize(rows: rows, columns: columns)))
  }

  /// This many bytes have been shown, so as many more may come.
  public func taken(output: Int, console: Int) async throws {
    if console > 0 { flow.taken(console) }
    if output > 0 { try await guest.send(.shellTaken(bytes: output)) }
  }

  /// Asks a hanging guest for its backtrace, by an NMI, which ends it.
  public func question() { wish.withLock { $0 = .question } }

  /// Gives a guest that hangs more time.
  public func wait() { wish.withLock { $0 = .wait } }

  /// Ends the guest at once, and waits until nothing of it is left.
  public func end() async { await guest.end() }

  /// Follows the guest until it, its shell, or ``end()`` ends that.
  public func watch() async {
    let began = SuspendingClock.now
    var watch = ShellWatch(cpus: room.machine.description.cpus, kernel: room.traits)
    var registers = RegisterLog(logger: room.logger)
    var quiet = Quiet()
    for await event in guest.events {
      let now = (SuspendingClock.now - began).seconds
      if pass(event) { return }
      await heed(&watch, now: now)
      var action = watch.handle(
        event, now: now, processor: guest.processorSeconds() ?? 0, console: guest.consoleBytes)
      if case .sample(let suspicion) = action {
        let sample = await registers.sample(guest) { (SuspendingClock.now - began).seconds }
        action = sample.map { watch.note($0, on: suspicion) } ?? .none
      }
      switch action {
      case .none, .sample: break
      case .hangs: emit(.hangs)
      case .speaksAgain:
        registers = RegisterLog(logger: room.logger)
        emit(.speaksAgain)
      case .over(.laboratoryFailed(let why)): return emit(.failed(why))
      case .over(let ending):
        // The console's last lines are often still on their way.
        await guest.end()
        let report = await room.report(flow.takeRecent(), ending: registers.citing(ending))
        return emit(.over(report ?? .none(ending)))
      }
      if quiet.isOver(event, now: now, console: guest.consoleBytes),
        let report = await room.report(flow.takeRecent(), ending: nil)
      {
        emit(.reported(report))
      }
    }
  }

  /// - Returns: whether that was the last of the guest.
  private func pass(_ event: GuestEvent) -> Bool {
    switch event {
    case .blob(let bytes): emit(.output(bytes))
    case .message(.shellTaken(let bytes)): emit(.tookInput(bytes))
    case .message(.shellEnded(let status)):
      emit(.ended(status: status))
      return true
    case .message(.failed(let why)):
      emit(.failed(why))
      return true
    default: break
    }
    return false
  }

  private func heed(_ watch: inout ShellWatch, now: Double) async {
    let wanted = wish.withLock { wish in
      defer { wish = nil }
      return wish
    }
    switch wanted {
    case nil: return
    case .wait: watch.wait(now: now)
    case .question:
      watch.question(now: now)
      do {
        try await guest.injectNMI()
      } catch {
        // The guest counts as hung in any case; only its backtrace is missing.
        room.logger.warning(
          "A guest could not be questioned.", metadata: ["error": "\(error)"])
      }
    }
  }
}

/// Detects that the console has said something and the guest has continued since.
private struct Quiet {
  /// Seconds for which nothing more was said.
  private static let pause = 0.7

  private var bytes = 0
  private var changed = 0.0
  private var isTold = true
  private var beats = 0

  mutating func isOver(_ event: GuestEvent, now: Double, console: Int) -> Bool {
    if console != bytes {
      (bytes, changed, isTold, beats) = (console, now, false, 0)
      return false
    }
    // Only a guest that speaks is through with its report: heartbeats come from an ordinary process.
    if case .message(.heartbeat) = event { beats += 1 }
    guard !isTold, now - changed > Self.pause, beats > 1 else { return false }
    isTold = true
    return true
  }
}
