import Foundation
import Record
import Reports
import TestSupport
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

  @Test func itIsAsTheSchemaSays() throws {
    for run in [Samples.run, try SampleRun.read()] {
      #expect(try XMLCheck.problems(JUnitReport.render(run), schema: "junit.xsd") == "")
    }
  }

  @Test(arguments: [
    (" errors=", " mistakes="), ("<failure ", "<failing "), (" time=\"0.080\"", " time=\"soon\""),
  ]) func theSchemaRefusesWhatIsWrong(right: String, wrong: String) throws {
    let text = JUnitReport.render(Samples.run)
    #expect(text.contains(right))
    let spoilt = text.replacing(right, with: wrong)
      .replacing("</failure>", with: wrong == "<failing " ? "</failing>" : "</failure>")
    #expect(try XMLCheck.problems(spoilt, schema: "junit.xsd") != "")
  }

  @Test func aTrialThatWasTriedAgainIsOneCase() {
    let cases = JUnitReport.render(Samples.run).matches(of: /<testcase\b/).count
    #expect(cases == Samples.run.currentTrials.count)
    #expect(cases == Samples.run.trials.count - 1)
  }
}
