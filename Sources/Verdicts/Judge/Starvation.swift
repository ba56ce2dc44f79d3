// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reports that a guest's kernel makes because its clock went on while its processor did not: a watchdog
/// counts seconds, not work. On a host that hardly gives a guest a processor, any work takes seconds.
///
/// Such a report proves nothing of the twin, so that the trial is the laboratory's failure.
public enum Starvation {
  /// A guest beside fifteen busy processes gets 0.4 of what it asks for; one of a lower priority, whose
  /// healthy twins were reported as stuck, 0.02.
  static let leastShare = 0.1
  /// In seconds. One that waited less can't have been reported for that.
  static let leastWait = 1.0

  private static let kinds: Set<Kind> = [.softLockup, .rcuStall, .hungTask, .workqueueLockup]

  /// What is wrong with the first report, in words; nil if it may be the twin's doing.
  ///
  /// - Parameters:
  ///   - findings: of the console, as ``KernelLog/findings(in:)`` gives them.
  ///   - ran: how long the guest's threads had a processor, in seconds.
  ///   - waited: how long they were ready to run and had none, in seconds.
  public static func reason(
    for findings: [Finding], ran: Double, waited: Double
  ) -> String? {
    guard let first = findings.first, kinds.contains(first.kind), waited >= leastWait,
      ran < leastShare * (ran + waited)
    else { return nil }
    func text(_ seconds: Double) -> String { "\((seconds * 10).rounded() / 10)" }
    return "the host starved the guest, which had a processor for \(text(ran)) s and waited "
      + "\(text(waited)) s for one: \(first.title)"
  }
}
