import Record
import Verdicts

/// A log, folded: its lines numbered, those that the verdict rests on marked.
struct LogView {
  let file: String
  let text: EvidenceText
  let marked: Set<Int>
  /// What a line's frames come from: `lkm/use_after_free.c:43`, by `symbol+0xoffset`.
  var places: [String: SourcePlace] = [:]

  init(_ file: String, _ text: EvidenceText, evidence: [EvidenceLine]) {
    self.file = file
    self.text = text
    marked = Set(evidence.filter { $0.file == file }.map(\.line))
  }

  var view: View {
    [
      "file": file, "count": text.lines.count, "lines": lines(0..<text.head),
      "rest": lines(text.head..<text.lines.count), "isCut": text.skipped > 0,
      "skipped": text.skipped,
    ]
  }

  /// The part that begins with the line the verdict rests on.
  func excerpt(_ count: Int) -> [View] {
    guard let first = marked.min(), first <= text.head else { return [] }
    return lines(first - 1..<min(first - 1 + count, text.head))
  }

  private func lines(_ range: Range<Int>) -> [View] {
    range.map { index in
      // Behind the cut nobody knows the numbers.
      let number = index < text.head ? "\(index + 1)" : ""
      let line = DisplayText.cutEnd(expandTabs(text.lines[index]), to: 500)
      return [
        "number": number, "text": line, "isMarked": marked.contains(index + 1),
        "place": place(in: line),
      ]
    }
  }

  private func place(in line: String) -> String {
    for (frame, place) in places where line.contains("\(frame)/") {
      return "\(place.file):\(place.line)"
    }
    return ""
  }
}
