import Host
import Logging
import Machine

/// A guest that was restored ahead, and waits stopped for its trial.
struct ReadyGuest: Sendable {
  let guest: Guest
  /// Where its console is: the evidence folder of its trial.
  let folder: String
}

/// Guests of one machine, restored ahead so that a trial needn't wait for one. Whoever makes it must
/// ``close()`` it.
actor ReadyGuests {
  private let template: Template
  private let folder: String
  private var waiting: [Task<ReadyGuest, any Error>] = []
  private var made = 0
  private var isClosed = false

  /// - Parameter folder: is there; each guest gets a folder in it.
  init(of template: Template, in folder: String) {
    self.template = template
    self.folder = folder
  }

  /// Has so many guests made ready, beside those that were taken.
  func fill(_ count: Int) {
    while !isClosed, waiting.count < count { waiting.append(make()) }
  }

  /// The guest that has waited longest; one that is made now where none has.
  ///
  /// - Throws: what kept it from starting.
  func take() async throws -> ReadyGuest {
    try await (waiting.isEmpty ? make() : waiting.removeFirst()).value
  }

  /// Waits until all that were asked for are ready.
  ///
  /// - Throws: what kept one from it.
  func settle() async throws {
    for task in waiting { _ = try await task.value }
  }

  /// Ends all guests that nobody took.
  func close() async {
    isClosed = true
    let left = waiting
    waiting = []
    for task in left { task.cancel() }
    for task in left {
      if case .success(let ready) = await task.result { await ready.guest.end() }
    }
  }

  private func make() -> Task<ReadyGuest, any Error> {
    made += 1
    let folder = "\(folder)/\(made)"
    return Task { [template] in
      let files = try Evidence(folder: folder).guestFiles
      let guest = try await template.restore(files: files, seconds: Preparation.bootSeconds)
      try await guest.endingOnError {
        try await guest.rehearse(seconds: Preparation.bootSeconds)
        try await guest.hold()
      }
      return ReadyGuest(guest: guest, folder: folder)
    }
  }
}
