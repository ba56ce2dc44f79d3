// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct ComparisonTests {
  private let run = Samples.run

  private func compared(_ change: (inout RunRecord) -> Void) -> Comparison {
    var other = run
    change(&other)
    return Comparison(run, other)
  }

  @Test func aRunIsLikeItself() {
    let comparison = Comparison(run, run)
    #expect(comparison.changes.isEmpty)
    #expect(!comparison.isWorse)
    #expect(comparison.compared == 15)
  }

  @Test func anAcceptedProgramThatCrashesIsWorse() {
    let comparison = compared {
      $0.trials[0].verdict = Verdict(.oopsed, kind: .pageFault)
      $0.trials[0].outcome = .unmet
    }
    #expect(comparison.changes.map(\.what) == [.newCrash, .outcomeChanged])
    #expect(comparison.isWorse)
  }

  @Test func aCrashThatIsRefusedNowIsNoHarm() {
    let comparison = compared {
      $0.trials[1].verdict = Verdict(.rejected, by: "module-loader")
    }
    #expect(comparison.changes.map(\.what) == [.newReject])
    #expect(!comparison.isWorse)
  }

  @Test func anotherCategoryOrKindIsTold() {
    #expect(
      compared { $0.trials[0].verdict.category = .policy }.changes.map(\.what) == [
        .categoryChanged
      ])
    #expect(
      compared { $0.trials[1].verdict.kind = .pageFault }.changes.map(\.what) == [.kindChanged])
  }

  @Test func aControlThatObservesSomethingElseIsWorse() {
    let comparison = compared { $0.trials[2].observed = 12 }
    #expect(comparison.changes.map(\.what) == [.observationChanged])
    #expect(comparison.isWorse)
  }

  @Test func aTrialThatIsMissingIsWorseAndANewOneIsNot() {
    var shorter = run
    shorter.trials.remove(at: 1)
    #expect(Comparison(run, shorter).changes.map(\.what) == [.missing])
    #expect(Comparison(run, shorter).isWorse)
    #expect(Comparison(shorter, run).changes.map(\.what) == [.added])
    #expect(!Comparison(shorter, run).isWorse)
  }

  @Test func muchSlowerIsToldAndBreaksNoBaseline() {
    let comparison = compared { $0.trials[0].seconds.trial = 4 }
    #expect(comparison.changes.map(\.what) == [.slower])
    #expect(!comparison.isWorse)
  }

  @Test func runsOfOneKernelEachAreHeldAgainstEachOther() {
    let comparison = compared {
      $0.header.kernels = [.init(name: "7.2", release: "7.2.0")]
      for index in $0.trials.indices { $0.trials[index].id.kernel = "7.2" }
    }
    #expect(comparison.compared == 15)
    #expect(comparison.changes.isEmpty)
  }

  @Test(arguments: ComparisonReport.Format.allCases)
  func everyFormatNamesTheChange(_ format: ComparisonReport.Format) throws {
    let comparison = compared { $0.trials[1].verdict.kind = .pageFault }
    let text = try ComparisonReport.render([comparison], as: format)
    #expect(text.contains("kind-changed"))
    #expect(text.contains("null-map-value"))
  }
}
