// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Lab
import Reports
import Trials
package import Verdicts

/// Which trial of a demo.
package struct DemoTrialID: Codable, Hashable, Sendable {
  package var scenario: String
  package var mechanism: Mechanism
  package var armed: Bool

  package init(scenario: String, mechanism: Mechanism, armed: Bool) {
    self.scenario = scenario
    self.mechanism = mechanism
    self.armed = armed
  }
}

/// A user's guess at an armed twin's result.
package enum Guess: String, CaseIterable, Sendable, Codable {
  case rejected, contained, survives, damaged, crashes

  var key: Character {
    switch self {
    case .rejected: "r"
    case .contained: "c"
    case .survives: "u"
    case .damaged: "d"
    case .crashes: "x"
    }
  }

  /// The word that people read.
  var word: String { rulingClass.word }

  var meaning: String {
    switch self {
    case .rejected: "stopped before it runs"
    case .contained: "it runs, and a guard absorbs the fault"
    case .survives: "it runs, and nothing notices"
    case .damaged: "something leaks, is corrupted, or the kernel warns"
    case .crashes: "oops, hang, panic or reset"
    }
  }

  var rulingClass: RulingClass {
    switch self {
    case .rejected: .refused
    case .contained: .contained
    case .survives: .silent
    case .damaged: .damaged
    case .crashes: .crashed
    }
  }
}

/// What is known of one trial so far.
package struct DemoTrial: Sendable {
  package enum Status: Sendable, Equatable {
    case ordered
    case running
    case answered(StageAnswer)
    /// There is no answer, for this reason.
    case failed(String)
  }

  package private(set) var status = Status.ordered
  /// When it was ordered, and when it ended, in the demo's seconds.
  package private(set) var ordered: Double
  package private(set) var ended: Double?
  private(set) var console = LogText()
  private(set) var verifier = LogText()
  /// What happened, and when, in seconds since it was ordered.
  private(set) var story: [(seconds: Double, text: String)] = []
  private(set) var step: String?
  private(set) var lastWord: Double
  private(set) var isSuspected = false
  private(set) var isQuestioned = false

  init(ordered: Double) {
    self.ordered = ordered
    lastWord = ordered
  }

  var answer: StageAnswer? {
    if case .answered(let answer) = status { answer } else { nil }
  }

  var isOver: Bool { ended != nil }

  /// The log that best shows what happened: the verifier's if it has something to say.
  var log: LogText { verifier.isEmpty ? console : verifier }

  mutating func take(_ news: TrialNews, at now: Double) {
    switch news {
    case .began:
      status = .running
      // If it is made again, the trial has its own logs; the verdict cites lines of these.
      (console, verifier) = (LogText(), LogText())
      note("the guest runs", now)
    case .step(let name):
      step = name
      note(Self.phrase(ofStep: name), now)
    case .said(let text): note(text, now)
    case .console(let text): console.append(text)
    case .verifier(let text): verifier.append(text)
    case .suspected: isSuspected = true
    case .questioned: isQuestioned = true
    }
    switch news {
    case .suspected, .questioned, .console: break
    default: (lastWord, isSuspected) = (now, false)
    }
  }

  mutating func take(_ answer: StageAnswer, at now: Double) {
    status = .answered(answer)
    ended = now
  }

  mutating func fail(_ reason: String, at now: Double) {
    status = .failed(reason)
    ended = now
  }

  private mutating func note(_ text: String, _ now: Double) {
    story.append((now - ordered, text))
    if story.count > 200 { story.removeFirst(100) }
  }

  private static func phrase(ofStep name: String) -> String {
    switch name {
    case "load": "loading the twin"
    case "workload": "the workload runs"
    case "observe": "reading what it counted"
    case "unload": "unloading"
    case "examine": "checking the kernel's health"
    default: name
    }
  }
}

/// A log that grows, in lines.
struct LogText: Sendable, Equatable {
  private(set) var lines: [String] = []
  private var isOpen = false

  var isEmpty: Bool { lines.isEmpty }

  mutating func append(_ text: String) {
    // A serial console ends its lines with CR LF, which Swift takes for one character.
    let pieces = text.replacing("\r\n", with: "\n").replacing("\r", with: "")
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard !text.isEmpty, let first = pieces.first, let last = pieces.last else { return }
    if isOpen, let open = lines.popLast() {
      lines.append(open + first)
    } else {
      lines.append(first)
    }
    lines += pieces.dropFirst()
    isOpen = !last.isEmpty
    if !isOpen { lines.removeLast() }
  }
}
