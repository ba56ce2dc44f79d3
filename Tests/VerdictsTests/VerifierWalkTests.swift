// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Which instruction each value comes from, along the way to a refusal.
@Suite(.lane, .timeLimit(.minutes(1))) struct VerifierWalkTests {
  private func walk(_ name: String) throws -> VerifierWalk {
    VerifierWalk(try Fixture.bytes("verifier-\(name)"))
  }

  /// `R0 5`: the register, and the number of the instruction that wrote it.
  private func origins(_ walk: VerifierWalk, after step: Int) -> [String] {
    walk.steps[step].known.map { value in
      "\(value.name) \(value.from.map { "\(walk.steps[$0].instruction)" } ?? "-")"
    }
  }

  @Test func valuesComeFromTheInstructionThatWroteThem() throws {
    let walk = try walk("6.1-null-map-value")
    #expect(walk.steps.map(\.instruction) == [0, 1, 2, 3, 4, 6, 7])
    #expect(walk.isComplete)
    #expect(walk.complaints == ["R0 invalid mem access 'map_value_or_null'"])
    #expect(walk.steps[6].text == "(79) r1 = *(u64 *)(r0 +0)")
    #expect(walk.steps[6].source == "*v += 1;")
    #expect(origins(walk, after: 4) == ["R1 4", "R2 3", "R10 -", "fp-8 1"])
    // The call has destroyed R1 and R2, and the refused instruction has written nothing.
    #expect(origins(walk, after: 6) == ["R0 6", "R10 -", "fp-8 1"])
    let value = try #require(walk.steps[6].known.first)
    #expect(value.state == "map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0)")
    #expect(value.meaning == "the address of a map's value, or NULL")
  }

  @Test func aBranchTellsMoreOfAValueAndWritesNone() throws {
    let walk = try walk("6.1-array-bounds")
    let branch = try #require(walk.steps.firstIndex { $0.instruction == 8 })
    let before = try #require(walk.steps[branch - 1].known.first { $0.name == "R6" })
    let after = try #require(walk.steps[branch].known.first { $0.name == "R6" })
    #expect(before.state.hasPrefix("map_value_or_null") && after.state.hasPrefix("map_value("))
    #expect(before.from == after.from)
    // Shown only before the next instruction, after lines of backtracking.
    let sum = try #require(walk.steps.first { $0.instruction == 12 })
    #expect(sum.known.first { $0.name == "R6" }?.state.contains("umax=56") == true)
    #expect(walk.steps.last?.instruction == 14 && walk.complaints.count == 2)
  }

  @Test func theOtherSideOfABranchIsLeftOut() throws {
    let walk = try walk("6.12-one-branch")
    #expect(walk.steps.map(\.instruction) == Array(0...4) + Array(6...21))
    // What is known after the branch is what this side of it knows.
    #expect(walk.steps[4].known.first { $0.name == "R2" }?.state == "pkt(r=16)")
    #expect(walk.steps[4].place == SourcePlace(file: "verifier_ref_tracking.c", line: 486))
  }

  @Test func argumentsAndResultsKeepTheirOriginOverACall() throws {
    let walk = try walk("6.12-leak-in-callee")
    #expect(walk.steps.map(\.instruction) == [0, 3, 4, 5, 6, 7, 8, 1, 2])
    #expect(walk.steps.map(\.frame) == [1, 1, 1, 1, 1, 1, 0, 0, 0])
    #expect(origins(walk, after: 5) == ["R0 7", "R10 -", "fp-8 7"])
    #expect(origins(walk, after: 6) == ["R0 7", "R10 -"])
    #expect(origins(walk, after: 7) == ["R0 1", "R10 -"])
  }

  /// Without the registers behind each instruction, as before 5.18.
  @Test func whatTheLogDoesNotShowHasAnOriginAllTheSame() {
    let log = """
      0: (b7) r6 = 7
      1: (85) call bpf_get_prandom_u32#7
      2: (bf) r1 = r6
      3: (79) r0 = *(u64 *)(r0 +0)
      R0 invalid mem access 'inv'

      """
    let walk = VerifierWalk(Array(log.utf8))
    #expect(origins(walk, after: 3) == ["R0 1", "R1 2", "R6 0"])
    #expect(walk.steps[3].known.allSatisfy { $0.state.isEmpty && $0.meaning == nil })
  }

  @Test(arguments: try Fixture.names()) func anyLogIsReadToItsEnd(name: String) throws {
    let walk = VerifierWalk(try Fixture.bytes(name))
    for (index, step) in walk.steps.enumerated() {
      #expect(step.known.allSatisfy { $0.from.map { $0 <= index } ?? true })
    }
  }
}
