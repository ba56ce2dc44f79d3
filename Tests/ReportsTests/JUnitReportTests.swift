import Foundation
import Record
import Reports
import Testing

@Suite struct JUnitReportTests {
  @Test func aRunIsAsRecorded() throws {
    try expectGolden(JUnitReport.render(Samples.run), "run.xml")
  }

  @Test func whatXMLForbidsIsMadeVisible() {
    var run = Samples.run
    run.trials[9].reason = "a\u{0}\u{8}\u{1b}\u{fffe}\"<&>'\n\tb"
    let text = JUnitReport.render(run)
    #expect(
      text.contains(
        "message=\"a\\x00\\x08\\x1b\\u{fffe}&quot;&lt;&amp;&gt;&apos;\\n\\tb\""))
    let forbidden = text.unicodeScalars.filter { scalar in
      (scalar.value < 0x20 && scalar != "\n") || (0xfffe...0xffff).contains(scalar.value)
    }
    #expect(forbidden.isEmpty)
  }

  @Test func aTrialThatWasTriedAgainIsOneCase() {
    let cases = JUnitReport.render(Samples.run).matches(of: /<testcase\b/).count
    #expect(cases == Samples.run.currentTrials.count)
    #expect(cases == Samples.run.trials.count - 1)
  }
}
