// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The files that the documents name are there.
@Suite(.lane, .timeLimit(.minutes(1))) struct DocumentedPathsTests {
  /// The Markdown files, relative to the checkout; generated ones are left out.
  static let documents: [String] = {
    let docs = FileManager.default.enumerator(atPath: Checkout.path("docs"))
    let pages = (docs?.compactMap { $0 as? String } ?? []).filter {
      $0.hasSuffix(".md") && !$0.hasPrefix("samples/")
    }
    return ["CONTRIBUTING.md", "README.md", "SECURITY.md"] + pages.sorted().map { "docs/\($0)" }
  }()

  /// Everything in the folders that hold sources and documents, relative to the checkout.
  private static let files: Set<String> = {
    let folders = [
      ".ci", ".github", "LICENSES", "Sources", "Tests", "bpf", "docs", "lkm", "scenarios",
      "templates", "vm",
    ]
    return folders.reduce(into: Set(folders)) { files, folder in
      for case let name as String in FileManager.default.enumerator(atPath: Checkout.path(folder))
        ?? .init()
      {
        files.insert("\(folder)/\(name)")
      }
    }
  }()

  @Test func documentsAreFound() {
    #expect(Self.documents.contains("docs/architecture.md"))
    #expect(Self.files.contains("Sources/Verdicts/Verdict.swift"))
  }

  /// `Lab/Run/Conductor.swift` may stand for `Sources/Lab/Run/Conductor.swift`, and a name by itself for
  /// a file of that name anywhere.
  @Test(arguments: documents) func everySourceThatIsNamedIsThere(_ document: String) throws {
    for code in try Files.text(Checkout.path(document)).matches(of: /`([^`\s]+)`/) {
      let path = String(code.1)
      guard Self.namesAFile(path) else { continue }
      #expect(Self.isThere(path), "\(document): \(path)")
    }
  }

  @Test func everyDocumentThatSourcesNameIsThere() throws {
    let sources = Self.files.filter { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }
    var named: Set<Substring> = []
    for file in sources {
      named.formUnion(
        try Files.text(Checkout.path(file)).matches(of: /docs\/[a-z\/-]+\.md/).map(\.output))
    }
    #expect(named.contains("docs/scenarios.md"))
    for document in named { #expect(Self.files.contains(String(document)), "\(document)") }
  }

  @Test func everyFolderOfSourcesIsExplained() throws {
    let text = try Files.text(Checkout.path("docs/architecture.md"))
    let folders = Set(
      Self.files.filter { $0.hasPrefix("Sources/") && $0.hasSuffix(".swift") }.map {
        $0.split(separator: "/").dropFirst().dropLast().joined(separator: "/")
      })
    #expect(folders.contains("Lab/Run"))
    // A target is in the table of targets.
    for folder in folders {
      let name = folder.contains("/") ? "`\(folder)/`" : "`\(folder)`"
      #expect(text.contains("| \(name)") || text.contains(", \(name)"), "\(folder)")
    }
  }

  /// Whether the words are a place in this checkout, and not a pattern, an option or an example.
  private static func namesAFile(_ path: String) -> Bool {
    guard path.wholeMatch(of: /[A-Za-z0-9._+\/-]+/) != nil,
      path.firstMatch(of: /my[-_]fault|\.\.\./) == nil
    else { return false }
    let first = path.split(separator: "/").first.map(String.init) ?? ""
    return path.hasSuffix(".swift")
      || path.contains("/") && ["Sources", "Tests", "docs", "vm", ".ci", ".github"].contains(first)
  }

  private static func isThere(_ path: String) -> Bool {
    let path = path.hasSuffix("/") ? String(path.dropLast()) : path
    return files.contains(path) || path == "Package.swift"
      || files.contains { $0.hasSuffix("/\(path)") && !$0.hasPrefix("docs/") }
  }
}
