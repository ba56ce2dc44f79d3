// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Trials
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct CompiledFramesTests {
  private let row = CompiledFunction(
    name: "visit_row", size: 0x7f, files: ["bpf/a.bpf.c", "bpf/a.h"],
    lines: [0, 0, 18, 0x20, 1, 7, 0x58, 0, 20])

  private func places(_ frames: [(String, UInt64)], in functions: [CompiledFunction])
    -> [String: SourcePlace]
  {
    var compiled = CompiledFrames()
    for function in functions { compiled.add(function) }
    return compiled.places(of: frames.map { Frame(symbol: $0.0, offset: $0.1, line: 1) })
  }

  @Test func aFrameInAProgramHasTheLineOfItsInstruction() {
    let symbol = "bpf_prog_73ff7bd046f4be4b_visit_row"
    #expect(
      places([(symbol, 0x5d)], in: [row])
        == ["\(symbol)+0x5d": SourcePlace(file: "bpf/a.bpf.c", line: 20)])
    #expect(places([(symbol, 0x57)], in: [row]).values.map(\.line) == [7])
    #expect(places([(symbol, 0)], in: [row]).values.map(\.line) == [18])
  }

  @Test func aCallersAddressBelongsToTheCallBeforeIt() {
    let symbol = "bpf_prog_73ff7bd046f4be4b_visit_row"
    let frames = [("bpf_loop", 0x10 as UInt64), (symbol, 0x58)]
    #expect(places(frames, in: [row]).values.map(\.line) == [7])
  }

  @Test(arguments: [
    "visit_row", "bpf_prog_visit_row", "bpf_prog_73ff7bd046f4be4b", "bpf_prog_73ff7bd046f4be4b_row",
    "bpf_prog_73ff7bd046f4be4x_visit_row",
  ])
  func otherSymbolsHaveNoPlace(symbol: String) {
    #expect(places([(symbol, 0x20)], in: [row]).isEmpty)
  }

  @Test func anOffsetBehindTheFunctionHasNoPlace() {
    let symbol = "bpf_prog_73ff7bd046f4be4b_visit_row"
    #expect(places([(symbol, 0x80)], in: [row]).isEmpty)
    #expect(places([(symbol, .max)], in: [row]).isEmpty)
  }

  @Test func theKernelsShortNamesAreKnown() {
    var long = row
    long.name = "visit_all_the_rows"
    #expect(places([("bpf_prog_73ff7bd046f4be4b_visit_all_the_r", 0)], in: [long]).count == 1)
  }

  @Test func functionsOfOneNameCannotBeToldApart() {
    #expect(places([("bpf_prog_73ff7bd046f4be4b_visit_row", 0)], in: [row, row]).isEmpty)
  }

  @Test func damagedTablesGiveNoPlace() {
    let symbol = "bpf_prog_73ff7bd046f4be4b_visit_row"
    for lines in [[], [0], [0, 0], [0, 9, 18], [0, -1, 18], [0, 0, -3]] {
      var damaged = row
      damaged.lines = lines
      #expect(places([(symbol, 4)], in: [damaged]).isEmpty)
    }
  }

  @Test func theRefusedProgramIsFoundInLibbpfsWords() {
    func program(_ message: String) -> String? {
      TrialRunner.refusedProgram([
        .step("load"), .refused(.verifier, errno: 13, message: message),
      ])
    }
    #expect(
      program(
        "libbpf: prog 'count_packet': BPF program load failed: Permission denied\n"
          + "libbpf: prog 'count_packet': failed to load: -13") == "count_packet")
    #expect(program("libbpf: prog 'a': relocates nothing") == nil)
    #expect(program("Permission denied") == nil)
  }
}
