// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Scenarios
import TestSupport
import Testing

/// The scripts of the Action, run as a runner would run them.
extension EndToEndTests {
  /// The steps of `action.yml` that have a script, with the inputs that they take as variables.
  private static func steps() throws -> [(variables: [String: String], script: String)] {
    try Files.text(Checkout.path("action.yml")).split(separator: "\n    - ").compactMap { step in
      guard let script = step.firstMatch(of: /run: (.+)/) else { return nil }
      let inputs = step.matches(of: /(PANICROOM_[A-Z]+): \$\{\{ inputs\.(\w+) \}\}/)
      let variables = inputs.map { (String($0.1), String($0.2)) }
      return (Dictionary(uniqueKeysWithValues: variables), String(script.1))
    }
  }

  /// What the service would check out as the Action, with a program that was built already.
  private func actionFolder(_ harness: Harness) throws -> String {
    let folder = try harness.copyOfRepository().repository
    for part in ["Package.swift", ".swift-version"] {
      try Files.write(try Files.text(Checkout.path(part)), to: "\(folder)/\(part)")
    }
    try Files.makeFolder(folder + "/Sources")
    try Files.write("// A source\n", to: folder + "/Sources/main.swift")
    let build = folder + "/.build"
    for part in ["release", "panicroom"] { try Files.makeFolder("\(build)/\(part)") }
    try Files.write("", to: build + "/panicroom/built-release")
    for name in ["panicroom", "guest-init"] {
      try FileManager.default.copyItem(
        atPath: Files.parent(of: Harness.program) + "/" + name, toPath: "\(build)/release/\(name)")
    }
    try Files.write(
      """
      #!/bin/sh
      [ "$1" != packages ] || exec \(Harness.repository)/panicroom packages
      export PANICROOM_REPOSITORY='\(folder)'
      exec '\(build)/release/panicroom' "$@"

      """, to: folder + "/panicroom")
    try Files.makeExecutable(folder + "/panicroom")
    return folder
  }

  @Test(.tags(.slow, .alone), .timeLimit(.minutes(20))) func theActionsScriptsDoTheRun()
    async throws
  {
    try await Harness.use { harness in
      let action = try actionFolder(harness)
      let workspace = harness.folder + "/workspace"
      try Files.makeFolder(workspace)
      let inputs = [
        "scenarios": "null-map-v* reference-leak", "kernels": "6.1", "retry": "1",
        "junit": "results.xml", "arguments": "-j 1", "baseline": "",
      ]
      func job(_ inputs: [String: String]) async throws -> [String: Tool.Output] {
        var outputs: [String: Tool.Output] = [:]
        for (names, script) in try Self.steps() {
          var variables: [String: String?] = names.mapValues { inputs[$0] ?? "" }
          variables["GITHUB_ACTION_PATH"] = .some(action)
          variables["GITHUB_OUTPUT"] = .some(harness.folder + "/output")
          variables["GITHUB_STEP_SUMMARY"] = .some(harness.folder + "/summary.md")
          variables["XDG_CACHE_HOME"] = .some(harness.folder + "/cache")
          variables["PANICROOM_SHARED_CACHE"] = .some(harness.cache.root)
          let output = try await Tool("sh").run(
            ["-e", "-c", script], environment: variables, directory: workspace)
          #expect(output.status == 0, "\(script): \(output.text)\(output.errorText)")
          outputs[String(script.split(separator: " ")[1])] = output
        }
        return outputs
      }
      let first = try await job(inputs)
      #expect(first["check"]?.text.contains(" ended as they must") == true)
      let run = try RunDirectory.read(workspace + "/panicroom-runs/latest")
      #expect(run.scenarios.map(\.name) == ["null-map-value", "reference-leak"])
      #expect(run.header.retryUnmet == 1 && Summary(run).exitStatus == 0)
      #expect(try Files.text(workspace + "/results.xml").contains("<testsuite name=\"6.1.stock\""))
      #expect(Files.exists(workspace + "/panicroom-run.tar"))
      #expect(try Files.text(harness.folder + "/summary.md").contains("## Panic Room: ✅ 8 trials"))
      let keys = try Files.text(harness.folder + "/output").matches(of: /(?m)^(\w+)=.+$/)
      #expect(keys.map { String($0.1) } == ["kept", "panicroom", "program", "machine", "kernels"])

      // On the next runner: the program and the answer are those that were kept.
      try Files.remove(action + "/.build")
      try Files.remove(action + "/runs")
      let baseline = workspace + "/baseline"
      try Files.rename(workspace + "/panicroom-runs", to: baseline)
      let second = try await job(
        inputs.merging(["baseline": baseline + "/latest"]) { $1 })
      #expect(second["check"]?.text == first["check"]?.text)
      #expect(!Files.exists(action + "/runs"))
      let summary = try Files.text(harness.folder + "/summary.md")
      #expect(summary.matches(of: /## Panic Room: ✅ 8 trials/).count == 2)
    }
  }
}
