// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What loaders say around a refusal, or instead of the kernel: of the weightiest words the first.
struct LoaderWords: Sendable {
  struct Found: Sendable {
    var rejection: Rejection
    var weight: LoaderRefusal.Weight
  }

  /// What the kernel printed of a module; it says more than any tool.
  private(set) var ofKernel: Rejection?
  private(set) var ofTool: Found?
  private(set) var ofLibrary: Found?
  /// Somebody says in words of their own that a load failed; the last thing to believe.
  private(set) var ofAnybody: Rejection?
  /// The error number of a load.
  private(set) var loadErrno: Int32?
  /// The last command shown was tc's or ip's and had nothing to do with programs: their answers have
  /// the same words.
  private var isOfTraffic = false
  /// A step that failed without an error number so far: Rust names the cause on a line of its own.
  private var pending: (step: LoadStep, message: String, line: Int, left: Int)?

  static func keepHeavier(
    _ found: inout Found?, _ refusal: LoaderRefusal, _ words: Text, _ number: Int
  ) {
    if let found, found.weight >= refusal.weight { return }
    found = Found(
      rejection: refusal.rejection(message: words.string, line: number), weight: refusal.weight)
  }

  /// - Parameter words: a line without what stands before a message.
  mutating func take(_ line: Text, number: Int, modulesToo: Bool) {
    let words = line.prefix(400)
    if LoaderWords.isCode(words) { return }
    var (refusal, step) = LoaderRefusal.meaning(of: words) { modulesToo || $0 != .moduleLoader }
    if refusal == nil, step == nil { step = LoaderSpeaker.step(of: words) }
    let says = refusal != nil || step != nil || pending != nil
    if says, words.containsAny(LoaderWords.aside) { return }
    if let refusal {
      if refusal.gate == .moduleLoader {
        takeModules(refusal, words, number)
      } else if !isOfTraffic || !words.hasPrefix("Exclusivity flag") {
        LoaderWords.keepHeavier(&ofLibrary, refusal, words, number)
      }
    }
    if step == .attach, words.hasPrefix("RTNETLINK answers"), isOfTraffic { return }
    if refusal == nil, step == nil, ofAnybody == nil, let step = AnybodysWords.step(in: words),
      !words.containsAny(LoaderWords.aside)
    {
      ofAnybody = LoaderRefusal.of(step, errno: ErrorNumber.named(in: words) ?? 0)?
        .rejection(message: words.string, line: number)
    }
    if step != nil || pending != nil {
      takeStep(words, number, step)
    } else if words.containsAny(["tc qdisc ", "tc class ", "tc filter ", "ip link "]) {
      isOfTraffic = !words.containsAny([" bpf", "xdp", "clsact", " obj"])
    }
  }

  /// A line of C in a question or a patch, or of Python in a traceback: its names are those of loaders'
  /// functions.
  private static func isCode(_ words: Text) -> Bool {
    guard let last = words.isEmpty ? nil : words[words.count - 1] else { return false }
    return last == UInt8(ascii: ";") || last == UInt8(ascii: "{") || words.hasPrefix("raise ")
  }

  private mutating func takeModules(_ refusal: LoaderRefusal, _ words: Text, _ number: Int) {
    let isTools =
      refusal.weight < .cause || LoadStep.named(in: words) == .insertModule
      || words.hasPrefix("insmod: ")
    if !isTools {
      if ofKernel == nil { ofKernel = refusal.rejection(message: words.string, line: number) }
    } else {
      LoaderWords.keepHeavier(&ofTool, refusal, words, number)
    }
  }

  /// The step and its error number, on one line or on two.
  private mutating func takeStep(_ words: Text, _ number: Int, _ step: LoadStep?) {
    if let waiting = pending {
      pending?.left -= 1
      if let errno = ErrorNumber.named(in: words) {
        pending = nil
        keep(waiting.step, errno, waiting.message + ": " + words.string, waiting.line)
        return
      }
      if waiting.left <= 0 { pending = nil }
    }
    guard let step else { return }
    if let errno = ErrorNumber.named(in: words) {
      pending = nil
      keep(step, errno, words.string, number)
    } else if step == .findModule || words.containsAny(AnybodysWords.failure) {
      pending = (step, words.string, number, 8)
      keep(step, 0, words.string, number)
    }
  }

  /// - Parameter errno: 0 where the words have none.
  private mutating func keep(_ step: LoadStep, _ errno: Int32, _ message: String, _ line: Int) {
    if step == .loadProgram, errno != 0, loadErrno == nil { loadErrno = errno }
    guard let refusal = LoaderRefusal.of(step, errno: errno) else { return }
    let saysLittle = errno == 0 && step != .findModule
    let weight = saysLittle ? LoaderRefusal.Weight.tool : refusal.weight
    let isModules = step == .insertModule || step == .findModule
    let known = isModules ? ofTool : ofLibrary
    guard known.map({ $0.weight < weight }) ?? true else { return }
    let found = Found(rejection: refusal.rejection(message: message, line: line), weight: weight)
    if isModules { ofTool = found } else { ofLibrary = found }
  }

  /// What is no refusal, though it has the words of one: loaders that go on, the firmware's tables, perf.
  private static let aside: [StaticString] = [
    "is optional, ignoring", "ACPI ", "sys_perf_event_open", "will likely fail",
  ]
}
