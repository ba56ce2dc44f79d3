import FoundationEssentials
public import Scenarios

extension RunDirectory {
  /// A scenario's three files as they were when the run began.
  ///
  /// - Throws: where the run has no such scenario, or a file can't be read.
  public static func scenarioText(_ name: String, in run: String) throws -> ScenarioText {
    let object = String(name.map { $0 == "-" ? "_" : $0 })
    func text(_ file: String) throws -> String {
      try String(contentsOfFile: "\(run)/scenarios/\(file)", encoding: .utf8)
    }
    func source(_ file: String) throws -> String? {
      FileManager.default.fileExists(atPath: "\(run)/scenarios/\(file)") ? try text(file) : nil
    }
    return ScenarioText(
      name: name, yaml: try text("\(name).yaml"), lkm: try source("lkm/\(object).c"),
      bpf: try source("bpf/\(object).bpf.c"))
  }
}
