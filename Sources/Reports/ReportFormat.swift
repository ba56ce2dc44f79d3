// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// The formats of a report. A new one is a case here and a file in the folder `Formats`.
public enum ReportFormat: String, Sendable, CaseIterable {
  case terminal, html, markdown, json, junit, ktap, tap, sarif, badge, picture
  case codeQuality = "code-quality"

  /// What a report is made of.
  public struct Input: Sendable {
    public var run: RunRecord
    public var evidence: RunEvidence
    /// See `HTMLReport.render`.
    public var evidenceLinks: String?
    /// Which edition of the page.
    public var edition = HTMLReport.Edition.whole
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
        input.run, evidence: input.evidence, evidenceLinks: input.evidenceLinks,
        edition: input.edition)
    case .markdown: MarkdownReport.render(input.run)
    case .json: try JSONReport.render(input.run)
    case .junit: JUnitReport.render(input.run, directory: input.evidence.path)
    case .ktap: KTAPReport.render(input.run)
    case .tap: try TAPReport.render(input.run)
    case .sarif: try SARIFReport.render(input.run)
    case .codeQuality: try CodeQualityReport.render(input.run)
    case .badge: try BadgeReport.render(input.run)
    case .picture: PictureReport.render(input.run)
    }
  }
}
