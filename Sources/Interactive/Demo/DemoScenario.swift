// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Scenarios
package import Verdicts

/// All that a demo shows of a scenario before anything has run. A recording holds it, so that it
/// can be replayed without the checkout that it was made in.
package struct DemoScenario: Codable, Sendable, Equatable {
  package var name: String
  package var title: String
  package var weakness: String
  package var job: String
  package var fault: String
  package var hooks: Twins<String>
  /// What differs between the hooks, or the twins' data structures.
  package var differs: String?
  /// What both disarmed twins report.
  package var control: String
  package var lesson: String
  package var mirrors: [String]
  package var twins: Twins<Twin>

  package struct Twin: Codable, Sendable, Equatable {
    /// From the repository's top, as verdicts name it.
    package var path: String
    package var source: String
    /// Why theory expects of the armed twin what it does.
    package var because: String
  }

  enum CodingKeys: String, CodingKey {
    case name, title, weakness, job, fault, hooks, differs, control, lesson, mirrors, twins
  }

  package init(_ scenario: Scenario, _ text: ScenarioText) {
    name = scenario.name
    title = scenario.title
    weakness = scenario.weakness
    job = scenario.job
    fault = scenario.fault
    hooks = Twins(lkm: scenario.hook.lkm, bpf: scenario.hook.bpf)
    differs = scenario.hook.differs
    let observation = scenario.observation
    let what = observation.variable ?? observation.map.map { "the sum of \($0)" } ?? "observation"
    control = "\(what) = \(observation.value)"
    lesson = scenario.lesson
    mirrors = scenario.mirrors ?? []
    func twin(_ mechanism: Mechanism) -> Twin {
      Twin(
        path: scenario.sourcePath(mechanism), source: text[mechanism] ?? "",
        because: scenario.twins[mechanism].armed.because)
    }
    twins = Twins(lkm: twin(.lkm), bpf: twin(.bpf))
  }
}

/// Something of each of the two twins.
package struct Twins<Value> {
  package var lkm: Value
  package var bpf: Value

  package init(lkm: Value, bpf: Value) {
    self.lkm = lkm
    self.bpf = bpf
  }

  package subscript(mechanism: Mechanism) -> Value {
    get { mechanism == .lkm ? lkm : bpf }
    set { if mechanism == .lkm { lkm = newValue } else { bpf = newValue } }
  }
}

extension Twins: Sendable where Value: Sendable {}
extension Twins: Equatable where Value: Equatable {}
extension Twins: Codable where Value: Codable {}

extension Mechanism {
  /// From left to right: the twin without a guard comes first.
  static let shown: [Mechanism] = [.lkm, .bpf]

  var other: Mechanism { self == .lkm ? .bpf : .lkm }
}

extension DemoScenario.Twin {
  /// Its lines, the marks of armed ones taken out.
  var lines: [(text: String, isArmed: Bool)] {
    var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let isArmed = line.contains("/* armed */")
      var text = isArmed ? line.replacing("/* armed */", with: "")[...] : line
      while text.last?.isWhitespace == true { text.removeLast() }
      return (String(text), isArmed)
    }
    if lines.last?.0 == "" { lines.removeLast() }
    return lines
  }
}
