// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// The picture: every fault a dot, placed by the results of its program and of its module. Dots and
/// figures carry it, so that it can be read in black and white.
struct PictureView {
  private static let classes: [RulingClass] = [
    .refused, .contained, .silent, .damaged, .crashed,
  ]
  private static let cellWidth = 116
  private static let cellHeight = 82
  private static let left = 132
  private static let top = 66
  /// The part of a cell that dots fill.
  private static let dotsWidth = 100
  private static let dotsHeight = 50

  private let faults: [PairedFault]

  init(_ faults: [PairedFault]) {
    self.faults = faults
  }

  var view: View {
    let columns = PictureView.classes.enumerated().map { index, rulingClass -> View in
      [
        "x": PictureView.left + index * PictureView.cellWidth + PictureView.cellWidth / 2,
        "word": rulingClass.word, "sign": rulingClass.sign, "class": rulingClass.rawValue,
        "count": faults.count { $0[.lkm] == rulingClass },
        "link": faults.contains { $0[.lkm] == rulingClass }
          ? FilterLink(.lkm, [rulingClass]).address : "",
      ]
    }
    let rows = PictureView.classes.enumerated().map { index, rulingClass -> View in
      [
        "y": PictureView.top + index * PictureView.cellHeight + PictureView.cellHeight / 2,
        "word": rulingClass.word, "sign": rulingClass.sign, "class": rulingClass.rawValue,
        "count": faults.count { $0[.bpf] == rulingClass },
        "link": faults.contains { $0[.bpf] == rulingClass }
          ? FilterLink(.bpf, [rulingClass]).address : "",
      ]
    }
    return [
      "isEmpty": faults.isEmpty, "columns": columns, "rows": rows, "cells": cells,
      "caption": caption, "unstopped": unstopped, "hasUnstopped": !unstopped.isEmpty,
      "width": PictureView.left + 5 * PictureView.cellWidth + 12,
      "height": PictureView.top + 5 * PictureView.cellHeight + 12,
    ]
  }

  private var cells: [View] {
    PictureView.classes.enumerated().flatMap { row, program in
      PictureView.classes.enumerated().map { column, module in
        cell(row, column, program, module)
      }
    }
  }

  private func cell(_ row: Int, _ column: Int, _ program: RulingClass, _ module: RulingClass)
    -> View
  {
    let faults = self.faults.filter { $0[.bpf] == program && $0[.lkm] == module }
    let x = PictureView.left + column * PictureView.cellWidth
    let y = PictureView.top + row * PictureView.cellHeight
    let spacing = PictureView.spacing(faults.count)
    let dotsInRow = PictureView.dotsWidth / spacing
    let dotsInCell = dotsInRow * (PictureView.dotsHeight / spacing)
    let dots = faults.prefix(dotsInCell).enumerated().map { index, fault -> View in
      [
        "x": x + 6 + spacing / 2 + index % dotsInRow * spacing,
        "y": y + 26 + spacing / 2 + index / dotsInRow * spacing,
        "link": "#s-\(fault.scenario)",
        "place": "\(fault.scenario), \(fault.kernel), \(fault.profile)",
      ]
    }
    return [
      "x": x, "y": y, "width": PictureView.cellWidth - 4, "height": PictureView.cellHeight - 4,
      "textX": x + 8, "textY": y + 20, "count": faults.count, "isEmpty": faults.isEmpty,
      "label": "\(faults.count): \(program.word) as eBPF, \(module.word) as a kernel module",
      "link": FilterLink(.bpf, [program]).with(.lkm, [module]).address,
      // Below the diagonal the module fared worse, above it the program.
      "side": column > row ? "module" : column == row ? "equal" : "program", "dots": dots,
      "radius": decimal(Double(spacing) * 0.36, 1),
    ]
  }

  /// The widest spacing, up to 13, at which this many dots fit; if more than fit at 3, the cell
  /// shows as many as there is room for, and its figure counts all of them.
  private static func spacing(_ count: Int) -> Int {
    (4...13).last { dotsWidth / $0 * (dotsHeight / $0) >= count } ?? 3
  }

  /// The faults that no gate or guard stopped in the program: what the verifier does not promise.
  private var unstopped: [View] {
    [RulingClass.crashed, .damaged, .silent].compactMap { rulingClass in
      var seen: Set<String> = []
      let names = faults.filter { $0[.bpf] == rulingClass }.map(\.scenario)
        .filter { seen.insert($0).inserted }
      guard !names.isEmpty else { return nil }
      return [
        "class": rulingClass.rawValue, "sign": rulingClass.sign, "word": rulingClass.word,
        "names": names.prefix(40).map {
          ["plain": PlainTitle.of($0), "link": "#s-\($0)"] as View
        },
      ]
    }
  }

  private var caption: String {
    let worse = faults.count { $0[.lkm].severity > $0[.bpf].severity }
    let equal = faults.count { $0[.lkm].severity == $0[.bpf].severity }
    let better = faults.count - worse - equal
    return "Each dot is a fault. In \(worse) of \(faults.count) the kernel module fared worse than "
      + "the eBPF program, in \(equal) both fared the same, in \(better) the program fared worse."
  }
}
