// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Some begin a line with their name, and with the word that it is an error: what they say then need
/// not stand in any table.
enum LoaderSpeaker {
  /// The step of those whose lines with this beginning are errors.
  static func step(of words: Text) -> LoadStep? {
    guard let (_, step) = beginnings.first(where: { words.hasPrefix($0.0) }),
      !words.containsAny(others), !goesOn(words)
    else { return nil }
    return step
  }

  private static let beginnings: [(StaticString, LoadStep)] = [
    ("modprobe: ERROR: ", .insertModule), ("modprobe: FATAL: ", .insertModule),
    ("insmod: ERROR: ", .insertModule), ("insmod: can't ", .insertModule),
    ("modprobe: can't ", .insertModule), ("insmod: error ", .insertModule),
    ("libxdp: Error", .prepareObject), ("libxdp: Fail", .prepareObject),
    ("libxdp: Could", .prepareObject), ("libxdp: Can", .prepareObject),
  ]

  /// Taking a module out, and mistakes of the command line's.
  private static let others: [StaticString] = [
    "remove", "in use", "not currently loaded", "builtin", "missing ", "getopt", "too many arg",
    "unload",
  ]

  /// The speaker says that it does without.
  static func goesOn(_ words: Text) -> Bool { words.containsAny(goingOn) }

  private static let goingOn: [StaticString] = [
    "gnoring", "gnored", "kipping", "using path as is", "ontinu", "falling back", "trying to",
    "ubstituting", "Ignore ",
  ]

  /// libbpf's warnings that no table has: they report something wrong, as its chatter does not.
  static func isComplaint(ofLibbpf words: Text) -> Bool {
    !goesOn(words) && words.containsAny(faults)
  }

  private static let faults: [StaticString] = [
    "ailed", "rror", "an't ", "annot ", "ouldn't", "ould not", "nvalid", "nsupported", "issing",
    "ismatch", "onflicting", "nexpected", "orrupted", "ncompatible", "not supported", "nrecognized",
    "malformed", "doesn't", "does not", "is not", "isn't", "should be", "too ", "bad ", "must be",
    "exceeds", "not found", "empty", "do not support", "mbiguous",
    "ncorrect", "unknown", "not compatible",
  ]
}
