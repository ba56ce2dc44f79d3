// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(1))) struct ShardJobTests {
  private func job(_ service: ShardService, _ count: Int, _ command: [String]) throws -> String {
    let file = Checkout.root.appending(path: "templates/shards/\(service.template)")
    return try ShardJob(service, count: count, command: command).render(
      try String(contentsOf: file, encoding: .utf8))
  }

  @Test(arguments: ShardService.allCases)
  func aJobHasTheCommandAndTheNumberOfParts(service: ShardService) throws {
    let text = try job(service, 7, ["run", "*-loop", "--kernel", "all"])
    #expect(text.contains("run '*-loop' --kernel all --shard \""))
    #expect(text.contains("/7\""))
    #expect(text.contains("merge"))
    #expect(!text.contains(/@[A-Z]+@/))
  }

  @Test(arguments: [
    (ShardService.slurm, 1000), (.kubernetes, 10_000), (.github, 256), (.gitlab, 200),
  ])
  func moreThanAServiceTakesIsRefused(service: ShardService, most: Int) throws {
    _ = try ShardJob(service, count: most, command: ["run"])
    for count in [most + 1, 0, -1] {
      #expect(throws: ShardJob.Refusal.self) {
        try ShardJob(service, count: count, command: ["run"])
      }
    }
  }

  /// kubernetes-validate, which checks the manifest in CI, lets wrong values of enumerations pass.
  @Test func theManifestsEnumerationsAreKubernetes() throws {
    let text = try job(.kubernetes, 3, ["run"])
    let known: [String: Set<String>] = [
      "kind": ["Job"], "apiVersion": ["batch/v1"], "completionMode": ["Indexed"],
      "restartPolicy": ["Never"], "operator": ["In"], "type": ["DisruptionTarget"],
      "action": ["FailJob", "Count", "Ignore"], "status": [#""True""#],
    ]
    for (key, values) in known {
      let used = text.matches(
        of: try Regex("(?m)^[ -]*\(key): (.+)$", as: (Substring, Substring).self))
      #expect(Set(used.map { String($0.output.1) }) == values, "\(key)")
    }
    // A wrong request ends everything; missing trials are another try.
    #expect(text.contains(/action: FailJob\n[^-]*values: \[2\]/))
    #expect(text.contains(/action: Count\n[^-]*values: \[3\]/))
  }

  @Test func aCommandOfSeveralLinesIsRefused() {
    #expect(throws: ShardJob.Refusal.self) {
      try ShardJob(.github, count: 2, command: ["run", "a\n- run: reboot"])
    }
  }
}
