// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
package import Wire

/// Speaks QMP with one QEMU. Commands may overlap; answers find their command by its number.
package final class QMPClient: Sendable {
  private let conversation: QMPConversation
  private let channel: Channel

  /// - Parameters:
  ///   - onEnd: called once, after the last event: QEMU or ``close()`` has closed the connection.
  ///   - onEvent: called in order, on the channel's thread.
  package init(
    _ socket: consuming Descriptor, onEnd: @escaping @Sendable () -> Void = {},
    onEvent: @escaping @Sendable (QMPEvent) -> Void
  ) throws(SystemCallError) {
    let conversation = QMPConversation(onEvent: onEvent)
    self.conversation = conversation
    channel = try Channel(socket, name: "qmp") { bytes in
      conversation.receive(bytes)
      if bytes == nil { onEnd() }
    }
  }

  /// Executes one command and waits for QEMU's answer, for `seconds` at most.
  ///
  /// - Throws: ``MachineError`` with code `qmpRefused` if QEMU answers with an error, `noAnswer` if
  ///   it doesn't answer in time or is gone.
  @discardableResult
  package func execute(
    _ name: String, _ arguments: [String: JSONValue] = [:], descriptor: Int32? = nil,
    seconds: Double = 20
  ) async throws -> JSONValue {
    let id = conversation.reserve(name)
    let bytes = QMPMessage.command(name, arguments, id: id)
    let timer = Task { [conversation] in
      try await Task.sleep(for: .seconds(seconds))
      conversation.give(up: id, "QEMU did not answer \(name) within \(seconds) s.")
    }
    defer { timer.cancel() }
    do {
      if let descriptor {
        try await channel.send(bytes, with: descriptor)
      } else {
        try await channel.send(bytes)
      }
    } catch {
      conversation.give(up: id, "QEMU took no \(name): \(error)")
    }
    return try await withTaskCancellationHandler {
      try await conversation.answer(to: id).get()
    } onCancel: {
      conversation.give(up: id, "\(name) was interrupted.")
    }
  }

  func close() { channel.close() }
}

/// The pending commands of one QMP connection.
package final class QMPConversation: Sendable {
  typealias Answer = Result<JSONValue, MachineError>

  private enum Command {
    case reserved(String)
    case awaited(String, CheckedContinuation<Answer, Never>)
    case answered(Answer)
  }

  private struct State {
    var nextID = 1
    var commands: [Int: Command] = [:]
    var ended: MachineError?
    var unread: [UInt8] = []
    /// A line had no end: nothing after it can be parsed, and nothing is kept.
    var isDeaf = false
  }

  private let state = Mutex(State())
  private let onEvent: @Sendable (QMPEvent) -> Void

  /// A line of QMP is short; anything longer than this is not QMP.
  package static let longestLine = 1 << 20

  package init(onEvent: @escaping @Sendable (QMPEvent) -> Void) {
    self.onEvent = onEvent
  }

  func reserve(_ name: String) -> Int {
    state.withLock { state in
      defer { state.nextID += 1 }
      state.commands[state.nextID] =
        state.ended.map { .answered(.failure($0)) } ?? .reserved(name)
      return state.nextID
    }
  }

  func answer(to id: Int) async -> Answer {
    await withCheckedContinuation { continuation in
      let answer = state.withLock { state -> Answer? in
        switch state.commands[id] {
        case .answered(let answer):
          state.commands[id] = nil
          return answer
        case .reserved(let name):
          state.commands[id] = .awaited(name, continuation)
          return nil
        case .awaited, nil:
          return .failure(MachineError(.noAnswer, "QMP command \(id) was awaited twice."))
        }
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }

  func give(up id: Int, _ reason: String) {
    settle(id) { _ in .failure(MachineError(.noAnswer, reason)) }
  }

  /// Bytes from QEMU; nil when it has closed the connection.
  package func receive(_ bytes: ArraySlice<UInt8>?) {
    guard let bytes else { return end("QEMU has closed its QMP connection.") }
    let (lines, isEndless) = state.withLock { state -> ([ArraySlice<UInt8>], Bool) in
      guard !state.isDeaf else { return ([], false) }
      state.unread.append(contentsOf: bytes)
      var lines: [ArraySlice<UInt8>] = []
      if let last = state.unread.lastIndex(of: UInt8(ascii: "\n")) {
        lines = state.unread[...last].split(separator: UInt8(ascii: "\n"))
        state.unread = Array(state.unread[(last + 1)...])
      }
      if state.unread.count > Self.longestLine {
        state.isDeaf = true
        state.unread = []
      }
      return (lines, state.isDeaf)
    }
    for line in lines where line.contains(where: { !$0.isWhitespace }) {
      handle(line)
    }
    if isEndless { end("QEMU sent an endless line of QMP.") }
  }

  /// How many bytes of an unfinished line are kept.
  package var unreadCount: Int { state.withLock { $0.unread.count } }

  private func handle(_ line: ArraySlice<UInt8>) {
    do {
      switch try QMPMessage(line: line) {
      case .greeting: break
      case .answer(let id, let value): settle(id) { _ in .success(value) }
      case .refusal(let id?, let words):
        settle(id) { .failure(MachineError(.qmpRefused, "QEMU refused \($0): \(words)")) }
      case .refusal(nil, let words): end("QEMU could not read a command: \(words)")
      case .event(let event): onEvent(event)
      }
    } catch {
      end("\(error)")
    }
  }

  private func settle(_ id: Int, _ answer: (String) -> Answer) {
    let settled = state.withLock { state -> (CheckedContinuation<Answer, Never>, Answer)? in
      switch state.commands[id] {
      case .reserved(let name):
        state.commands[id] = .answered(answer(name))
        return nil
      case .awaited(let name, let continuation):
        state.commands[id] = nil
        return (continuation, answer(name))
      case .answered, nil:
        return nil
      }
    }
    if let (continuation, answer) = settled { continuation.resume(returning: answer) }
  }

  private func end(_ reason: String) {
    let pending = state.withLock { state -> [Int] in
      state.ended = state.ended ?? MachineError(.noAnswer, reason)
      return Array(state.commands.keys)
    }
    for id in pending { give(up: id, reason) }
  }
}

extension UInt8 {
  fileprivate var isWhitespace: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
