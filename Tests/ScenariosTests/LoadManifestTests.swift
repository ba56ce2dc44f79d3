// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(1))) struct LoadManifestTests {
  @Test func aManifestIsReadAsItIsWritten() throws {
    let text = """
      kernels: [5.10, ladder]
      objects:
        - file: a.bpf.o
          name: small
          as: bpf
          attach: {enter: kprobe:do_exit}
          map: {events: 64}
          arg: {limit: [1, 2], on: true}
          only: enter
          workload: [files: 8]
          must:
            load: always
            fire: {since: 5.13, except: 6.12.43..6.12.57, because: inlined}
          must_not: {load: {until: 5.10, except: [5.10.5]}}
        - {file: a.bpf.o, must: fire}
      """
    let manifest = try LoadManifest.parse(text, file: "load.yaml")
    #expect(manifest.kernels == ["5.10", "ladder"])
    #expect(manifest.objects.map(\.line) == [3, 15])
    let first = try #require(manifest.objects.first)
    #expect(first.name == "small" && first.kind == .bpf && first.only == ["enter"])
    #expect(first.attach == [.init("enter", ["kprobe:do_exit"])])
    #expect(first.arguments == [.init("limit", ["1", "2"]), .init("on", ["true"])])
    #expect(first.workload == [.files(count: 8)])
    #expect(
      first.promises.map(\.phrase) == [
        "must load", "must fire from 5.13 on, except 6.12.43..6.12.57 (inlined)",
        "must not load up to 5.10, except 5.10.5",
      ])
    #expect(manifest.objects[1].promises == [Promise(.fire)])
  }

  @Test(arguments: [
    ("objects: []", "load.yaml:1: objects is empty"),
    ("objects:\n  - fil: a.o\n    must: load", "load.yaml:2: unknown key \"fil\""),
    ("objects:\n  - {file: a.o}", "load.yaml:2: objects[0] promises nothing"),
    ("kernels: []\nobjects: [{file: a.o, must: load}]", "load.yaml:1: kernels is empty"),
    ("objects: [{file: a.o, must: fly}]", "objects[0].must can't be \"fly\""),
    ("objects: [{file: a.o, must_not: fire}]", "objects[0].must_not can't be \"fire\""),
    ("objects: [{file: a.o, must: {}}]", "objects[0].must is empty"),
    ("objects: [{file: a.o, must: {load: never}}]", "objects[0].must.load must be always"),
    ("objects: [{file: a.o, must: {load: {since: five}}}]", "since can't be \"five\""),
    ("objects: [{file: a.o, must: {load: {since: 6.1, until: 5.10}}}]", "ends before it begins"),
    (
      "objects:\n  - file: a.o\n    must:\n      load:\n        except: 6.12.57..6.12.43",
      "load.yaml:5: objects[0].must.load.except can't be \"6.12.57..6.12.43\""
    ),
    ("objects: [{file: a.o, must: {load: {except: []}}}]", "except is empty"),
    ("objects: [{file: a.o, only: [], must: load}]", "objects[0].only is empty"),
    ("objects: [{file: a.o, workload: [fils: 8], must: load}]", "did you mean"),
    (
      "objects:\n  - {file: a.o, must: load}\n  - {file: a.o, must: fire}",
      "load.yaml:3: \"a.o\" is promised twice, first in line 2"
    ),
  ])
  func whatIsWrongIsSaidWithItsLine(text: String, words: String) {
    let error = #expect(throws: InvalidScenario.self) {
      try LoadManifest.parse(text, file: "load.yaml")
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [
    ("5.12.9", false), ("5.13", true), ("6.1.194", true), ("6.2", false), ("5.15.3", false),
    ("5.15.9", true),
  ])
  func aPromiseHoldsWithinItsBounds(release: String, holds: Bool) throws {
    let promise = Promise(
      .load, since: "5.13", until: "6.1",
      except: [try #require(ReleaseRange("5.15.2..5.15.8"))])
    #expect(promise.holds(on: KernelVersion(release)) == holds)
  }

  @Test func aSeriesAtTheEndOfARangeIsWhole() throws {
    let range = try #require(ReleaseRange("6.1..6.12"))
    #expect(range.contains(try #require(KernelVersion("6.12.95"))))
    #expect(!range.contains(try #require(KernelVersion("6.13"))))
    for wrong in ["", "..", "6.12..6.1", "6", "6.1...6.2", "6.1..6.2..6.3", "6.1x"] {
      #expect(ReleaseRange(wrong) == nil, "\(wrong)")
    }
  }
}
