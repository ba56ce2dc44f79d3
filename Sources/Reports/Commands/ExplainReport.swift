// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// What `panicroom explain` makes of a refusal.
public enum ExplainReport {
  /// - Parameters:
  ///   - file: the path as given; `-` for stdin.
  ///   - width: columns of the terminal; less than 60 counts as 60, more than 100 as 100.
  public static func render(
    _ rejection: Rejection?, file: String, width: Int, colour: Bool = false
  ) -> String {
    let width = min(max(width, 60), 100)
    guard let rejection else {
      return StyledText("\(file): no refusal that is known here", .dim).rendered(colour: colour)
        + "\n"
    }
    return lines(rejection, width: width).map { $0.rendered(colour: colour) + "\n" }.joined()
  }

  /// The same of a refusal, for who shows it among other things.
  ///
  /// - Parameter width: in columns.
  package static func lines(_ rejection: Rejection, width: Int) -> [StyledText] {
    let category = rejection.category.map { " \($0.rawValue)" } ?? ""
    let origin = rejection.origin.map { " · \(words(of: $0))" } ?? ""
    var lines = [
      StyledText("■ rejected by \(rejection.by.rawValue)", .green) + StyledText(category, .bold)
        + StyledText(origin, .dim)
    ]
    lines += paragraph(rejection.headline, width).map { StyledText($0, .bold) }
    lines += field("said", "line \(rejection.line): \(rejection.message)", width)
    if let instruction = instruction(rejection) { lines += field("at", instruction, width) }
    if let place = rejection.source {
      lines += field("source", "\(place.file):\(place.line)", width)
    }
    if let text = rejection.sourceText { lines += field("C", text, width) }
    lines += subjects(rejection).flatMap { field("state", "\($0.name) = \($0.state)", width) }
    for (number, step) in rejection.path.enumerated() {
      lines += field(number == 0 ? "path" : "", pathStep(step), width)
    }
    lines += field("why", rejection.explanation, width)
    lines += field("try", rejection.suggestion, width)
    return lines
  }

  private static func words(of origin: Rejection.Origin) -> String {
    switch origin {
    case .source: "your source"
    case .compiler: "your compiler"
    case .limit: "the kernel's limit"
    case .environment: "your environment"
    }
  }

  private static func paragraph(_ text: String, _ width: Int) -> [String] {
    DisplayText.lines(of: text, to: width - 2).map { "  \($0)" }
  }

  private static func field(_ name: String, _ text: String, _ width: Int) -> [StyledText] {
    guard !text.isEmpty else { return [] }
    return DisplayText.lines(of: text, to: width - 10).enumerated().map {
      StyledText("  " + DisplayText.pad($0 == 0 ? name : "", to: 8), .dim) + StyledText($1)
    }
  }

  /// The registers that the message or the refused instruction names: all of them would hide these.
  private static func subjects(_ rejection: Rejection) -> [Rejection.Register] {
    let words = rejection.message + " " + (rejection.instruction?.text ?? "").uppercased()
    let named = words.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map(String.init)
    return Array(
      rejection.registers.filter { $0.name != "R10" && named.contains($0.name) }.prefix(4))
  }

  private static func pathStep(_ step: Rejection.PathStep) -> String {
    let line = step.line.map { ", line \($0)" } ?? ""
    return "\(step.instruction): \(step.text) – \(step.why)\(line)"
  }

  /// As the verifier prints it: `12: (79) r1 = *(u64 *)(r10 -8)`.
  private static func instruction(_ rejection: Rejection) -> String? {
    rejection.instruction.map { $0.text.isEmpty ? "\($0.index)" : "\($0.index): \($0.text)" }
  }

  /// One object with every key; null if something is not known, `by` if no refusal is. `registers`
  /// names each with its state, `path` is an array with one object per step.
  public static func json(_ rejection: Rejection?) throws -> String {
    try JSONText.render(Shown(rejection: rejection))
  }

  private struct Shown: Encodable {
    let rejection: Rejection?

    enum CodingKeys: String, CodingKey {
      case by, category, headline, message, instruction, source, explanation, suggestion
      case registers, path, id
      case origin = "class"
    }

    private enum PathKeys: CodingKey { case instruction, line, text, why }
    private enum SourceKeys: CodingKey { case file, line, text }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(rejection?.by, forKey: .by)
      try container.encode(rejection?.category, forKey: .category)
      try container.encode(rejection?.headline, forKey: .headline)
      try container.encode(rejection?.message, forKey: .message)
      try container.encode(rejection.flatMap(instruction), forKey: .instruction)
      try container.encode(rejection?.explanation, forKey: .explanation)
      try container.encode(rejection?.suggestion, forKey: .suggestion)
      try container.encode(rejection?.id, forKey: .id)
      try container.encode(rejection?.origin, forKey: .origin)
      let states = rejection?.registers.map { ($0.name, $0.state) }
      try container.encode(
        states.map { Dictionary($0, uniquingKeysWith: { $1 }) }, forKey: .registers)
      try encodePath(into: &container)
      guard let rejection, rejection.source != nil || rejection.sourceText != nil else {
        try container.encodeNil(forKey: .source)
        return
      }
      var source = container.nestedContainer(keyedBy: SourceKeys.self, forKey: .source)
      try source.encode(rejection.source?.file, forKey: .file)
      try source.encode(rejection.source?.line, forKey: .line)
      try source.encode(rejection.sourceText, forKey: .text)
    }

    private func encodePath(into container: inout KeyedEncodingContainer<CodingKeys>) throws {
      guard let rejection else {
        try container.encodeNil(forKey: .path)
        return
      }
      var path = container.nestedUnkeyedContainer(forKey: .path)
      for step in rejection.path {
        var item = path.nestedContainer(keyedBy: PathKeys.self)
        try item.encode(step.instruction, forKey: .instruction)
        try item.encode(step.line, forKey: .line)
        try item.encode(step.text, forKey: .text)
        try item.encode(step.why, forKey: .why)
      }
    }
  }
}
