public import Record

/// The ladder of features, a row for each that not all kernels have.
public enum FeatureReport {
  public static func render(_ ladder: FeatureLadder) -> String {
    let asked = ladder.kernels.filter { $0.release != nil }
    let width = max(12, ladder.steps.map(\.name.count).max() ?? 0)
    let columns = asked.map { max(4, $0.name.count) }
    var text = ""
    for kernel in ladder.kernels {
      text += "\(kernel.name): \(kernel.release ?? "not asked: \(kernel.reason ?? "")")\n"
    }
    for kind in FeatureLadder.kinds {
      let all = ladder.features.filter { $0.kind == kind }
      let steps = ladder.steps.filter { $0.kind == kind }
      guard !all.isEmpty else { continue }
      text += "\n" + DisplayText.pad("\(kind)s", to: width)
      for (kernel, column) in zip(asked, columns) {
        text += "  " + DisplayText.pad(kernel.name, to: column)
      }
      text += "\n"
      for step in steps {
        text += DisplayText.pad(step.name, to: width)
        for (kernel, column) in zip(asked, columns) {
          text +=
            "  " + DisplayText.pad(step.kernels.contains(kernel.name) ? "yes" : "–", to: column)
        }
        text += "\n"
      }
      text += "\(all.count - steps.count) more, on every kernel\n"
    }
    return text
  }
}
