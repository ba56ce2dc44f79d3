// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Mustache
public import Record

/// A run as one self-contained page: no request to anywhere, readable without JavaScript.
public enum HTMLReport {
  /// The whole report, or the two pages of it that fit on paper for people who decide.
  public enum Edition: Sendable {
    case whole, summary
  }

  /// - Parameters:
  ///   - evidence: gives the sources and logs.
  ///   - evidenceLinks: the folder, relative to the page, that holds a copy of the evidence; nil to
  ///     link no file.
  /// - Throws: `SystemFailure`, `UnreadableFile`, ``RunDirectoryError`` if the run directory is
  ///   damaged.
  public static func render(
    _ run: RunRecord, evidence: RunEvidence, evidenceLinks: String? = nil,
    edition: Edition = .whole
  ) throws -> String {
    if run.header.tried != nil {
      return try finish(
        TriedView(run, evidence: evidence, links: evidenceLinks).view, run, as: "tried")
    }
    let faults = PairedFault.all(of: run)
    var page = Overview(run, faults).view
    page["picture"] = PictureView(faults).view
    page["breakdown"] = BreakdownView(run, faults).view
    page["bugs"] = RealBugsView(run, faults).view
    if edition == .summary {
      return try finish(unlinked(page) as? View ?? page, run, as: "summary")
    }
    page["matrix"] = MatrixView(run, faults).view
    let changes = KernelChange.all(of: run)
    page["changes"] = changes.map(\.view)
    page["hasChanges"] = !changes.isEmpty
    page["ladder"] =
      run.header.features.map { FeatureView($0, order: run.kernelsByAge.map(\.name)).view } ?? false
    let scenarios = ScenarioViews(run, faults, evidence: evidence, links: evidenceLinks)
    page["contents"] = scenarios.contents
    page["scenarios"] = try scenarios.views
    return try finish(page, run, as: "page")
  }

  /// A view whose links lead nowhere: the summary has no matrix and no sections to lead to.
  private static func unlinked(_ value: Any) -> Any {
    switch value {
    case let view as View:
      view.mapValues(unlinked).merging(view["link"] == nil ? [:] : ["link": ""]) { $1 }
    case let list as [Any]: list.map(unlinked)
    default: value
    }
  }

  private static func finish(_ view: View, _ run: RunRecord, as template: String) throws -> String {
    var page = view
    page["method"] = MethodView(run).view
    page["style"] =
      PageTemplates.style
      + (template == "tried" ? PageTemplates.text(PackageResources.tried_css) : "")
    page["script"] =
      PageTemplates.text(PackageResources.page_js) + PageTemplates.text(PackageResources.stepper_js)
    return try PageTemplates.render(page, as: template)
  }
}

/// What a template gets: strings, numbers, truth values, and lists and dictionaries of them.
typealias View = [String: Any]

/// The page's templates, compiled into the program.
enum PageTemplates {
  static func render(_ view: View, as name: String) throws -> String {
    MustacheContentTypes.register(PageText(), named: "PAGE")
    let library = MustacheLibrary(templates: try templates())
    guard let page = library.render(Words.prepare(view), withTemplate: name) else {
      throw MissingTemplate(name: name)
    }
    return page
  }

  static var style: String {
    text(PackageResources.page_css) + text(PackageResources.stepper_css)
      + text(PackageResources.print_css)
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Mustache starts each partial with its own escaping: every template has to ask for ours.
  private static let contentType = "{{% CONTENT_TYPE:PAGE}}"

  private static func templates() throws -> [String: MustacheTemplate] {
    try [
      "page": PackageResources.page_mustache,
      "tried": PackageResources.tried_mustache,
      "summary": PackageResources.summary_mustache,
      "bars": PackageResources.bars_mustache,
      "breakdown": PackageResources.breakdown_mustache,
      "bugs": PackageResources.bugs_mustache,
      "picture": PackageResources.picture_mustache,
      "matrix": PackageResources.matrix_mustache,
      "scenario": PackageResources.scenario_mustache,
      "twin": PackageResources.twin_mustache,
      "log": PackageResources.log_mustache,
      "steps": PackageResources.steps_mustache,
      "badge": PackageResources.badge_mustache,
      "comparison": PackageResources.comparison_mustache,
    ].mapValues { try MustacheTemplate(string: contentType + text($0)) }
  }

  private struct MissingTemplate: Error, CustomStringConvertible {
    var name: String
    var description: String { "the program has no template \(name)" }
  }
}

/// A text that Mustache considers absent if it is empty; a plain empty string would open its
/// section, and a missing one would be looked up further out.
private struct Words: MustacheCustomRenderable {
  let renderText: String
  var isNull: Bool { renderText.isEmpty }

  /// A view with all its texts made such.
  static func prepare(_ value: Any) -> Any {
    switch value {
    case let text as String: Words(renderText: text)
    case let text as Substring: Words(renderText: String(text))
    case let view as View: view.mapValues(prepare)
    case let list as [Any]: list.map(prepare)
    default: value
    }
  }
}

/// Text in the page, and in its attributes.
///
/// Scalar by scalar: Mustache's own escaping compares characters, and `"` followed by a combining
/// mark is another character than `"`.
private struct PageText: MustacheContentType {
  func escapeText(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in DisplayText.escape(text).unicodeScalars {
      switch scalar {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
