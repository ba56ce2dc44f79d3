// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Verdicts

package enum Style: String, Sendable {
  case bold = "1"
  case dim = "2"
  case red = "31"
  case boldRed = "1;31"
  case green = "32"
  case yellow = "33"
  case magenta = "35"
  case cyan = "36"
  case reversed = "7"
}

/// A piece of one line. Whatever goes in is escaped, so that only ``rendered(colour:)`` can put an
/// escape sequence out.
package struct StyledText: Sendable {
  private var spans: [(text: String, style: Style?)] = []

  package init(_ text: String = "", _ style: Style? = nil) {
    if !text.isEmpty { spans = [(DisplayText.escape(text), style)] }
  }

  package static func + (left: StyledText, right: StyledText) -> StyledText {
    var result = left
    result.spans += right.spans
    return result
  }

  /// Its parts, for who renders them otherwise.
  package var parts: [(text: String, style: Style?)] { spans }

  package var width: Int { spans.reduce(0) { $0 + DisplayText.width($1.text) } }

  /// In at most `columns` columns.
  package func cut(to columns: Int) -> StyledText {
    guard width > columns else { return self }
    var result = StyledText()
    var left = columns
    for span in spans {
      let cut = DisplayText.cutEnd(span.text, to: left)
      result.spans.append((cut, span.style))
      left -= DisplayText.width(cut)
      if cut != span.text || left == 0 { break }
    }
    return result
  }

  package func padded(to columns: Int) -> StyledText {
    self + StyledText(String(repeating: " ", count: max(0, columns - width)))
  }

  package func rendered(colour: Bool) -> String {
    spans.map { span in
      guard colour, let style = span.style else { return span.text }
      return "\u{1b}[\(style.rawValue)m\(span.text)\u{1b}[0m"
    }.joined()
  }
}

extension Ruling {
  /// Its class's, but for what never ran: the laboratory did not fail.
  package var sign: String { self == .notRun ? "–" : rulingClass.sign }
}

extension RulingClass {
  /// In the order from harmless to worst.
  static let shown: [RulingClass] = [.refused, .contained, .silent, .damaged, .crashed, .none]

  package var sign: String {
    switch self {
    case .refused: "■"
    case .contained: "◆"
    case .silent: "○"
    case .damaged: "▲"
    case .crashed: "✖"
    case .none: "?"
    }
  }

  package var style: Style {
    switch self {
    case .refused: .green
    case .contained: .cyan
    case .silent: .yellow
    case .damaged: .magenta
    case .crashed: .red
    case .none: .dim
    }
  }

  /// What it means for an armed twin.
  package var word: String {
    switch self {
    case .refused: "rejected"
    case .silent: "unnoticed"
    case .none: "inconclusive"
    default: rawValue
    }
  }
}

extension Mechanism {
  package var title: String {
    switch self {
    case .bpf: "eBPF"
    case .lkm: "kernel module"
    }
  }
}

/// A number of seconds for people: `0.08 s`, `12.3 s`, `3 min 5 s`.
package func duration(_ seconds: Double) -> String {
  if seconds >= 120, let whole = Int(exactly: seconds.rounded(.down)) {
    return "\(whole / 60) min \(whole % 60) s"
  }
  return "\(decimal(seconds, seconds < 1 ? 2 : 1)) s"
}

/// With this many digits after the point. If it is too large for that, or not a number, it is shown
/// as Swift does.
package func decimal(_ number: Double, _ digits: Int) -> String {
  let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
  guard let rounded = Int(exactly: (number.magnitude * Double(scale)).rounded()) else {
    return "\(number)"
  }
  let sign = number < 0 && rounded > 0 ? "-" : ""
  guard digits > 0 else { return "\(sign)\(rounded)" }
  let fraction = String(rounded % scale)
  let zeros = String(repeating: "0", count: digits - fraction.count)
  return "\(sign)\(rounded / scale).\(zeros)\(fraction)"
}
