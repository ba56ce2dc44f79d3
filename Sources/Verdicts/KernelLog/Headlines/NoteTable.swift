// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Lines that people ask about and that are no reports: each has a name, and says whether to worry.
struct NoteTable: Sendable {
  struct Entry: Sendable {
    var pattern: StaticString
    /// Another part that the line must have.
    var also: StaticString?
    var name: String
    var words: String
    var isHarmless: Bool

    init(
      _ pattern: StaticString, also: StaticString? = nil, _ name: String, harmless: Bool = false,
      _ words: String
    ) {
      self.pattern = pattern
      self.also = also
      self.name = name
      self.words = words
      isHarmless = harmless
    }
  }

  static let standard = NoteTable(worrying + harmless)

  private static let worrying: [Entry] = [
    Entry(
      "irq ", also: ": nobody cared", "irq-nobody-cared",
      "no driver handles an interrupt, so the kernel switches it off"),
    Entry(
      "page allocation failure", "page-allocation-failure",
      "a request for memory failed; the caller may cope"),
    Entry(
      "NETDEV WATCHDOG: ", "netdev-watchdog",
      "a network device did not send for seconds: its driver, or its link"),
    Entry(
      "NVRM: Xid ", "gpu-xid",
      "NVIDIA's driver reports an error of the GPU; its manual lists the numbers"),
    Entry("GPU HANG", "gpu-hang", "a graphics processor stopped; the driver resets it"),
    Entry("I/O error, dev ", "io-error", "a drive could not read or write"),
    Entry("EXT4-fs error", "filesystem-error", "ext4 found damage on disk"),
    Entry("BTRFS error", "filesystem-error", "Btrfs found damage on disk"),
    Entry("Uncorrected error", "hardware-error", "the hardware reports data that it lost"),
    Entry("Uncorrectable", "hardware-error", "the hardware reports data that it lost"),
    Entry("AER: Uncorrect", "pcie-error", "a PCIe link lost data"),
  ]

  private static let harmless: [Entry] = [
    Entry("AER: Correct", "pcie-corrected", harmless: true, "a PCIe link repeated a transfer"),
    Entry(
      "AER: Multiple Correct", "pcie-corrected", harmless: true, "a PCIe link repeated transfers"),
    Entry(
      "Corrected error", "corrected-error", harmless: true,
      "the hardware corrected an error; many of one part say that it wears out"),
    Entry(
      "Machine check events logged", "corrected-error", harmless: true,
      "the processor logged errors that it corrected"),
    Entry("ACPI BIOS Error", "firmware-bug", harmless: true, "a mistake in the firmware's tables"),
    Entry("ACPI Error", "firmware-bug", harmless: true, "a mistake in the firmware's tables"),
    Entry("[Firmware Bug]", "firmware-bug", harmless: true, "a mistake in the firmware"),
    Entry(
      "interrupt took too long", "perf-throttled", harmless: true,
      "perf lowers its sampling rate by itself"),
    Entry(
      "timekeeping watchdog on CPU", "clock-unstable", harmless: true,
      "another clock is used instead"),
  ]

  private let byFirstByte: [[Entry]]
  private let starts: PairSet

  private init(_ entries: [Entry]) {
    var table = [[Entry]](repeating: [], count: 256)
    for entry in entries { table[Int(entry.pattern.utf8Start[0])].append(entry) }
    byFirstByte = table
    starts = PairSet(entries.map(\.pattern))
  }

  /// The note that `message` begins with, after words that say which device or task it is about.
  func match(_ message: Text) -> Entry? {
    var text = message
    for _ in 0..<4 {
      for entry in starts.contains(text) ? byFirstByte[Int(text[0])] : []
      where text.hasPrefix(entry.pattern) {
        if entry.also.map({ text.contains($0) }) ?? true { return entry }
      }
      guard let next = text.prefix(40).find(": ") else { return nil }
      text = text.dropFirst(next + 2)
    }
    return nil
  }
}
