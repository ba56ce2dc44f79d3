// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What people and programs say in words of their own when a load failed: a failure, what was to be
/// done, and with what. It is the last thing to believe.
enum AnybodysWords {
  /// `Unable to load simple LSM BPF program`
  static func step(in words: Text) -> LoadStep? {
    let places = failure.flatMap { words.places(of: $0) }
    let isOfModules = words.containsAny(modules)
    guard !places.isEmpty || isOfModules, !words.containsAny(others) else { return nil }
    let errno = ErrorNumber.named(in: words)
    // What ends with a colon only announces the error.
    guard errno != nil || !words.hasSuffix(":") else { return nil }
    // `failed to load`, `load programs failed`
    func stands(_ verbs: [StaticString]) -> Bool {
      places.contains { place in
        let before = words.hasPrefix("fail", at: place) ? min(place, 80) : 0
        return words.dropFirst(place - before).prefix(before + 60).containsAny(verbs)
      }
    }
    if isOfModules { return stands([" load", " insert"]) || errno != nil ? .insertModule : nil }
    let isOfPlaces = words.containsAny(targets)
    guard isOfPlaces || words.containsAny(programs) else { return nil }
    if stands(["ttach"]) { return .attach }
    if stands([" load", "erif"]) { return .loadProgram }
    // Programs put a colon before the cause; sentences of people's have other things in mind, too.
    guard words.contains(": ") || errno != nil && isOfPlaces, !isProse(words) else { return nil }
    if isOfPlaces { return stands(placing) || errno != nil ? .attach : nil }
    if stands(["netlink message"]) { return .attach }
    return errno != nil || stands(preparing) ? .prepareObject : nil
  }

  /// More words than a message has.
  private static func isProse(_ words: Text) -> Bool {
    words.contains("?") || (0..<words.count).count { words[$0] == 0x20 } > 24
  }

  private static let modules: [StaticString] = [
    "insmod", "modprobe", "Insmod", "Modprobe", ".ko", "kernel module", "the driver",
    "kernel driver", "insert module",
  ]
  private static let programs: [StaticString] = ["BPF", "bpf", "Bpf"]
  /// Places to attach to.
  private static let targets: [StaticString] = [
    "XDP", "xdp", "kprobe", "uprobe", "tracepoint", "USDT", "tcx", "tc filter", "clsact",
    "bpf filter",
  ]
  private static let placing: [StaticString] = [
    " add", " creat", " regist", " replac", " set", " link", " install", " probe",
  ]
  private static let preparing: [StaticString] = [" init", " start", " pars", " open", " set"]

  /// What is said of a program that runs, of a fix, and of tests.
  private static let others: [StaticString] = [
    "continu", ": INFO: ", ": DEBUG: ", "Fix ", "fix: ", "fix(", "ookup", "pdat", "elete", "etach",
    "nload", "lost", "poll", "emov", "gnor", "vents", "annot access", "shared object",
    "shared librar", "handling",
  ]

  static let failure: [StaticString] = [
    "fail", "Fail", "rror", "annot", "an't", "ould not", "ouldn't", "nable", "rejected",
    "ERROR", "FATAL",
  ]
}
