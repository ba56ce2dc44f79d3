// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KernelMatrixTests {
  private let good = """
    kernels:
      - name: "6.1"
        default: true
        suite: bookworm
        security: bookworm-security
        image: linux-image-cloud-amd64
        headers: linux-headers-cloud-amd64
      - name: sid
        suite: sid
        components: [main, contrib]
        image: linux-image-cloud-amd64
        headers: linux-headers-cloud-amd64
    """

  @Test func readsEveryField() throws {
    let matrix = try KernelMatrix.parse(good, path: "kernels.yaml")
    #expect(matrix.entries.map(\.name) == ["6.1", "sid"])
    #expect(
      matrix["6.1"]
        == KernelEntry(
          name: "6.1", isDefault: true,
          suites: [
            .init(name: "bookworm", security: false),
            .init(name: "bookworm-security", security: true),
          ],
          image: "linux-image-cloud-amd64", headers: "linux-headers-cloud-amd64"))
    #expect(matrix["sid"]?.components == ["main", "contrib"])
    #expect(matrix["7.7"] == nil)
  }

  @Test func whatBackportsAndUpdatesLackComesFromTheirRelease() throws {
    let text = good.replacing("suite: sid", with: "suite: trixie-backports")
    let entry = try #require(try KernelMatrix.parse(text, path: "kernels.yaml")["sid"])
    #expect(entry.backports == "trixie-backports")
    #expect(entry.withBases.suites.map(\.name) == ["trixie-backports", "trixie"])
    let usual = try #require(try KernelMatrix.parse(good, path: "kernels.yaml")["6.1"])
    #expect(usual.backports == nil)
    #expect(usual.withBases == usual)
    var update = KernelEntry(
      name: "6.1.9", suites: [.init(name: "bookworm-security", security: true)],
      image: "linux-image-6.1.9",
      headers: "linux-headers-6.1.9")
    #expect(update.withBases.suites.last == .init(name: "bookworm", security: false))
    // Nothing is built for it.
    update.headers = nil
    #expect(update.withBases == update)
  }

  @Test(arguments: [
    ("    image: linux-image-cloud-amd64\n", "", 2, "`image` is missing"),
    ("image:", "picture:", 6, "unknown key `picture`"),
    ("default: true", "default: perhaps", 3, "`default` must be true or false"),
    ("default: true", "default: false", 2, "no kernel has `default: true`"),
    ("name: sid", "name: \"6.1\"", 8, "listed twice"),
    ("suite: sid", "default: true\n    suite: sid", 8, "both the default"),
    ("name: sid", "name: ../sid", 8, "`name` is \"../sid\""),
    ("suite: sid", "suite: 'sid main'", 9, "`suite` is \"sid main\""),
    ("    suite: sid\n", "", 8, "neither `suite` nor `security`"),
    ("components: [main, contrib]", "components: main", 10, "`components` must be a list"),
    ("suite: sid", "suite: [", 11, "this is not YAML"),
    ("suite: sid", "suite: sid\n    suite: sid", 9, "said twice"),
  ])
  func aMistakeIsToldWithItsLine(
    _ wrong: String, _ replacement: String, _ line: Int, _ words: String
  ) throws {
    let text = good.replacing(wrong, with: replacement, maxReplacements: 1)
    let error = #expect(throws: KernelMatrixError.self) {
      try KernelMatrix.parse(text, path: "vm/kernels.yaml")
    }
    #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    #expect(error?.line == line, "\(String(describing: error))")
    #expect(error?.description.hasPrefix("vm/kernels.yaml:\(line): ") == true)
  }

  @Test(arguments: ["", "kernels: []", "- a", "kernels: 6.1"])
  func aFileWithoutKernelsIsAnError(_ text: String) {
    #expect(throws: KernelMatrixError.self) { try KernelMatrix.parse(text, path: "x.yaml") }
  }
}
