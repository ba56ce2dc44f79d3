// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts
import Wire

/// Whether the two sources contain what a scenario's file says about them.
///
/// The sources are not compiled here: what counts is their text outside of comments, including the
/// headers in their own folder.
struct SourceCheck {
  let scenario: Scenario
  let text: ScenarioText
  /// The line of `hook.bpf` in the scenario's file.
  let hookLine: Int

  var problems: [Problem] { twin(.lkm, module) + twin(.bpf, program) + hook }

  /// If the program's hook is given as sections (`fentry/a and fexit/a`), the source must have
  /// them. Other texts (`tc ingress on lo`) are for readers only.
  private var hook: [Problem] {
    guard let source = text.bpf else { return [] }
    let named = scenario.hook.bpf.split(separator: /\s*,\s*|\s+and\s+/).map(String.init)
    guard named.allSatisfy({ $0.wholeMatch(of: /\??[a-z_.]+\/\S+/) != nil }) else { return [] }
    let sections = sections(withoutComments(source))
    // One that ends in a slash continues in a macro, which isn't known here.
    let open = sections.filter { $0.hasSuffix("/") }
    return named.filter { name in
      !sections.contains(name) && !open.contains { name.hasPrefix($0) }
    }.map { name in
      let there = sections.filter { $0.contains("/") }.joined(separator: ", ")
      return Problem(
        file: scenario.yamlPath, line: hookLine,
        message: "hook.bpf has \"\(name)\", but \(scenario.sourcePath(.bpf)) has no SEC() of it"
          + didYouMean(name, among: sections) + (there.isEmpty ? "" : " (it has: \(there))"))
    }
  }

  private func sections(_ code: String) -> [String] {
    code.matches(of: /\bSEC\s*\(\s*"([^"]+)"/).map { String($0.1) }
  }

  private func twin(
    _ mechanism: Mechanism, _ rules: (_ own: String, _ all: String) -> [(Int, String)]
  ) -> [Problem] {
    let file = scenario.sourcePath(mechanism)
    guard let source = text[mechanism] else {
      return [Problem(file: file, line: 1, message: "the twin's source is missing")]
    }
    let own = withoutComments(source)
    let headers = text.headers.filter { $0.key.hasPrefix("\(mechanism.rawValue)/") }
      .sorted { $0.key < $1.key }.map { withoutComments($0.value) }
    var found = rules(own, ([own] + headers).joined(separator: "\n"))
    found += SourceStyle.problems(source)
    found += arming(scenario.twins[mechanism], source, own)
    for name in counters(mechanism) where !hasWord(name, own) {
      let what = name == "faults" ? "faulty operation that has run" : "event of the job"
      found.append((1, "nothing counts in \"\(name)\": increment it for each \(what)"))
    }
    return found.map { Problem(file: file, line: $0.0, message: $0.1) }
  }

  /// If arming takes privileges away, the sources are not involved.
  private func arming(
    _ twin: Scenario.Twin, _ source: String, _ own: String
  ) -> [(Int, String)] {
    let asksCompiler = hasWord("ARMED", own)
    if asksCompiler, twin.built != .twice {
      return [(1, "ARMED is defined only for a twin that is built: twice")]
    }
    if !asksCompiler, twin.built == .twice {
      return [(1, "the twin is built: twice, but nothing asks #if ARMED")]
    }
    guard scenario.armedPrivileges == nil else { return [] }
    var found: [(Int, String)] = []
    if !source.contains("/* armed */") {
      found.append((1, "no line is marked /* armed */: mark what the arming bit switches"))
    }
    if !hasWord("armed", own), !asksCompiler {
      found.append((1, "nothing asks whether the twin is armed"))
    }
    return found
  }

  /// The observation, and the count of faults that completed if the armed twin is expected to end
  /// without a report: a fault that never ran proves nothing.
  private func counters(_ mechanism: Mechanism) -> [String] {
    let observation = [scenario.observation.variable ?? scenario.observation.map].compactMap(\.self)
    let quiet: [Ruling] = [.contained, .survived, .leaked, .corrupted]
    let ends = quiet.contains(scenario.twins[mechanism].armed.verdict)
    return observation + (ends ? ["faults"] : [])
  }

  private func module(_ own: String, _ all: String) -> [(Int, String)] {
    var problems: [(Int, String)] = []
    if all.firstMatch(of: /\bMODULE_LICENSE\s*\(/) == nil {
      problems.append((1, "the module has no MODULE_LICENSE"))
    }
    var parameters = counters(.lkm)
    let triggers = scenario.workload.contains { if case .trigger = $0 { true } else { false } }
    if triggers { parameters.append("trigger") }
    let declared = Set(
      all.matches(of: /\bmodule_param(?:_named|_cb|_call|_unsafe)?\s*\(\s*([A-Za-z0-9_]+)/)
        .map { String($0.1) })
    for name in parameters where !declared.contains(name) {
      problems.append((1, "the module has no parameter \"\(name)\" (module_param)"))
    }
    return problems
  }

  private func program(_ own: String, _ all: String) -> [(Int, String)] {
    var problems: [(Int, String)] = []
    let sections = sections(own)
    if !sections.contains(where: { !$0.hasPrefix(".") && !["license", "version"].contains($0) }) {
      problems.append((1, "no program: no function has a SEC(\"…\")"))
    }
    if !isGlobal("armed", all), !hasWord("ARMED", own), scenario.armedPrivileges == nil {
      problems.append((1, "the program has no global variable \"armed\""))
    }
    for name in counters(.bpf) where name != scenario.observation.map && !isGlobal(name, all) {
      problems.append((1, "the program has no global variable \"\(name)\""))
    }
    if let map = scenario.observation.map, !isMap(map, all) {
      problems.append((1, "the program has no map \"\(map)\""))
    }
    for attach in scenario.attach where !isCalled(attach.program, own) {
      problems.append((1, "there is no program \"\(attach.program)\" to attach"))
    }
    return problems
  }

  /// Declared at the start of a line, as nothing within a function is.
  private func isGlobal(_ name: String, _ code: String) -> Bool {
    code.split(whereSeparator: \.isNewline).contains { line in
      line.first.map { $0.isLetter || $0 == "_" } == true && !line.contains("(")
        && line.firstMatch(of: /^[A-Za-z0-9_ \t*,]+/).map { hasWord(name, String($0.0)) } == true
    }
  }

  private func isMap(_ name: String, _ code: String) -> Bool {
    code.matches(of: /\b([A-Za-z0-9_]+)\s+SEC\s*\(\s*"\.maps"/).contains { $0.1 == name }
  }

  private func isCalled(_ name: String, _ code: String) -> Bool {
    code.matches(of: /\b([A-Za-z0-9_]+)\s*[(,]/).contains { $0.1 == name }
  }

  private func hasWord(_ word: String, _ code: String) -> Bool {
    code.split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == word }
  }
}

/// C without its comments; quoted text is kept, and lines keep their numbers.
func withoutComments(_ source: String) -> String {
  enum State {
    case code, line, block
    case quoted(UInt8)
  }
  var state = State.code
  var result: [UInt8] = []
  let bytes = Array(source.utf8)
  var index = 0
  while index < bytes.count {
    let byte = bytes[index]
    let next = index + 1 < bytes.count ? bytes[index + 1] : 0
    switch (state, byte, next) {
    case (.code, UInt8(ascii: "/"), UInt8(ascii: "/")): state = .line
    case (.code, UInt8(ascii: "/"), UInt8(ascii: "*")):
      state = .block
      index += 1
    case (.code, UInt8(ascii: "\""), _), (.code, UInt8(ascii: "'"), _):
      state = .quoted(byte)
      result.append(byte)
    case (.quoted, UInt8(ascii: "\\"), _):
      result += [byte, next]
      index += 1
    case (.quoted(let quote), _, _):
      if byte == quote || byte == UInt8(ascii: "\n") { state = .code }
      result.append(byte)
    case (.block, UInt8(ascii: "*"), UInt8(ascii: "/")):
      state = .code
      result.append(UInt8(ascii: " "))
      index += 1
    case (_, UInt8(ascii: "\n"), _):
      if case .line = state { state = .code }
      result.append(byte)
    case (.code, _, _): result.append(byte)
    case (.line, _, _), (.block, _, _): break
    }
    index += 1
  }
  return String(decoding: result, as: UTF8.self)
}
