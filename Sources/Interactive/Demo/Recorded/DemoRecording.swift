// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Glibc
package import Lab
import Record
package import Trials

/// A demo's trials as they ran, in a text file of JSON lines: the first says what it is and holds
/// the scenarios with their sources, each of the others is a trial with everything that was seen of
/// it, and when.
///
/// It holds trials and not pictures, so that a replay has all the keys, whatever the terminal's
/// size.
package struct DemoRecording: Sendable {
  package struct Header: Codable, Sendable, Equatable {
    package static let version = 1

    /// ``version``; also what distinguishes such a file from others.
    var panicroomDemo: Int
    package var setting: String
    package var scenarios: [DemoScenario]

    enum CodingKeys: String, CodingKey {
      case panicroomDemo = "panicroom_demo"
      case setting, scenarios
    }

    package init(setting: String, scenarios: [DemoScenario]) {
      panicroomDemo = Self.version
      self.setting = setting
      self.scenarios = scenarios
    }
  }

  package struct Trial: Codable, Sendable, Equatable {
    package struct Event: Codable, Sendable, Equatable {
      /// Seconds since the trial was ordered.
      package var seconds: Double
      package var news: TrialNews

      private enum Key: String, CodingKey { case seconds, news }

      package init(seconds: Double, news: TrialNews) {
        self.seconds = seconds
        self.news = news
      }

      package init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        self.init(
          seconds: try keys.decodeSeconds(forKey: .seconds),
          news: try keys.decode(TrialNews.self, forKey: .news))
      }
    }

    package var trial: DemoTrialID
    package var events: [Event]
    package var answer: StageAnswer
  }

  package let header: Header
  /// If a trial was made several times, the last one.
  package private(set) var trials: [DemoTrialID: Trial] = [:]

  /// More is no recording of a demo.
  private static let mostBytes = 64 << 20

  /// - Parameter path: as given, for messages.
  /// - Throws: ``LabError`` if it can't be read or is not a recording.
  package init(path: String) throws {
    // A pipe without a writer would block forever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let near = NearFile.hint(for: path)
      throw LabError("\(path) can't be read\(near.isEmpty ? ": check the path." : near)")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw LabError("\(path) is not a recording of a demo: it is not a regular file.")
    }
    let bytes = try handle.read(upToCount: Self.mostBytes + 1) ?? Data()
    guard bytes.count <= Self.mostBytes else {
      throw LabError("\(path) is not a recording of a demo: it has more than 64 MB.")
    }
    try self.init(bytes: bytes, path: path)
  }

  package init(bytes: Data, path: String) throws {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    let decoder = JSONDecoder()
    struct Mark: Decodable {
      var version: Int
      enum CodingKeys: String, CodingKey { case version = "panicroom_demo" }
    }
    guard let first = lines.first, let mark = Self.decode(Mark.self, first, decoder) else {
      throw LabError(
        "\(path) is not a recording of a demo; panicroom demo --record FILE makes one.")
    }
    guard mark.version == Header.version else {
      throw LabError(
        "\(path) is a recording of version \(mark.version), and this program reads "
          + "\(Header.version): record it again.")
    }
    guard let header = Self.decode(Header.self, first, decoder), !header.scenarios.isEmpty else {
      throw LabError("\(path):1: the recording's first line is damaged: record it again.")
    }
    self.header = header
    for (index, line) in lines.enumerated().dropFirst() {
      guard let trial = Self.decode(Trial.self, line, decoder) else {
        // A harness that was killed leaves a torn last line.
        if index == lines.count - 1, bytes.last != UInt8(ascii: "\n") { break }
        throw LabError("\(path):\(index + 1): the recording is damaged here: record it again.")
      }
      trials[trial.trial] = trial
    }
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ line: Data, _ decoder: JSONDecoder
  ) -> Value? {
    do {
      return try decoder.decode(type, from: line)
    } catch {
      // The caller says which line it is.
      return nil
    }
  }
}

/// Writes a recording while the demo runs.
struct DemoRecorder {
  private let path: String
  private let handle: FileHandle
  private var events: [DemoTrialID: [DemoRecording.Trial.Event]] = [:]

  /// - Throws: ``LabError`` if the file can't be written.
  init(path: String, _ header: DemoRecording.Header) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw LabError("\(path) can't be written: check the folder and its permissions.") }
    self.path = path
    self.handle = handle
    try write(header)
  }

  mutating func order(_ id: DemoTrialID) { events[id] = [] }

  mutating func take(_ id: DemoTrialID, _ news: TrialNews, seconds: Double) {
    events[id]?.append(.init(seconds: (seconds * 1e4).rounded() / 1e4, news: news))
  }

  mutating func take(_ id: DemoTrialID, _ answer: StageAnswer) throws {
    guard let seen = events.removeValue(forKey: id) else { return }
    try write(DemoRecording.Trial(trial: id, events: seen, answer: answer))
  }

  private func write(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = try encoder.encode(value) + [UInt8(ascii: "\n")]
    do {
      try handle.write(contentsOf: line)
    } catch {
      throw LabError("\(path) can no longer be written; is the disk full?")
    }
  }
}
