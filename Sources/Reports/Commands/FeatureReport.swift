// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// The ladder of features: a row for each that not all kernels have, and what the catalogue uses by
/// the version of mainline Linux that brought it.
public enum FeatureReport {
  public static func render(_ ladder: FeatureLadder) -> String {
    let columns = Columns(ladder)
    var text = ""
    for kernel in ladder.kernels {
      text += "\(kernel.name): \(kernel.release ?? "not asked: \(kernel.reason ?? "")")\n"
    }
    for kind in FeatureLadder.kinds {
      let all = ladder.features.filter { $0.kind == kind }
      let steps = ladder.steps.filter { $0.kind == kind }
      guard !all.isEmpty else { continue }
      text += "\n" + columns.heading("\(kind)s")
      for step in steps { text += columns.row(step) }
      text += "\(all.count - steps.count) more, on every kernel\n"
    }
    return text + used(ladder)
  }

  /// A table's columns: the feature, mainline's version, a column a kernel.
  private struct Columns {
    let kernels: [(name: String, width: Int)]
    let name: Int
    static let mainline = "mainline"

    init(_ ladder: FeatureLadder) {
      kernels = ladder.kernels.filter { $0.release != nil }
        .map { ($0.name, max(4, $0.name.count)) }
      name = max(13, ladder.steps.map(\.name.count).max() ?? 0)
    }

    func heading(_ title: String) -> String {
      line(title, Self.mainline, kernels.map(\.name))
    }

    func row(_ feature: FeatureLadder.Feature) -> String {
      line(
        feature.name, feature.mainline?.version ?? "",
        kernels.map { feature.kernels.contains($0.name) ? "yes" : "–" })
    }

    private func line(_ name: String, _ mainline: String, _ cells: [String]) -> String {
      var text = DisplayText.pad(name, to: self.name)
      text += "  " + DisplayText.pad(mainline, to: Self.mainline.count)
      for (kernel, cell) in zip(kernels, cells) {
        text += "  " + DisplayText.pad(cell, to: kernel.width)
      }
      return String(text.reversed().drop { $0 == " " }.reversed()) + "\n"
    }
  }

  private static func used(_ ladder: FeatureLadder) -> String {
    let rungs = ladder.rungs
    guard !rungs.isEmpty else { return "" }
    var text = "\nWhat the catalogue uses, by the version of mainline Linux that brought it\n"
    for rung in rungs {
      let words = rung.features.map(\.phrase).joined(separator: ", ")
      for (index, line) in DisplayText.wrap(words, to: 70).enumerated() {
        text += DisplayText.pad(index == 0 ? rung.version : "", to: 8) + line + "\n"
      }
    }
    return text
  }
}

extension FeatureLadder {
  /// What one version of mainline Linux brought of what the catalogue uses.
  struct Rung {
    var version: String
    var features: [Feature]
  }

  /// The oldest version first.
  var rungs: [Rung] {
    Dictionary(grouping: features.filter { $0.mainline != nil }) { $0.mainline?.version ?? "" }
      .map { Rung(version: $0.key, features: $0.value) }
      .sorted { numbers($0.version).lexicographicallyPrecedes(numbers($1.version)) }
  }

  private func numbers(_ version: String) -> [Int] {
    version.split(separator: ".").map { Int($0) ?? 0 }
  }
}

extension FeatureLadder.Feature {
  /// A helper's name says what it is; `ringbuf` alone doesn't: `map type ringbuf`.
  var phrase: String { kind == "helper" ? name : "\(kind) \(name)" }
}
