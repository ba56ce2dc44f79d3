// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct PictureReportTests {
  @Test func theBarsAreAsLongAsTheirNumbers() throws {
    let picture = PictureReport.render(try SampleRun.read())
    #expect(picture.contains("4 faults on Linux 6.1.0-56-cloud-amd64"))
    #expect(picture.contains("eBPF: 1 rejected, 2 contained, 1 crashed."))
    #expect(picture.contains("kernel module: 1 unnoticed, 3 crashed."))
    let bars = picture.matches(
      of: /<rect class="(\w+)" x="[\d.]+" y="(\d+)" width="([\d.]+)" height="34"\/>/)
    let one = try #require(bars.first { $0.1 == "refused" }.flatMap { Double($0.3) })
    let three = try #require(bars.last { $0.1 == "crashed" }.flatMap { Double($0.3) })
    #expect(abs(three - 3 * one) < 0.1)
  }

  @Test func aNameFromElsewhereIsNoMarkup() throws {
    var run = try SampleRun.read()
    run.header.kernels[0].release = "6.1</desc><script>"
    #expect(!PictureReport.render(run).contains("<script>"))
  }
}
