// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Lab
import Reports

/// `panicroom shell`: a user at a terminal, or commands from stdin, and a guest.
public struct ShellSession: Sendable {
  let laboratory: Laboratory
  let request: ShellRequest
  let colour: Bool

  enum Event: Sendable {
    case heard(ShellDialogue.Event)
    case resized(rows: Int, columns: Int)
    case shown(output: Int, console: Int)
    /// The n-th guest has started, or could not be started.
    case entered(ShellGuest, number: Int)
    case notEntered(String, number: Int)
    case guest(ShellGuest.Event, number: Int)
  }

  public init(laboratory: Laboratory, request: ShellRequest, colour: Bool) {
    self.laboratory = laboratory
    self.request = request
    self.colour = colour
  }

  /// Runs until the user leaves or the shell ends. The terminal is then as it was, and nothing of a
  /// guest is left.
  ///
  /// - Returns: the shell's exit status; 0 for a user who left, 3 if the guest was lost first.
  /// - Throws: what keeps a guest from being prepared; `CancellationError`.
  public func run() async throws -> Int32 {
    try await laboratory.shells.withRoom(request) { room in
      let (events, sink) = AsyncStream.makeStream(of: Event.self)
      let front = try ShellFront(colour: colour, sink: sink)
      var table = ShellTable(room: room, front: front, sink: sink, colour: colour)
      return try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await front.listen() }
        group.addTask { await front.pump() }
        table.startGuest(&group)
        var status: Int32?
        for await event in events {
          status = await table.handle(event, &group)
          if status != nil { break }
        }
        // At once if somebody waits for this process to end.
        if status != nil { await front.finish() } else { front.leave() }
        await table.guest?.end()
        group.cancelAll()
        guard let status else { throw CancellationError() }
        return status
      }
    }
  }
}

/// Carries out what the dialogue says.
private struct ShellTable {
  let room: ShellRoom
  let front: ShellFront
  let sink: AsyncStream<ShellSession.Event>.Continuation
  let colour: Bool
  private(set) var guest: ShellGuest?
  private var dialogue: ShellDialogue
  /// Of the guest that is there or starts; what others say no longer counts.
  private var number = 0

  init(
    room: ShellRoom, front: ShellFront, sink: AsyncStream<ShellSession.Event>.Continuation,
    colour: Bool
  ) {
    self.room = room
    self.front = front
    self.sink = sink
    self.colour = colour
    dialogue = ShellDialogue(isTerminal: front.isTerminal, window: ShellGuest.window)
  }

  /// Starts a guest after the end of the present one.
  mutating func startGuest(_ group: inout ThrowingTaskGroup<Void, any Error>) {
    number += 1
    let previous = guest
    guest = nil
    let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    group.addTask { [room, front, sink, number] in
      await previous?.end()
      do {
        let guest = try await room.enter(terminal: terminal, size: front.size) {
          sink.yield(.guest($0, number: number))
        }
        sink.yield(.entered(guest, number: number))
        await guest.watch()
        await guest.end()
      } catch {
        sink.yield(.notEntered("\(error)", number: number))
      }
    }
  }

  /// - Returns: the exit status, if that was the end.
  mutating func handle(
    _ event: ShellSession.Event, _ group: inout ThrowingTaskGroup<Void, any Error>
  ) async -> Int32? {
    let heard: ShellDialogue.Event
    switch event {
    case .heard(let event): heard = event
    case .resized(let rows, let columns):
      await tell { try await $0.resize(rows: rows, columns: columns) }
      return nil
    case .shown(let output, let console):
      await tell { try await $0.taken(output: output, console: console) }
      return nil
    case .entered(let entered, let from):
      guard from == number else { return nil }
      guest = entered
      heard = .started(front.isTerminal ? banner : "")
    case .notEntered(let why, let from):
      guard from == number else { return nil }
      heard = .failed(why)
    case .guest(let event, let from):
      guard from == number else { return nil }
      heard = words(event)
    }
    for action in dialogue.handle(heard) {
      if let status = await perform(action, &group) { return status }
    }
    return nil
  }

  private mutating func perform(
    _ action: ShellDialogue.Action, _ group: inout ThrowingTaskGroup<Void, any Error>
  ) async -> Int32? {
    switch action {
    case .send(let bytes): await tell { try await $0.send(bytes) }
    case .endInput: await tell { try await $0.endInput() }
    case .readOn: front.readOn()
    case .show(let bytes): front.show(bytes, of: .shell)
    case .showConsole(let bytes): front.show(bytes, of: .kernel)
    case .tell(let text): front.show(Array(text.utf8), of: .laboratory)
    case .bell: front.bell()
    case .startGuest: startGuest(&group)
    case .question: guest?.question()
    case .wait: guest?.wait()
    case .leave(let status): return status
    }
    return nil
  }

  private func tell(_ body: (ShellGuest) async throws -> Void) async {
    guard let guest else { return }
    do {
      try await body(guest)
    } catch {
      // A guest that accepts nothing any more is lost or hangs, which its watch reports.
    }
  }

  private func words(_ event: ShellGuest.Event) -> ShellDialogue.Event {
    switch event {
    case .output(let bytes): .output(bytes)
    case .console(let bytes): .console(bytes)
    case .tookInput(let count): .tookInput(count)
    case .reported(let report): .reported(text(of: report))
    case .hangs: .hangs
    case .speaksAgain: .speaksAgain
    case .over(let report): .over(text(of: report))
    case .ended(let status): .ended(status: status)
    case .failed(let why): .failed(why)
    }
  }

  private func text(of report: ShellVerdict) -> String {
    VerdictText.render(
      report.verdict, sourceLine: report.sourceLine, width: front.size?.columns ?? 80,
      colour: colour)
  }

  private var banner: String {
    var text =
      "Linux \(room.kernelRelease), profile \(room.profile), in a fresh guest. Ctrl-] leaves.\n"
    if let scenario = room.scenario {
      text += """
        /scenario has both twins of \(scenario.name) (\(scenario.title)).
        load lkm|bpf [armed], work, unload; README says more.

        """
    }
    return text
  }
}
