// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A headless Chromium, spoken to by the DevTools protocol over a pipe
/// (`--remote-debugging-pipe`: it reads descriptor 3 and writes to 4, one JSON message each, with a
/// zero byte behind it).
///
/// It ends when the pipe does, so none outlives the tests, however they end.
final class Chromium: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  /// Debian's name, and upstream's.
  static var program: String? {
    ["chromium", "chromium-browser", "google-chrome"].map { "/usr/bin/\($0)" }
      .first { access($0, X_OK) == 0 }
  }

  /// On a CI machine a missing browser is a failure, elsewhere a reason to skip.
  static var isExpected: Bool {
    program != nil || ProcessInfo.processInfo.environment["CI"] != nil
  }

  private let process: pid_t
  private let pipe: Int32
  private let profile: String
  /// All reading and writing, which blocks, is done there.
  private let queue = DispatchQueue(label: "chromium")
  private let state = Mutex(State())

  private struct State {
    var nextID = 1
    /// What was read behind the last whole message.
    var rest: [UInt8] = []
    var events: [Data] = []
  }

  /// Starts a browser with a profile of its own, and ends it when `body` is over.
  static func use(_ body: (Chromium) async throws -> Void) async throws {
    let browser = try Chromium()
    do {
      try await body(browser)
    } catch {
      browser.end()
      throw error
    }
    browser.end()
  }

  private init() throws {
    guard let program = Chromium.program else {
      throw Failure(description: "no Chromium in /usr/bin: apt-get install chromium")
    }
    profile = NSTemporaryDirectory() + "panicroom-chromium-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: profile, withIntermediateDirectories: true)
    // A socket pair serves as both pipes, and nothing that others start meanwhile inherits it.
    var ends: [Int32] = [0, 0]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw Failure(description: "no socket pair: \(String(cString: strerror(errno)))")
    }
    pipe = ends[0]
    let words = [
      program, "--headless=new", "--remote-debugging-pipe", "--user-data-dir=\(profile)",
      // Chromium's sandbox refuses to run as root, and containers lack what it needs.
      "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-breakpad", "--disable-crash-reporter", "--hide-scrollbars", "about:blank",
    ]
    defer { close(ends[1]) }
    process = try Chromium.spawn(words, pipe: ends[1], temporary: profile)
  }

  private static func spawn(
    _ words: [String], pipe: Int32, temporary: String
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor: Int32 in 0...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    // By way of a high number: it could be 3 itself, and would then be closed.
    let high = fcntl(pipe, F_DUPFD_CLOEXEC, 100)
    defer { close(high) }
    posix_spawn_file_actions_adddup2(&actions, high, 3)
    posix_spawn_file_actions_adddup2(&actions, high, 4)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A process group of its own, so that its helpers can be ended with it.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    var argv = words.map { strdup($0) } + [nil]
    let environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": temporary]) { $1 }
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in argv + variables { free(word) } }
    var started: pid_t = 0
    let code = posix_spawn(&started, words[0], &actions, &attributes, &argv, &variables)
    guard code == 0 else {
      throw Failure(description: "can't start \(words[0]): \(String(cString: strerror(code)))")
    }
    return started
  }

  /// Ends the browser and its helpers, waits for it, and removes its profile.
  private func end() {
    close(pipe)
    kill(-process, SIGKILL)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    // Helpers that are reaped by init may hold files of the profile for a moment.
    for _ in 0..<100 where FileManager.default.fileExists(atPath: profile) {
      do { try FileManager.default.removeItem(atPath: profile) } catch { usleep(50_000) }
    }
  }

  /// Calls a method of the protocol, and waits for its answer, a minute at most.
  ///
  /// - Returns: the whole answer, with the key `result`.
  @discardableResult
  func call(_ method: String, _ parameters: [String: any Sendable] = [:], session: String? = nil)
    async throws -> Data
  {
    let id = state.withLock { state in
      defer { state.nextID += 1 }
      return state.nextID
    }
    var message: [String: Any] = ["id": id, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    let bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
    return try await onQueue { browser in
      try browser.write(bytes)
      return try browser.answer(to: id, method)
    }
  }

  /// Waits for an event, or takes one that came before.
  func event(_ method: String) async throws {
    try await onQueue { browser in
      while true {
        let found = browser.state.withLock { state -> Bool in
          guard let index = state.events.firstIndex(where: { Message($0)?.method == method }) else {
            return false
          }
          state.events.remove(at: index)
          return true
        }
        if found { return }
        try browser.keep(try browser.read(method))
      }
    }
  }

  /// The events so far that weren't waited for, of one method.
  func events(_ method: String) -> [Data] {
    state.withLock { $0.events.filter { Message($0)?.method == method } }
  }

  func forgetEvents() { state.withLock { $0.events = [] } }

  struct Message: Decodable {
    var id: Int?
    var method: String?
    var error: Problem?

    struct Problem: Decodable {
      var message: String
    }

    init?(_ data: Data) {
      guard let message = try? JSONDecoder().decode(Message.self, from: data) else { return nil }
      self = message
    }
  }

  // MARK: - On the queue

  private func onQueue<Value: Sendable>(
    _ body: @escaping @Sendable (Chromium) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try body(self) }) }
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(pipe, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(description: "Chromium reads no more") }
      written += count
    }
  }

  private func answer(to id: Int, _ method: String) throws -> Data {
    while true {
      let data = try read(method)
      guard let message = Message(data), message.id == id else {
        try keep(data)
        continue
      }
      if let error = message.error {
        throw Failure(description: "\(method): \(error.message)")
      }
      return data
    }
  }

  private func keep(_ data: Data) throws {
    guard Message(data) != nil else { throw Failure(description: "Chromium sent no message") }
    state.withLock { $0.events.append(data) }
  }

  /// The next message.
  private func read(_ what: String) throws -> Data {
    while true {
      let message = state.withLock { state -> Data? in
        guard let end = state.rest.firstIndex(of: 0) else { return nil }
        defer { state.rest.removeSubrange(...end) }
        return Data(state.rest[..<end])
      }
      if let message { return message }
      var descriptor = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
      let ready = poll(&descriptor, 1, 60_000)
      if ready < 0 && errno == EINTR { continue }
      guard ready > 0 else { throw Failure(description: "no answer within a minute: \(what)") }
      var piece = [UInt8](repeating: 0, count: 1 << 16)
      let count = Glibc.read(pipe, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(description: "Chromium ended: \(what)") }
      state.withLock { $0.rest += piece[..<count] }
    }
  }
}
