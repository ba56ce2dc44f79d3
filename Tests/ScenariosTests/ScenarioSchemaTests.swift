// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios
import TestSupport
import Testing
import Verdicts
import Wire

/// The schema that editors use knows what the reader knows. `.ci/metadata` checks all scenarios against it.
@Suite(.lane, .timeLimit(.minutes(1))) struct ScenarioSchemaTests {
  private typealias Object = [String: Any]

  private static func schema() throws -> Object {
    let data = try Data(contentsOf: Checkout.root.appending(path: "docs/schema/scenario-1.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? Object)
  }

  private static func property(_ path: String...) throws -> Object {
    var value = try schema()
    for part in path { value = try #require(value[part] as? Object, "\(part)") }
    return value
  }

  private static func words(_ object: Object) -> Set<String> {
    Set(object["enum"] as? [String] ?? [])
  }

  @Test func itsWordsAreTheReaders() throws {
    let declared = Set(Ruling.allCases.map(\.rawValue)).subtracting(["inconclusive", "not-run"])
    let expectation = ["$defs", "expectation", "properties"]
    func words(_ key: String) throws -> Set<String> {
      Self.words(try Self.property(expectation[0], expectation[1], expectation[2], key))
    }
    #expect(try words("verdict") == declared)
    #expect(try words("category") == Set(Verdicts.Category.allCases.map(\.rawValue)))
    let kinds = try Self.property("$defs", "expectation", "properties", "kinds", "items")
    #expect(Self.words(kinds) == Set(Kind.allCases.map(\.rawValue)))
    #expect(
      Self.words(try Self.property("properties", "family"))
        == Set(Scenario.Family.allCases.map(\.rawValue)))
    let to = try Self.property("properties", "attach", "items", "properties", "to")
    #expect(Self.words(to) == Set(Attachment.Target.allCases.map(\.rawValue)))
    let steps = try #require(try Self.property("$defs", "step")["oneOf"] as? [Object])
    let calls = steps.compactMap { ($0["properties"] as? Object)?["syscall"] as? Object }.first
    #expect(Self.words(try #require(calls)) == Set(Scenario.knownSystemCalls))
  }

  /// Each key of a scenario that was read has a place in the schema.
  @Test func itKnowsEveryKeyOfTheCatalogue() throws {
    let schema = try Self.schema()
    for scenario in try Catalogue.load(repository: Checkout.root.path).scenarios {
      let object = try JSONSerialization.jsonObject(with: try JSONEncoder().encode(scenario))
      let unknown = Self.unknownKeys(object, schema, schema)
      #expect(unknown.isEmpty, "\(scenario.name): \(unknown)")
    }
  }

  private static func unknownKeys(_ value: Any, _ schema: Object, _ root: Object) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = String(reference.dropFirst("#/$defs/".count))
      let definition = (root["$defs"] as? Object)?[name] as? Object
      return definition.map { unknownKeys(value, $0, root) } ?? [reference]
    }
    if let choices = schema["oneOf"] as? [Object], schema["properties"] == nil {
      return choices.map { unknownKeys(value, $0, root) }.min { $0.count < $1.count } ?? []
    }
    if let array = value as? [Any] {
      let items = schema["items"] as? Object ?? [:]
      return array.flatMap { unknownKeys($0, items, root) }
    }
    guard let object = value as? Object else { return [] }
    let known = schema["properties"] as? [String: Object] ?? [:]
    return object.flatMap { key, value in
      // What a file has flat, JSON has in an object of its own.
      if key == "expectation" { return unknownKeys(value, schema, root) }
      return known[key].map { unknownKeys(value, $0, root) } ?? [key]
    }
  }
}
