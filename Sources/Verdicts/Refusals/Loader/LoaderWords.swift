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
  /// The error number of a load.
  private(set) var loadErrno: Int32?
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
    let (refusal, step) = LoaderRefusal.meaning(of: words) { modulesToo || $0 != .moduleLoader }
    if let refusal {
      if refusal.gate == .moduleLoader {
        takeModules(refusal, words, number)
      } else {
        LoaderWords.keepHeavier(&ofLibrary, refusal, words, number)
      }
    }
    if step != nil || pending != nil { takeStep(words, number, step) }
  }

  private mutating func takeModules(_ refusal: LoaderRefusal, _ words: Text, _ number: Int) {
    let isTools = LoadStep.named(in: words) == .insertModule || words.hasPrefix("insmod: ")
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
    } else if step == .findModule || words.containsAny(LoaderWords.failure) {
      pending = (step, words.string, number, 8)
      keep(step, 0, words.string, number)
    }
  }

  /// - Parameter errno: 0 where the words have none.
  private mutating func keep(_ step: LoadStep, _ errno: Int32, _ message: String, _ line: Int) {
    if step == .loadProgram, errno != 0, loadErrno == nil { loadErrno = errno }
    guard let refusal = LoaderRefusal.of(step, errno: errno) else { return }
    let weight = errno == 0 ? LoaderRefusal.Weight.tool : refusal.weight
    let isModules = step == .insertModule || step == .findModule
    let known = isModules ? ofTool : ofLibrary
    guard known.map({ $0.weight < weight }) ?? true else { return }
    let found = Found(rejection: refusal.rejection(message: message, line: line), weight: weight)
    if isModules { ofTool = found } else { ofLibrary = found }
  }

  private static let failure: [StaticString] = [
    "fail", "Fail", "rror", "annot", "can't", "ould not", "ouldn't", "nable", "rejected",
  ]
}
