import Reports
import Scenarios
import Testing

@Suite struct ScenarioReportTests {
  private let yaml = """
    name: null-map-value
    title: A map lookup that nobody checked
    family: memory
    weakness: CWE-476
    job: Count the getpgid calls of each process in a hash map, which holds as many as there are.
    fault: The lookup of a key that is not there is followed without a check.
    hook: {lkm: kprobe __x64_sys_getpgid, bpf: kprobe/__x64_sys_getpgid, differs: Nothing.}
    workload: [{syscall: getpgid, times: 64}, {sleep_ms: 30}, {unload: true}]
    observation: {variable: events, value: 64}
    twins:
      lkm:
        armed: {verdict: oopsed, kinds: [null-dereference, page-fault], because: Nothing is there.}
      bpf:
        armed: {verdict: rejected, by: verifier, category: memory-safety, because: It may be NULL.}
    lesson: |
      The first paragraph of the lesson goes on for longer than one line of a narrow
      terminal has room for.

      The second is short.
    references: [https://docs.kernel.org/bpf/verifier.html]
    """

  private let source = """
    // one
    // two
    // three
    static int count(void)
    {
    \tif (!armed && !value)\t\t/* armed */
    \t\treturn 0;
    \t++*value;
    \tevents++;
    \treturn 0;
    }
    // twelve
    // thirteen
    int again(void)\t/* armed */
    {
    """

  private func scenario(name: String = "null-map-value") throws -> Scenario {
    try ScenarioFile.parse(
      yaml.replacing("name: null-map-value", with: "name: \(name)"), file: "\(name).yaml")
  }

  @Test func aScenarioIsShownAsRecorded() throws {
    let text = ScenarioText(name: "null-map-value", yaml: yaml, lkm: source, bpf: nil)
    try expectGolden(ShowReport.render(try scenario(), text, width: 80), "show.txt")
  }

  @Test(arguments: [80, 120]) func theListIsAsRecorded(width: Int) throws {
    let scenarios = [try scenario(), try scenario(name: "a-scenario-with-quite-a-long-name")]
    try expectGolden(ListReport.render(scenarios, width: width), "list-\(width).txt")
  }

  @Test(arguments: [60, 80, 100]) func noLineIsWiderThanTheTerminal(width: Int) throws {
    let long = try scenario(name: "a" + String(repeating: "-very", count: 20))
    let text = ScenarioText(
      name: long.name, yaml: yaml,
      lkm: source.replacing("++*", with: String(repeating: "+", count: 200)),
      bpf: source)
    for output in [
      ListReport.render([long], width: width), ShowReport.render(long, text, width: width),
    ] {
      for line in output.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
    }
  }
}
