// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct CatalogueTests {
  /// A repository with these scenarios, removed afterwards.
  private func withRepository(
    _ names: [String], _ body: (String) throws -> Void
  ) throws {
    let top = NSTemporaryDirectory() + "/panicroom-\(UUID().uuidString)"
    let files = FileManager.default
    defer { #expect(throws: Never.self) { try files.removeItem(atPath: top) } }
    for folder in ["scenarios", "bpf", "lkm"] {
      try files.createDirectory(atPath: "\(top)/\(folder)", withIntermediateDirectories: true)
    }
    for name in names {
      let object = name.replacing("-", with: "_")
      try Sample.yaml.replacing("name: sample-fault", with: "name: \(name)")
        .write(toFile: "\(top)/scenarios/\(name).yaml", atomically: false, encoding: .utf8)
      try Sample.lkm.replacing("static bool armed;", with: "#include \"shared.h\"")
        .write(toFile: "\(top)/lkm/\(object).c", atomically: false, encoding: .utf8)
      try Sample.bpf
        .write(toFile: "\(top)/bpf/\(object).bpf.c", atomically: false, encoding: .utf8)
    }
    try "static bool armed;"
      .write(toFile: "\(top)/lkm/shared.h", atomically: false, encoding: .utf8)
    try body(top)
  }

  @Test func scenariosAreSortedByName() throws {
    try withRepository(["zebra", "ant", "mole"]) { top in
      let names = try Catalogue.load(repository: top).scenarios.map(\.name)
      #expect(names == ["ant", "mole", "zebra"])
    }
  }

  @Test func aMistypedNameGetsASuggestion() throws {
    try withRepository(["null-map-value", "infinite-loop"]) { top in
      let catalogue = try Catalogue.load(repository: top)
      #expect(try catalogue.scenario(named: "infinite-loop").name == "infinite-loop")
      let error = #expect(throws: CatalogueError.self) {
        try catalogue.scenario(named: "nul-map-vlaue")
      }
      #expect(
        error?.description
          == "no scenario is named \"nul-map-vlaue\"; did you mean \"null-map-value\"?")
      #expect(throws: CatalogueError.unknown("NULL-MAP-VALUE", suggestion: "null-map-value")) {
        try catalogue.select(["NULL-MAP-VALUE"])
      }
      #expect(throws: CatalogueError.unknown("../../etc/passwd", suggestion: nil)) {
        try catalogue.scenario(named: "../../etc/passwd")
      }
    }
  }

  @Test func namesAndPatternsSelectEachScenarioOnce() throws {
    try withRepository(["a-loop", "b-loop", "leak"]) { top in
      let catalogue = try Catalogue.load(repository: top)
      #expect(try catalogue.select([]).count == 3)
      #expect(try catalogue.select(["*-loop", "b-loop"]).map(\.name) == ["a-loop", "b-loop"])
      #expect(try catalogue.select(["?-loop", "leak"]).count == 3)
      #expect(throws: CatalogueError.noMatch("x*")) { try catalogue.select(["leak", "x*"]) }
    }
  }

  @Test func theProblemsOfAllFilesAreThrownTogether() throws {
    try withRepository(["a", "b", "c"]) { top in
      for name in ["a", "c"] {
        try "name: \(name)".write(
          toFile: "\(top)/scenarios/\(name).yaml", atomically: false, encoding: .utf8)
      }
      let catalogue = try Catalogue.load(repository: top)
      let error = #expect(throws: InvalidScenario.self) { try catalogue.select([]) }
      #expect(
        Set(error?.problems.map(\.file) ?? []) == ["scenarios/a.yaml", "scenarios/c.yaml"])
    }
  }

  @Test func aBrokenFileIsInTheWayOnlyOfThoseWhoAskForIt() throws {
    try withRepository(["a-loop", "b-loop", "leak"]) { top in
      try Data([0xff, 0]).write(to: URL(filePath: "\(top)/scenarios/b-loop.yaml"))
      let catalogue = try Catalogue.load(repository: top)
      #expect(try catalogue.select(["leak", "a-*"]).map(\.name) == ["a-loop", "leak"])
      for patterns in [[], ["b-loop"], ["leak", "*-loop"]] {
        let error = #expect(throws: InvalidScenario.self) { try catalogue.select(patterns) }
        #expect(
          error?.description
            == "scenarios/b-loop.yaml:1: the file can't be read: it is not UTF-8 text")
      }
      #expect(throws: InvalidScenario.self) { try catalogue.scenario(named: "b-loop") }
      #expect(throws: CatalogueError.unknown("b-lop", suggestion: "b-loop")) {
        try catalogue.select(["b-lop"])
      }
    }
  }

  @Test func anUnreadableFileIsOneProblemAmongOthers() throws {
    try withRepository(["a-loop", "b-loop", "c-loop", "leak"]) { top in
      try Data([0xff, 0]).write(to: URL(filePath: "\(top)/lkm/a_loop.c"))
      try String(repeating: "#", count: 1_000_001)
        .write(toFile: "\(top)/scenarios/b-loop.yaml", atomically: false, encoding: .utf8)
      try FileManager.default.removeItem(atPath: "\(top)/bpf/c_loop.bpf.c")
      try FileManager.default.createSymbolicLink(
        atPath: "\(top)/bpf/c_loop.bpf.c", withDestinationPath: "/dev/zero")
      #expect(
        try Check.problems(repository: top).map(\.description) == [
          "lkm/a_loop.c:1: the file can't be read: it is not UTF-8 text",
          "scenarios/b-loop.yaml:1: the file can't be read: it has more than 1 MB",
          "bpf/c_loop.bpf.c:1: the file can't be read: it is no file",
        ])
      #expect(throws: UnreadableFile.self) { try ScenarioText.read("a-loop", repository: top) }
    }
  }

  @Test func namedScenariosAreCheckedAlone() throws {
    try withRepository(["a-loop", "b-loop", "leak"]) { top in
      try FileManager.default.removeItem(atPath: "\(top)/bpf/leak.bpf.c")
      #expect(try Check.problems(repository: top, matching: ["*-loop"]) == [])
      #expect(try Check.problems(repository: top, matching: ["leak"]).count == 1)
      let names = try Catalogue.names(repository: top, matching: ["leak", "a-*"])
      #expect(names == ["a-loop", "leak"])
      #expect(throws: CatalogueError.unknown("b-lop", suggestion: "b-loop")) {
        try Check.problems(repository: top, matching: ["b-lop"])
      }
      #expect(throws: CatalogueError.noMatch("z*")) {
        try Check.problems(repository: top, matching: ["z*"])
      }
    }
  }

  /// What is typed may be unfinished: the beginning counts more than the length.
  @Test(arguments: [
    ("reject", "rejected"), ("panic", "panicked"), ("leak", "leaked"), ("oopsd", "oopsed"),
    ("rest", "reset"), ("hug", "hung"),
  ]) func whatBeginsAlikeIsOffered(word: String, meant: String) throws {
    let scenarios = try Catalogue.load(repository: Checkout.root.path).scenarios
    let error = #expect(throws: UnknownWord.self) {
      try ScenarioFilter(verdicts: [word]).select(scenarios, of: scenarios)
    }
    #expect(error?.description.contains("did you mean \"\(meant)\"?") == true, "\(error as Any)")
  }

  @Test func peoplesWordForAVerdictFindsIt() throws {
    let scenarios = try Catalogue.load(repository: Checkout.root.path).scenarios
    let found = try ["unnoticed", "survived"].map {
      try ScenarioFilter(verdicts: [$0]).select(scenarios, of: scenarios)
    }
    #expect(found[0] == found[1] && !found[0].isEmpty)
  }

  @Test func aPairCanBeginAsACopyOfAnother() throws {
    let copy = try ScenarioTemplate(
      name: "my-fault", from: "null-map-value", repository: Checkout.root.path)
    #expect(
      copy.files.map(\.path)
        == ["scenarios/my-fault.yaml", "bpf/my_fault.bpf.c", "lkm/my_fault.c"])
    #expect(copy.files[0].text.hasPrefix("name: my-fault\n"))
    #expect(copy.files[2].text.contains("module_init(my_fault_init)"))
    var text = try ScenarioText.read("null-map-value", repository: Checkout.root.path)
    (text.name, text.yaml) = ("my-fault", copy.files[0].text)
    (text.bpf, text.lkm) = (copy.files[1].text, copy.files[2].text)
    #expect(Check.problems(of: text) == [])
    #expect(throws: CatalogueError.unknown("null-map-valu", suggestion: "null-map-value")) {
      try ScenarioTemplate(name: "x", from: "null-map-valu", repository: Checkout.root.path)
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() {
    #expect(throws: CatalogueError.noFolder("/nowhere/scenarios")) {
      try Catalogue.load(repository: "/nowhere")
    }
  }

  @Test func textsHaveTheHeadersThatTheirSourcesInclude() throws {
    try withRepository(["a-loop"]) { top in
      let text = try ScenarioText.read("a-loop", repository: top)
      #expect(text.headers == ["lkm/shared.h": "static bool armed;"])
      #expect(try Check.problems(repository: top) == [])
    }
  }

  /// The scenarios that the repository ships, wherever its checkout is.
  @Test func shippedScenariosHaveNoProblems() throws {
    let top = Checkout.root.path
    #expect(try Catalogue.load(repository: top).scenarios.isEmpty == false)
    #expect(try Check.problems(repository: top) == [])
  }
}
