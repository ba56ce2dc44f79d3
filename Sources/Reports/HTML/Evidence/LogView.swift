// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A log, folded: its lines numbered, those that the verdict rests on marked.
struct LogView {
  let file: String
  let text: EvidenceText
  let marked: Set<Int>
  /// What the marked lines' own addresses in the page begin with.
  let anchor: String
  /// What a line's frames come from: `lkm/use_after_free.c:43`, by `symbol+0xoffset`.
  var places: [String: SourcePlace] = [:]

  init(_ file: String, _ text: EvidenceText, evidence: [EvidenceLine], anchor: String = "") {
    self.file = file
    self.text = text
    self.anchor = anchor
    marked = Set(evidence.filter { $0.file == file }.map(\.line))
  }

  var view: View {
    [
      "file": file, "count": text.lines.count, "lines": lines(0..<text.head, anchored: true),
      "rest": lines(text.head..<text.lines.count), "isCut": text.skipped > 0,
      "skipped": text.skipped,
    ]
  }

  /// The part that begins with the line the verdict rests on.
  func excerpt(_ count: Int) -> [View] {
    guard let first = marked.min(), first >= 1, first <= text.head else { return [] }
    return lines(first - 1..<min(first - 1 + count, text.head))
  }

  /// The address of a line in the page; nil if the page leaves it out.
  func address(of line: Int) -> String? {
    line >= 1 && line <= text.head ? "#\(id(of: line))" : nil
  }

  private func id(of line: Int) -> String { "\(anchor)-\(file.prefix { $0.isLetter })-\(line)" }

  private func lines(_ range: Range<Int>, anchored: Bool = false) -> [View] {
    var views: [View] = []
    var index = range.lowerBound
    while index < range.upperBound {
      let alike = alike(index, before: range.upperBound)
      var view = line(index, again: alike > 2 ? alike - 1 : 0)
      view["id"] = anchored && isMarked(index) ? id(of: index + 1) : ""
      views.append(view)
      index += alike > 2 ? alike : 1
    }
    return views
  }

  private func line(_ index: Int, again: Int) -> View {
    // After the cut the numbers are unknown.
    let number = index < text.head ? "\(index + 1)" : ""
    let line = DisplayText.cutEnd(expandTabs(text.lines[index]), to: 500)
    return [
      "number": number, "text": line, "isMarked": isMarked(index), "place": place(in: line),
      "again": again > 0 ? "\(again)" : "",
    ]
  }

  private func isMarked(_ index: Int) -> Bool { index < text.head && marked.contains(index + 1) }

  /// How many lines, starting with this one, differ only in their time, with none after it marked.
  private func alike(_ index: Int, before end: Int) -> Int {
    let words = LogView.untimed(text.lines[index])
    var next = index + 1
    while next < end, !isMarked(next), LogView.untimed(text.lines[next]) == words { next += 1 }
    return next - index
  }

  /// `[    2.517206] BUG: …` without its time.
  private static func untimed(_ line: String) -> Substring {
    guard line.utf8.first == UInt8(ascii: "["),
      let end = line.utf8.firstIndex(of: UInt8(ascii: "]"))
    else { return line[...] }
    return line[line.index(after: end)...]
  }

  private func place(in line: String) -> String {
    for (frame, place) in places where line.contains("\(frame)/") {
      return "\(place.file):\(place.line)"
    }
    return ""
  }
}
