// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

/// A run whose every string is hostile, in a browser: nothing of it is obeyed.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct HostilePageTests {
  private static let hostile =
    "</script></style></textarea>-->]]><img src=x onerror=alert(1)><script>alert(2)</script>"
    + "\"\u{301} onload=\"alert(3)\" '{{title}}{{{title}}} \u{202e}desrever\u{2066} \u{1b}[31m\u{1b}]8;;x\u{7}"

  private static func spoil(_ run: inout RunRecord, _ directory: String) throws {
    for index in run.scenarios.indices {
      run.scenarios[index].title = hostile
      run.scenarios[index].job = hostile
      run.scenarios[index].lesson = hostile
      run.scenarios[index].references = [hostile]
    }
    run.header.host.processor = hostile
    run.header.command = [hostile]
    run.warnings = [hostile]
    for index in run.trials.indices {
      run.trials[index].verdict.title = hostile
      run.trials[index].reason = hostile
      run.trials[index].outcome = .unmet
      run.trials[index].verdict.evidence = [.init(file: "console.log", line: 2, text: hostile)]
      guard let folder = run.trials[index].evidenceDirectory, run.trials[index].id.armed else {
        continue
      }
      // 10 MB of different lines.
      let line = Data("\(hostile)\n".utf8)
      var log = Data()
      if index == 0 || run.trials[index].id.scenario == "null-map-value" {
        for number in 0..<(10_000_000 / line.count) { log += Data("\(number) ".utf8) + line }
      } else {
        log = line
      }
      try log.write(to: URL(fileURLWithPath: "\(directory)/\(folder)/console.log"))
      try log.write(to: URL(fileURLWithPath: "\(directory)/\(folder)/verifier.log"))
    }
    for name in ["bpf/null_map_value.bpf.c", "lkm/null_map_value.c"] {
      try Data("/* \(hostile) */\nint x; // \(hostile)\n".utf8).write(
        to: URL(fileURLWithPath: "\(directory)/scenarios/\(name)"))
    }
  }

  @Test func nothingOfItIsObeyed() async throws {
    try await PageFiles.withPage(spoil: Self.spoil) { page in
      let size = try FileManager.default.attributesOfItem(atPath: page)[.size] as? Int
      #expect(try #require(size) < 6_000_000)
      try await Chromium.use { browser in
        let tab = try await Tab(browser)
        try await tab.resize(width: 360)
        try await tab.open(page)
        #expect(tab.complaints() == [])
        #expect(try tab.requests() == [])
        #expect(try await tab.evaluate("document.scripts.length") == 1)
        #expect(
          try await tab.evaluate("document.querySelectorAll('img, iframe, object').length") == 0)
        let handlers: Int = try await tab.evaluate(
          """
          [...document.querySelectorAll('*')].filter((e) => [...e.attributes]
            .some((a) => a.name.startsWith('on'))).length
          """)
        #expect(handlers == 0)
        let steering: Int = try await tab.evaluate(
          "(document.documentElement.outerHTML.match(/[\\u202a-\\u202e\\u2066-\\u2069\\u001b]/g) || []).length"
        )
        #expect(steering == 0)
        // It is all there to be read, and in its place.
        #expect(try await tab.evaluate(PageScripts.layOutAll))
        let title: String = try await tab.evaluate(
          "document.querySelector('.scenario .witty').innerText")
        #expect(title.contains("</script></style>") && title.contains("{{title}}"))
        #expect(try await tab.evaluate("document.querySelectorAll('.scenario').length") == 4)
        #expect(try await tab.evaluate(PageScripts.overflow, as: [String].self) == [])
      }
    }
  }
}
