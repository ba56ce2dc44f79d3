// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reports that a guest's kernel makes because its clock advanced while its CPU did not: a watchdog
/// counts seconds, not work. On a host that gives a guest hardly any CPU time, any work takes
/// seconds.
///
/// Such a report proves nothing about the twin, so the trial is the laboratory's failure.
public enum Starvation {
  /// Next to fifteen busy processes a guest gets 0.4 of the CPU time it wants; one of a lower
  /// priority, whose healthy twins were reported as stuck, got 0.02.
  static let leastShare = 0.1
  /// In seconds. One that waited less can't have been reported for that.
  static let leastWait = 1.0

  private static let kinds: Set<Kind> = [.softLockup, .rcuStall, .hungTask, .workqueueLockup]

  /// What is wrong with the first report, in words; nil if the twin may have caused it.
  ///
  /// - Parameters:
  ///   - findings: of the console, as ``KernelLog/findings(in:)`` gives them.
  ///   - ran: how long the guest's thread that waited longest had a CPU, in seconds, in the time that
  ///     is judged: that before the report, or the whole trial.
  ///   - waited: how long it was ready to run and had none, in seconds.
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
