import Foundation
import Record

/// A small real run, kept as a fixture: four scenarios, one of them with a second look. Its times and
/// what it says of its host are replaced, so that nothing of one machine is in it.
enum SampleRun {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  static let path = repository.appending(path: "Tests/ReportsTests/Fixtures/sample-run").path

  static var evidence: RunEvidence { RunEvidence(path: path) }

  static func read() throws -> RunRecord { try RunDirectory.read(path) }
}
