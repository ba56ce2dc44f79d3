// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct LaneTests {
  @Test func aTestIsOfTheLastLaneThatItsTagsName() {
    #expect(Lane([]) == .fast)
    #expect(Lane([.guest]) == .guests)
    #expect(Lane([.program]) == .guests)
    #expect(Lane([.guest, .alone]) == .guests)
    for tag in [Tag.network, .browser, .compiler, .tool, .slow] {
      #expect(Lane([tag]) == .integration)
      #expect(Lane([.guest, tag]) == .integration)
      #expect(Lane([.guest, tag, .long]) == .long)
    }
  }

  /// Foundation's `Process` knows a program's end by a socket that any other program started at that moment
  /// inherits, and waits on a thread of Swift's pool: two such waits stop all tests.
  @Test func programsAreRunByTool() throws {
    let tests = Checkout.root.appending(path: "Tests")
    for file in try FileManager.default.subpathsOfDirectory(atPath: tests.path)
    where file.hasSuffix(".swift") {
      let text = try String(contentsOf: tests.appending(path: file), encoding: .utf8)
      #expect(text.firstMatch(of: /\bProcess\(\)/) == nil, "\(file)")
    }
  }

  /// A suite without it would run in every lane. (That it has a time limit the lane checks itself.)
  @Test func everySuiteIsInALane() throws {
    let tests = Checkout.root.appending(path: "Tests")
    let files = try FileManager.default.subpathsOfDirectory(atPath: tests.path)
      .filter { $0.contains("Tests/") && $0.hasSuffix(".swift") }
    var suites = 0
    for file in files {
      let text = try String(contentsOf: tests.appending(path: file), encoding: .utf8)
      // Types of the outermost level, each with what stands before it since the last one's end.
      for part in text.components(separatedBy: "\n}\n") where part.contains("\n  @Test") {
        guard let suite = part.firstMatch(of: #/\n(?! )[^\n]*?(?:struct|class) (\w+)/#) else {
          continue  // An extension.
        }
        suites += 1
        let traits = part[..<suite.range.upperBound].components(separatedBy: "@Suite(").last
        #expect(
          part.contains("\n@Suite(") && traits?.contains(".lane") == true,
          "\(file): \(suite.1) needs @Suite(.lane, …)")
      }
    }
    #expect(suites > 120)
  }
}
