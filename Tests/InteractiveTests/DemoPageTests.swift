// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Interactive
import TestSupport
import Testing

/// `docs/demo.html` is the page of the recorded demo.
///
/// `PANICROOM_RECORD=1 ./panicroom test --filter DemoPageTests` writes it again.
@Suite(.lane, .timeLimit(.minutes(1))) struct DemoPageTests {
  private var page: String { DemoPage.render(Sample.recording) }

  @Test func thePageIsNotStale() throws {
    try expectGolden(page, "../../../docs/demo.html")
  }

  @Test func itShowsEveryScenarioFromQuestionToVerdict() {
    let pictures = page.components(separatedBy: "<section").dropFirst()
    for scenario in Sample.recording.header.scenarios {
      let own = pictures.filter { $0.contains(" \(scenario.name)") }
      #expect(own.count >= 5, "\(scenario.name)")
      #expect(own.contains { $0.contains("What happens to the kernel?") }, "\(scenario.name)")
      #expect(own.contains { $0.contains("Why: the kernel module") }, "\(scenario.name)")
    }
    #expect(page.contains("✖ oopsed") && page.contains("■ rejected by verifier"))
  }

  @Test func itAsksNobodyAndTakesNoMarkupFromTheRecording() throws {
    for word in ["src=", "href=", "@import", "url("] { #expect(!page.contains(word), "\(word)") }
    var recording = try String(
      contentsOfFile: Checkout.path("docs/samples/demo.jsonl"), encoding: .utf8)
    recording.replace("A map lookup that nobody checked", with: "<img src=x onerror=alert(1)>&")
    let bytes = Data(recording.utf8)
    let hostile = DemoPage.render(try DemoRecording(bytes: bytes, path: "talk.jsonl"))
    #expect(!hostile.contains("<img"))
    #expect(hostile.contains("&lt;img src=x onerror=alert(1)&gt;&amp;"))
  }
}
