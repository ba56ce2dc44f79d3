// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing
import Verdicts

/// The report in a browser, as a reader has it.
@Suite(
  .lane, .tags(.browser), .timeLimit(.minutes(5)),
  .serialized,
  .enabled(
    if: Chromium.isExpected,
    "Chromium is missing; install Debian's package chromium, as ./panicroom test does"))
struct ReportPageTests {
  @Test func itLoadsWithoutComplaintAndAsksNobody() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.open(page)
      #expect(try await tab.evaluate("document.querySelectorAll('.scenario').length") == 4)
      #expect(tab.complaints() == [])
      #expect(try tab.requests() == [])
    }
  }

  @Test func filtersShowWhatIsAskedFor() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.open(page)
      #expect(try await tab.evaluate(PageScripts.shownRows, as: [String].self).count == 4)
      #expect(try await tab.evaluate(PageScripts.press("bpf", "contained")))
      let contained = try await tab.evaluate(PageScripts.shownRows, as: [String].self)
      #expect(Set(contained) == ["divide-by-zero", "stale-task-pointer"])
      #expect(try await tab.evaluate(PageScripts.shownSections, as: [String].self).count == 2)
      #expect(try await tab.evaluate(PageScripts.filter("text", "ZERO")))
      #expect(
        try await tab.evaluate(PageScripts.shownRows, as: [String].self) == ["divide-by-zero"])
      let count: String = try await tab.evaluate(PageScripts.countText)
      #expect(count == "1 fault in 1 of 4 scenarios")
      #expect(
        try await tab.evaluate("document.querySelector('#filters [type=reset]').click() ?? true"))
      #expect(
        try await tab.evaluate(
          "new Promise((done) => setTimeout(() => done(\(PageScripts.shownRows)), 50))",
          as: [String].self
        ).count == 4)
      #expect(tab.complaints() == [])
    }
  }

  @Test func aLinkWithFiltersShowsTheSame() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.open(page, "?text=loops&bpf=crashed,damaged")
      #expect(
        try await tab.evaluate(PageScripts.shownRows, as: [String].self) == ["nested-loops-stall"])
      // What the filters hide is shown all the same where a link points to it.
      try await tab.open(page, "?text=loops#s-null-map-value")
      let top: Double = try await tab.evaluate(
        """
        new Promise((done) => setTimeout(() => done(
          document.getElementById('s-null-map-value').getBoundingClientRect().top), 300))
        """)
      #expect(top > -5 && top < 200)
      #expect(try await tab.evaluate(PageScripts.shownSections, as: [String].self).count == 4)
    }
  }

  @Test func theMatrixCanBeSorted() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.open(page)
      let click = "document.querySelector('th[data-sort=name] button').click() ?? true"
      #expect(try await tab.evaluate(click))
      let up = try await tab.evaluate(PageScripts.shownRows, as: [String].self)
      #expect(up == up.sorted())
      #expect(try await tab.evaluate(click))
      #expect(try await tab.evaluate(PageScripts.shownRows, as: [String].self) == up.reversed())
    }
  }

  @Test(arguments: [360, 1280, 1920]) func nothingOverflows(width: Int) async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.resize(width: width)
      for path in [
        page, try PageFiles.comparison(URL(fileURLWithPath: page).deletingLastPathComponent().path),
      ] {
        try await tab.open(path)
        #expect(try await tab.evaluate(PageScripts.layOutAll))
        #expect(
          try await tab.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true }) ?? true"))
        #expect(try await tab.evaluate(PageScripts.overflow, as: [String].self) == [])
      }
    }
  }

  @Test(arguments: Tab.Scheme.allCases) func contrastHolds(scheme: Tab.Scheme) async throws {
    // An unmet trial, so that what is coloured for it is there as well.
    let spoil = { (run: inout RunRecord, _: String) in
      run.trials[0].outcome = .unmet
      run.trials[0].reason = "expected something else"
    }
    try await PageFiles.withTab(spoil: spoil) { tab, page in
      try await tab.prefer(scheme)
      for path in [
        page, try PageFiles.comparison(URL(fileURLWithPath: page).deletingLastPathComponent().path),
      ] {
        try await tab.open(path)
        #expect(try await tab.evaluate(PageScripts.layOutAll))
        let contrast = try await tab.evaluate(PageScripts.contrast, as: PageScripts.Contrast.self)
        #expect(contrast.checked > (path == page ? 500 : 10))
        #expect(contrast.found == [])
      }
      let paper: String = try await tab.evaluate("getComputedStyle(document.body).backgroundColor")
      #expect((paper == "rgb(255, 255, 255)") == (scheme == .light))
    }
  }

  @Test func itReadsWithoutJavaScript() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.allowScripts(false)
      try await tab.open(page, "#s-divide-by-zero")
      #expect(try await tab.evaluate(PageScripts.layOutAll))
      let text: String = try await tab.evaluate("document.body.innerText")
      for part in [
        "harmed the kernel", "What nothing stopped in eBPF", "a pointer that may be NULL",
        "Looked at again on sensitive", "Method and limits",
      ] {
        #expect(text.contains(part), "\(part)")
      }
      #expect(try await tab.evaluate(PageScripts.shownSections, as: [String].self).count == 4)
      // Controls that only scripts serve aren't there.
      #expect(try await tab.evaluate("document.getElementById('filters').offsetParent === null"))
      #expect(tab.complaints() == [])
    }
  }

  @Test func whatIsToBeReadHasItsNameAndItsOrder() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.open(page)
      let headings: [Int] = try await tab.evaluate(
        "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))")
      #expect(headings.first == 1)
      #expect(zip(headings, headings.dropFirst()).allSatisfy { $1 <= $0 + 1 })
      let twice: Int = try await tab.evaluate(
        """
        (() => { const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
          return ids.length - new Set(ids).size; })()
        """)
      #expect(twice == 0)
      let nameless: Int = try await tab.evaluate(
        """
        [...document.querySelectorAll('button, a[href], input, select, [tabindex], svg[role]')]
          .filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby')
            || e.textContent.trim() || e.labels?.length)).length
        """)
      #expect(nameless == 0)
      let broken: [String] = try await tab.evaluate(
        """
        [...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href'))
          .filter((href) => !document.getElementById(href.slice(1)))
        """)
      #expect(broken == [])
    }
  }

  @Test func severalKernelsStandInTheirOrderAndFitThePage() async throws {
    try await PageFiles.withTab(spoil: PageFiles.onFourKernels) { tab, page in
      try await tab.open(page)
      let kernels = try await tab.evaluate(
        """
        [...document.querySelectorAll("#matrix-table thead th[colspan]")]
          .map((head) => head.textContent.split(" ")[0])
        """, as: [String].self)
      #expect(kernels == ["5.10", "6.1", "6.12", "7.2"])
      let outside: Double = try await tab.evaluate(
        """
        (() => { const table = document.getElementById("matrix-table");
          return table.getBoundingClientRect().right - table.parentElement.getBoundingClientRect().right; })()
        """)
      #expect(outside <= 1)
      // A skipped cell is two words; why comes when it is asked for.
      let skipped = try await tab.evaluate(
        "[...document.querySelectorAll('#matrix-table .why')].map((cell) => cell.innerText.trim())",
        as: [String].self)
      #expect(skipped == ["– skipped"])
      // Nothing is red though a control was skipped.
      #expect(
        try await tab.evaluate("document.querySelectorAll('#matrix-table .unmet').length") == 0)
    }
  }

  @Test func onATelephoneAScenarioIsACard() async throws {
    try await PageFiles.withTab(spoil: PageFiles.onFourKernels) { tab, page in
      try await tab.resize(width: 390, height: 844)
      try await tab.open(page)
      #expect(try await tab.evaluate(PageScripts.overflow, as: [String].self) == [])
      let scrolling: Bool = try await tab.evaluate(
        "(() => { const box = document.querySelector('#matrix .scroll'); return box.scrollWidth > box.clientWidth; })()"
      )
      #expect(!scrolling)
      let labels = try await tab.evaluate(
        """
        [...document.querySelector("#matrix-table tbody tr").querySelectorAll(".cell")]
          .map((cell) => getComputedStyle(cell, "::before").content)
        """, as: [String].self)
      #expect(labels.count == 8 && labels[0].contains("5.10 stock, eBPF"))
      // No heading that a link leads to is under the bar.
      try await tab.open(page, "#s-null-map-value")
      let room: Double = try await tab.evaluate(
        """
        new Promise((done) => setTimeout(() => done(
          document.getElementById("t-null-map-value").getBoundingClientRect().top
            - document.querySelector(".contents").getBoundingClientRect().bottom), 300))
        """)
      #expect(room >= 0)
    }
  }

  @Test func verdictsComeBeforeTheLessonAndEvidenceIsAClickAway() async throws {
    try await PageFiles.withTab { tab, page in
      try await tab.open(page)
      let isBefore: Bool = try await tab.evaluate(
        """
        [...document.querySelectorAll(".scenario")].every((section) => section
          .querySelector(".verdict-line").compareDocumentPosition(section.querySelector(".lesson"))
          & Node.DOCUMENT_POSITION_FOLLOWING)
        """)
      #expect(isBefore)
      let proof: String = try await tab.evaluate(
        "document.querySelector('#twin-divide-by-zero-bpf .proof').textContent")
      #expect(
        proof.contains("Its faulty code ran 64 times. The job came to 64, as it does disarmed."))
      // A cited line is shown, though its log was folded.
      let shown: Bool = try await tab.evaluate(
        """
        new Promise((done) => {
          const link = document.querySelector("#twin-null-map-value-lkm .evidence a");
          link.click();
          setTimeout(() => done(document.querySelector(link.getAttribute("href")).offsetParent !== null
            && document.querySelector(link.getAttribute("href")).textContent.includes("NULL pointer")), 300);
        })
        """)
      #expect(shown)
    }
  }
}
