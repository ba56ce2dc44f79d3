// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct JSONReportTests {
  private func json(_ text: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }

  private func schema(_ name: String) throws -> SchemaChecker {
    let file = Checkout.root.appending(path: "docs/schema/\(name)")
    return SchemaChecker(
      root: try #require(try json(String(contentsOf: file, encoding: .utf8)) as? [String: Any]))
  }

  private var schema: SchemaChecker { get throws { try schema("report-1.json") } }

  @Test func aReportIsAsTheSchemaSays() throws {
    for run in [Samples.run, try SampleRun.read()] {
      #expect(try schema.problems(try json(try JSONReport.render(run))) == [])
    }
  }

  /// Of several kernels, one of which could not be had.
  @Test func aReportOfSeveralKernelsIsAsTheSchemaSays() throws {
    var run = Samples.run
    run.header.kernels += [
      .init(name: "gone", release: "not available", missing: "its suite is gone"),
      .init(name: "broken", release: "not available", failure: "it does not boot"),
    ]
    run.header.inspected = true
    #expect(try schema.problems(try json(try JSONReport.render(run))) == [])
  }

  @Test func aReportWithFlakyAndKnownTrialsIsAsTheSchemaSays() throws {
    var run = Samples.run
    run.header.retryUnmet = 1
    run.header.failsOnFlaky = true
    run.header.known = [
      .init(scenario: "divide-*", mechanism: .lkm, reason: "r", link: "l", until: "2027-01-01")
    ]
    var again = Samples.armed("reference-leak", .lkm, Verdict(.leaked))
    again.id.repetition = 2
    run.trials.append(again)
    let text = try JSONReport.render(run)
    #expect(try schema.problems(try json(text)) == [])
    for key in ["\"flaky\" : true", "\"flaky\" : 1", "\"known\" : 1", "\"retry_of\" : 1"] {
      #expect(text.contains(key), "\(key)")
    }
  }

  @Test func aComparisonIsAsTheSchemaSays() throws {
    let text = try ComparisonReport.render([try SampleReportTests.comparison()], as: .json)
    let schema = try schema("comparison-1.json")
    #expect(schema.problems(try json(text)) == [])
    for (right, wrong) in [
      ("\"worse\" : true", "\"worse\" : 1"), ("\"what\" : \"missing\"", "\"what\" : \"gone\""),
      ("\"compared\" :", "\"held\" :"),
    ] {
      #expect(text.contains(right))
      #expect(schema.problems(try json(text.replacing(right, with: wrong))) != [])
    }
  }

  @Test func theSchemaKnowsEveryChange() throws {
    let change = try #require(
      (try schema("comparison-1.json").root["$defs"] as? [String: Any])?["change"])
    let properties = try #require(
      (change as? [String: Any])?["properties"] as? [String: [String: Any]])
    let names = try #require(properties["what"]?["enum"] as? [String])
    #expect(Set(names) == Set(Comparison.What.allCases.map(\.rawValue)))
  }

  @Test(arguments: [
    ("\"schema\" : 1", "\"schema\" : \"1\""), ("\"met\" :", "\"mett\" :"),
    ("\"verdict\" : \"oopsed\"", "\"verdict\" : \"boomed\""), ("\"trials\" : [", "\"trail\" : ["),
    ("\"armed\" : true", "\"armed\" : 1"), ("\"repetition\" : 1", "\"repetition\" : 1.5"),
  ])
  func theSchemaRefusesWhatIsWrong(right: String, wrong: String) throws {
    let report = try JSONReport.render(Samples.run)
    #expect(report.contains(right))
    #expect(try schema.problems(try json(report.replacing(right, with: wrong))) != [])
  }

  @Test func nothingInItSteersATerminal() throws {
    var run = Samples.run
    let hostile = "\u{1b}[31m \u{202e}desrever \u{9b}0m \u{7f}"
    run.trials[0].reason = hostile
    let text = try JSONReport.render(run)
    #expect(
      !text.unicodeScalars.contains { "\u{1b}\u{202e}\u{9b}\u{7f}".unicodeScalars.contains($0) })
    let trials = (try json(text) as? [String: Any])?["trials"] as? [[String: Any]]
    #expect(trials?.first?["reason"] as? String == hostile)
  }

  @Test func allTrialsAreThereAndTheSummaryCountsTheLastOfEach() throws {
    let report = try #require(try json(try JSONReport.render(Samples.run)) as? [String: Any])
    #expect((report["trials"] as? [Any])?.count == 16)
    let summary = try #require(report["summary"] as? [String: Any])
    #expect(summary["met"] as? Int == 11)
    #expect(summary["unmet"] as? Int == 2)
    #expect(summary["inconclusive"] as? Int == 1)
    #expect(summary["skipped"] as? Int == 1)
    #expect(summary["remaining"] as? Int == 1)
    #expect(summary["exit_status"] as? Int == 1)
  }
  /// A twin whose kernel lacks something: what became of it armed says nothing, in either place.
  @Test func outcomesAddUpToTheSummary() throws {
    var run = Samples.run
    let armed = try #require(
      run.trials.firstIndex { $0.id.armed && $0.outcome == .unmet && !$0.superseded })
    for index in run.trials.indices {
      var control = run.trials[armed].id
      control.armed = false
      if run.trials[index].id == control { run.trials[index].outcome = .skipped }
    }
    let report = try #require(try json(try JSONReport.render(run)) as? [String: Any])
    let summary = try #require(report["summary"] as? [String: Any])
    let trials = try #require(report["trials"] as? [[String: Any]])
    #expect(summary["skipped"] as? Int != Summary(Samples.run).skipped)
    for outcome in ["met", "unmet", "inconclusive", "skipped"] {
      let told = trials.count {
        $0["outcome"] as? String == outcome && $0["superseded"] as? Bool != true
      }
      #expect(told == summary[outcome] as? Int, "\(outcome)")
    }
  }
}

/// The part of JSON Schema that `docs/schema/report-1.json` uses.
struct SchemaChecker {
  let root: [String: Any]

  func problems(_ value: Any) -> [String] { check(value, root, at: "$") }

  private func check(_ value: Any, _ schema: [String: Any], at path: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = String(reference.dropFirst("#/$defs/".count))
      guard let definition = (root["$defs"] as? [String: Any])?[name] as? [String: Any] else {
        return ["\(path): no definition \(name)"]
      }
      return check(value, definition, at: path)
    }
    var problems: [String] = []
    if let type = schema["type"] as? String, !isOf(type, value) {
      return ["\(path): no \(type)"]
    }
    if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
      problems.append("\(path): \(value) isn't allowed")
    }
    if let constant = schema["const"] as? Int, (value as? NSNumber)?.intValue != constant {
      problems.append("\(path): not \(constant)")
    }
    if let object = value as? [String: Any] {
      problems += (schema["required"] as? [String] ?? []).filter { object[$0] == nil }
        .map { "\(path): no key \($0)" }
      let known = schema["properties"] as? [String: [String: Any]] ?? [:]
      for (key, value) in object {
        if let own = known[key] ?? (schema["additionalProperties"] as? [String: Any]) {
          problems += check(value, own, at: "\(path).\(key)")
        } else if schema["additionalProperties"] as? Bool == false {
          problems.append("\(path): unknown key \(key)")
        }
      }
    }
    if let array = value as? [Any], let items = schema["items"] as? [String: Any] {
      for (index, value) in array.enumerated() {
        problems += check(value, items, at: "\(path)[\(index)]")
      }
    }
    return problems
  }

  private func isOf(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBoolean(value)
    case "integer": !isBoolean(value) && isInteger(value)
    case "number": !isBoolean(value) && value is NSNumber
    default: false
    }
  }

  private func isBoolean(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? (value is Bool)
  }

  private func isInteger(_ value: Any) -> Bool {
    (value as? NSNumber).map { $0.doubleValue.rounded() == $0.doubleValue } ?? false
  }
}
