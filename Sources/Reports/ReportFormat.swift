// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// The formats of a report. A new one is a case here and a file in the folder `Formats`.
public enum ReportFormat: String, Sendable, CaseIterable {
  case terminal, html, markdown, json, junit, ktap, badge, picture

  /// What a report is made of.
  public struct Input: Sendable {
    public var run: RunRecord
    public var evidence: RunEvidence
    /// See `HTMLReport.render`.
    public var evidenceLinks: String?
    /// Columns, for the terminal.
    public var width: Int
    public var colour: Bool

    public init(
      run: RunRecord, evidence: RunEvidence, evidenceLinks: String? = nil, width: Int = 80,
      colour: Bool = false
    ) {
      self.run = run
      self.evidence = evidence
      self.evidenceLinks = evidenceLinks
      self.width = width
      self.colour = colour
    }
  }

  /// - Throws: what the format's own `render` throws.
  public func render(_ input: Input) throws -> String {
    switch self {
    case .terminal:
      TerminalReport.render(
        input.run, width: input.width, colour: input.colour, directory: input.evidence.path)
    case .html:
      try HTMLReport.render(
        input.run, evidence: input.evidence, evidenceLinks: input.evidenceLinks)
    case .markdown: MarkdownReport.render(input.run)
    case .json: try JSONReport.render(input.run)
    case .junit: JUnitReport.render(input.run)
    case .ktap: KTAPReport.render(input.run)
    case .badge: try BadgeReport.render(input.run)
    case .picture: PictureReport.render(input.run)
    }
  }
}
