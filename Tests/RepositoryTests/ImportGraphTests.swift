// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The picture of who imports whom in `docs/architecture.md` is drawn from `Package.swift`:
/// `PANICROOM_RECORD=1 ./panicroom test --filter ImportGraphTests` draws it again.
@Suite(.lane, .timeLimit(.minutes(5))) struct ImportGraphTests {
  private static let document = Checkout.path("docs/architecture.md")
  private static let begin = "<!-- imports, drawn from Package.swift by ImportGraphTests -->\n"
  private static let end = "<!-- end of imports -->\n"

  @Test func theDocumentsPictureIsThePackages() async throws {
    let graph = try await ImportGraph.ofPackage()
    let text = try Files.text(Self.document)
    let start = try #require(text.range(of: Self.begin)?.upperBound)
    let stop = try #require(text.range(of: Self.end)?.lowerBound)
    if ProcessInfo.processInfo.environment["PANICROOM_RECORD"] == "1" {
      try Files.write(text[..<start] + graph.mermaid + text[stop...], to: Self.document)
      Issue.record("drew the imports in docs/architecture.md")
      return
    }
    #expect(String(text[start..<stop]) == graph.mermaid)
  }

  @Test func everyImportOfOursIsDeclared() async throws {
    let graph = try await ImportGraph.ofPackage()
    let names = Set(graph.imports.keys)
    for (target, declared) in graph.imports where !target.hasPrefix("C") {
      let imported = try Self.imports(of: target).intersection(names)
      #expect(imported == declared, "\(target): imported and declared")
    }
  }

  @Test func theSidesStayApart() async throws {
    let graph = try await ImportGraph.ofPackage()
    let guest = graph.reach(of: "guest-init")
    let host = graph.reach(of: "panicroom")
    #expect(guest.isDisjoint(with: ["Host", "Machine", "Forge", "Kernels", "Lab", "Trials"]))
    #expect(host.isDisjoint(with: ["CLibbpf", "CLibkmod", "GuestKernel", "GuestAgent"]))
  }

  @Test func carryingOutATrialKnowsNothingOfWhoAsksForIt() async throws {
    let graph = try await ImportGraph.ofPackage()
    #expect(graph.reach(of: "Trials").isDisjoint(with: ["Lab", "Reports", "Interactive"]))
    #expect(graph.reach(of: "Verdicts").isEmpty)
  }

  /// What the sources of a target import.
  private static func imports(of target: String) throws -> Set<String> {
    let folder = Checkout.path("Sources/\(target)")
    var modules: Set<String> = []
    for case let file as String in FileManager.default.enumerator(atPath: folder) ?? .init()
    where file.hasSuffix(".swift") {
      for line in try Files.text("\(folder)/\(file)").split(separator: "\n") {
        if let match = line.wholeMatch(of: /(?:(?:public|package|internal|private) )?import (\w+)/)
        {
          modules.insert(String(match.1))
        }
      }
    }
    return modules
  }
}

/// Who imports whom among the package's Swift targets.
struct ImportGraph {
  var imports: [String: Set<String>]

  private struct Package: Decodable {
    struct Target: Decodable {
      struct Dependency: Decodable {
        /// The name, and a condition that is null here.
        var byName: [String?]?
      }
      var name: String
      var type: String
      var dependencies: [Dependency]
    }
    var targets: [Target]
  }

  /// As SwiftPM reads `Package.swift`; C and system targets are left out of the picture, but not of
  /// ``reach(of:)``.
  static func ofPackage() async throws -> ImportGraph {
    try await withTemporaryFolder { folder in
      let dump = try await Tool("swift").checked([
        "package", "--package-path", Checkout.root.path, "--scratch-path", folder, "dump-package",
      ])
      let package = try JSONDecoder().decode(Package.self, from: Data(dump.text.utf8))
      let targets = package.targets.filter { $0.type != "test" && $0.name != "TestSupport" }
      return ImportGraph(
        imports: Dictionary(
          uniqueKeysWithValues: targets.map { target in
            (target.name, Set(target.dependencies.compactMap { $0.byName?.first ?? nil }))
          }))
    }
  }

  /// All that a target imports, directly or not.
  func reach(of target: String) -> Set<String> {
    var found: Set<String> = []
    var open = [target]
    while let next = open.popLast() {
      for name in imports[next] ?? [] where found.insert(name).inserted { open.append(name) }
    }
    return found
  }

  /// A diagram without the edges that follow from others.
  var mermaid: String {
    var lines = ["```mermaid", "graph TD"]
    for (target, direct) in imports.sorted(by: { $0.key < $1.key }) {
      let implied = direct.reduce(into: Set<String>()) { $0.formUnion(reach(of: $1)) }
      for name in direct.subtracting(implied).sorted() { lines.append("  \(target) --> \(name)") }
    }
    return (lines + ["```"]).joined(separator: "\n") + "\n"
  }
}
