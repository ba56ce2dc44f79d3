// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Reports
import Trials

/// Carries a demo out: keys and trials in, pictures out.
package struct DemoSession: Sendable {
  /// The terminal that shows the pictures.
  package enum Output: Sendable {
    /// Full-screen, with keys.
    case terminal(RawTerminal, colour: Bool)
    /// Prints one picture after the other, as each is left, for a demo that plays by itself.
    case pages(@Sendable (String) throws -> Void)
  }

  private enum Input: Sendable {
    case terminal(RawTerminal.Event)
    case tick
    case demo(DemoState.Event)
    case broken(LabError)
  }

  private let trials: any DemoTrials
  private let output: Output
  private let began = ContinuousClock.now
  private let inbox: AsyncStream<Input>
  private let sink: AsyncStream<Input>.Continuation
  private var state: DemoState
  private var keys = KeyReader()
  private var lastBytes = 0.0
  private var recorder: DemoRecorder?
  private var shown: [UInt8] = []

  /// - Parameter record: the file that the trials are recorded in; nil for none.
  /// - Throws: ``LabError`` if that can't be written.
  package init(
    _ state: DemoState, trials: any DemoTrials, output: Output, record: String? = nil
  ) throws {
    self.state = state
    self.trials = trials
    self.output = output
    (inbox, sink) = AsyncStream.makeStream(of: Input.self)
    if let record {
      recorder = try DemoRecorder(
        path: record, .init(setting: state.setting, scenarios: state.scenarios))
    }
  }

  /// Until the user quits, or the demo that plays by itself has ended.
  ///
  /// - Throws: `CancellationError` if it is interrupted or its terminal is gone; ``LabError`` if a
  ///   recording can't be written.
  package mutating func run() async throws {
    var session = self
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      session.follow(in: &group)
      for action in session.state.beginning { session.start(action, in: &group) }
      session.draw(force: true)
      for await input in session.inbox {
        if try !session.take(input, &group) { return }
      }
      // Only a cancelled task's stream ends.
      throw CancellationError()
    }
  }

  private func follow(in group: inout ThrowingTaskGroup<Void, any Error>) {
    group.addTask { [sink] in
      while true {
        try await Task.sleep(for: .milliseconds(100))
        sink.yield(.tick)
      }
    }
    if case .terminal(let terminal, _) = output {
      group.addTask { [sink] in
        for await event in terminal.events { sink.yield(.terminal(event)) }
      }
    }
  }

  /// - Returns: whether the demo continues.
  private mutating func take(
    _ input: Input, _ group: inout ThrowingTaskGroup<Void, any Error>
  ) throws -> Bool {
    var events: [DemoState.Event] = []
    var force = false
    switch input {
    case .tick:
      // A lone escape is one only when nothing follows it.
      if keys.isPending, now - lastBytes > 0.05 { events += keys.flush().map { .key($0) } }
      events.append(.tick)
    case .terminal(.bytes(let bytes)):
      lastBytes = now
      events = keys.keys(from: bytes).map { .key($0) }
      force = events.contains { if case .key(.control("l")) = $0 { true } else { false } }
    case .terminal(.redraw(let size)):
      events = [.resized(size)]
      force = true
    case .terminal(.gone): throw CancellationError()
    case .broken(let error): throw error
    case .demo(let event):
      try record(event)
      events = [event]
    }
    for event in events where try !handle(event, &group) { return false }
    draw(force: force)
    return true
  }

  private mutating func handle(
    _ event: DemoState.Event, _ group: inout ThrowingTaskGroup<Void, any Error>
  ) throws -> Bool {
    let before = state
    for action in state.handle(event, at: now) {
      switch action {
      case .quit:
        try printPage(before)
        return false
      case .suspend: suspend()
      case .expect, .run: start(action, in: &group)
      }
    }
    let isUncovered = before.isHeld && !state.isHeld
    if isUncovered || state.phase != before.phase || state.page != before.page {
      try printPage(before)
    }
    return true
  }

  private mutating func start(
    _ action: DemoState.Action, in group: inout ThrowingTaskGroup<Void, any Error>
  ) {
    switch action {
    case .expect(let scenario, let armed):
      group.addTask { [trials, sink] in
        do {
          try await trials.expect(scenario, armed: armed)
        } catch let error as LabError {
          sink.yield(.broken(error))
        }
      }
    case .run(let id):
      recorder?.order(id)
      group.addTask { [trials, sink] in
        sink.yield(.demo(await Self.answer(trials, id) { sink.yield(.demo(.news(id, $0))) }))
      }
    case .suspend, .quit: break
    }
  }

  private static func answer(
    _ trials: any DemoTrials, _ id: DemoTrialID, _ tell: @escaping @Sendable (TrialNews) -> Void
  ) async -> DemoState.Event {
    do {
      return .answered(id, try await trials.run(id, tell))
    } catch {
      return .failed(id, "\(error)")
    }
  }

  private mutating func record(_ event: DemoState.Event) throws {
    switch event {
    case .news(let id, let news):
      let seconds = now - (state.trials[id]?.ordered ?? now)
      recorder?.take(id, news, seconds: seconds)
    case .answered(let id, let answer): try recorder?.take(id, answer)
    default: break
    }
  }

  private mutating func suspend() {
    guard case .terminal(let terminal, _) = output else { return }
    if !terminal.suspend() { state.remark = "there is no shell to go to" }
  }

  private var now: Double {
    let (seconds, attoseconds) = (ContinuousClock.now - began).components
    return Double(seconds) + Double(attoseconds) / 1e18
  }

  private mutating func draw(force: Bool) {
    guard case .terminal(let terminal, let colour) = output else { return }
    let frame = Self.frame(DemoScreen(state).lines, colour: colour)
    guard force || frame != shown else { return }
    shown = frame
    terminal.show(force ? Array("\u{1b}[2J".utf8) + frame : frame)
  }

  private func printPage(_ state: DemoState) throws {
    guard case .pages(let print) = output else { return }
    let lines = DemoScreen(state).lines.map { $0.rendered(colour: false) }
    try print(lines.joined(separator: "\n") + "\n\n")
  }

  /// Each line is cleared before it is written: after one that fills the row, a terminal would
  /// clear its last column.
  private static func frame(_ lines: [StyledText], colour: Bool) -> [UInt8] {
    let text = lines.map { "\u{1b}[2K" + $0.rendered(colour: colour) }.joined(separator: "\r\n")
    return Array("\u{1b}[H".utf8) + Array(text.utf8)
  }
}
