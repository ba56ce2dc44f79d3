// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
import Verdicts
import Wire

/// One scenario in full: the job, the fault in both twins, what theory says, the lesson.
public enum ShowReport {
  /// From this many columns, the armed lines of both twins are shown side by side.
  private static let sideBySide = 120

  /// - Parameter width: columns of the terminal; less than 60 is taken as 60.
  public static func render(
    _ scenario: Scenario, _ text: ScenarioText, width: Int, colour: Bool = false
  ) -> String {
    let whole = max(width, 60)
    let width = min(whole, 100)
    let isWide = whole >= sideBySide
    var lines = [
      StyledText(scenario.title, .bold),
      StyledText("\(scenario.name)  \(scenario.family.rawValue)  \(scenario.weakness)", .dim),
      StyledText(),
    ]
    lines += field("job", scenario.job, width)
    lines += field("fault", scenario.fault, width)
    lines += field("hook", "\(scenario.hook.bpf) (eBPF), \(scenario.hook.lkm) (module)", width)
    if let differs = scenario.hook.differs { lines += field("differs", differs, width) }
    lines += field("workload", scenario.workload.map(\.phrase).joined(separator: ", "), width)
    lines += field("observed", observation(scenario), width)
    for mechanism in Mechanism.allCases {
      let twin = scenario.twins[mechanism]
      lines += [StyledText()]
      lines.append(
        StyledText(mechanism.title, .bold) + StyledText(", armed: ")
          + expectation(twin.armed, twin.guardName))
      lines += paragraphs(twin.armed.because, width, indent: 2)
      if let sensitive = twin.sensitive {
        lines.append(
          StyledText("  on sensitive: ") + expectation(sensitive, twin.guardName))
        lines += paragraphs(sensitive.because, width, indent: 2)
      }
      if !isWide { lines += source(mechanism, scenario, text, width) }
    }
    if isWide {
      // Lines of code have 100 columns at most, and two of them, numbered, need 220.
      let column = (min(whole, 220) - 2) / 2
      lines.append(StyledText())
      lines += beside(
        source(.bpf, scenario, text, column), source(.lkm, scenario, text, column), column)
    }
    lines += [StyledText(), StyledText("Lesson", .bold)]
    lines += paragraphs(scenario.lesson, width, indent: 2)
    if !scenario.references.isEmpty {
      lines += [StyledText(), StyledText("References", .bold)]
      lines += scenario.references.flatMap { paragraphs($0, width, indent: 2) }
    }
    if let mirrors = scenario.mirrors, !mirrors.isEmpty {
      lines += [StyledText(), StyledText("Real bugs like it", .bold)]
      lines += mirrors.flatMap { paragraphs($0, width, indent: 2) }
    }
    return lines.map { $0.cut(to: whole).rendered(colour: colour) + "\n" }.joined()
  }

  /// A twin's file and its armed lines.
  private static func source(
    _ mechanism: Mechanism, _ scenario: Scenario, _ text: ScenarioText, _ width: Int
  ) -> [StyledText] {
    [StyledText("  \(scenario.sourcePath(mechanism))", .dim)] + snippet(text[mechanism], width)
  }

  private static func beside(
    _ left: [StyledText], _ right: [StyledText], _ column: Int
  ) -> [StyledText] {
    (0..<max(left.count, right.count)).map { index in
      let first = (index < left.count ? left[index] : StyledText()).cut(to: column)
      guard index < right.count else { return first }
      return first.padded(to: column + 2) + right[index].cut(to: column)
    }
  }

  private static func observation(_ scenario: Scenario) -> String {
    let observation = scenario.observation
    let what =
      observation.variable.map { "\($0)" } ?? observation.map.map { "the sum of map \($0)" } ?? ""
    return "\(what) = \(observation.value) in both disarmed twins"
  }

  private static func expectation(_ armed: Expectation, _ guardName: String?) -> StyledText {
    let rulingClass = armed.verdict.rulingClass
    let guardian = armed.verdict == .contained ? guardName : nil
    let by = (armed.by ?? guardian).map { " by \($0)" } ?? ""
    let kinds = armed.kinds.map(\.rawValue).joined(separator: " or ")
    let what = kinds.isEmpty ? armed.category?.rawValue ?? "" : kinds
    return StyledText("\(rulingClass.sign) \(armed.verdict.word(armed: true))", rulingClass.style)
      + StyledText("\(by)\(what.isEmpty ? "" : " (\(what))")")
  }

  private static func field(_ name: String, _ text: String, _ width: Int) -> [StyledText] {
    DisplayText.lines(of: text, to: width - 10).enumerated().map { index, line in
      StyledText(DisplayText.pad(index == 0 ? name : "", to: 10), .dim) + StyledText(line)
    }
  }

  /// Blank lines part paragraphs; all other line ends are the file's, not the text's.
  private static func paragraphs(_ text: String, _ width: Int, indent: Int) -> [StyledText] {
    let margin = String(repeating: " ", count: indent)
    let blocks = text.split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0.allSatisfy(\.isWhitespace) }
    let paragraphs = blocks.map { block in
      DisplayText.wrap(
        DisplayText.escape(block.joined(separator: " ")), to: width - indent
      ).map { StyledText(margin + $0) }
    }
    return Array(paragraphs.joined(separator: [StyledText()]))
  }

  /// The armed lines with two lines around them, numbered; `>` marks what the arming bit switches.
  private static func snippet(_ source: String?, _ width: Int) -> [StyledText] {
    guard let source else { return [StyledText("  (the file is missing)", .red)] }
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let armed = Set(lines.indices.filter { lines[$0].contains("/* armed */") })
    var result: [StyledText] = []
    var last: Int?
    for index in lines.indices
    where armed.contains(where: { abs($0 - index) <= 2 }) {
      if let last, index > last + 1 { result.append(StyledText("      ⋮", .dim)) }
      last = index
      let isArmed = armed.contains(index)
      let number = String(index + 1)
      let margin = String(repeating: " ", count: max(0, 5 - number.count)) + number
      let code = trimEnd(
        expandTabs(lines[index].replacing("/* armed */", with: "")))
      result.append(
        (StyledText("\(margin) ", .dim)
          + StyledText(isArmed ? "> \(code)" : "  \(code)", isArmed ? .red : nil))
          .cut(to: width))
    }
    return result
  }

  private static func trimEnd(_ line: String) -> String {
    var line = line[...]
    while line.last?.isWhitespace == true { line.removeLast() }
    return String(line)
  }
}

extension WorkStep {
  fileprivate var phrase: String {
    switch self {
    case .systemCall(let name, let times, let callers):
      "\(name)() × \(times)" + (callers > 1 ? " by \(callers) processes at once" : "")
    case .files(let count): "\(count) files"
    case .packets(let count): "\(count) packets"
    case .connections(let count): "\(count) connections"
    case .held(let count): "\(count) connections held"
    case .release: "release"
    case .processes(let count): "\(count) processes"
    case .sleep(let milliseconds): "\(milliseconds) ms of sleep"
    case .signals(let count): "\(count) signals"
    case .bystander(let count): "a bystander's \(count) writes"
    case .iterate(let times): "iterate × \(times)"
    case .trigger(let times): "trigger × \(times)"
    case .crashPoint(let name, let times): "crash point \(name) × \(times)"
    case .shell(let line): "shell: \(line)"
    case .devices(let times): "new devices and files × \(times)"
    case .unload: "unload"
    }
  }
}
