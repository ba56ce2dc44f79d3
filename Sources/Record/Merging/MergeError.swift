// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Why runs can't be merged, or not to this place.
public enum MergeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Made without `--shard`.
  case noPart(String)
  /// Of other inputs than the first one.
  case different(String, from: String, because: String)
  /// A part that its own plan contradicts.
  case contradictory(String, String)
  /// The place is taken.
  case exists(String)

  public var description: String {
    switch self {
    case .noPart(let path):
      "\(path) is a whole run and not a part of one: merge takes what run --shard made"
    case .different(let path, let first, let why):
      "\(path) and \(first) are not parts of one run, so nothing is merged: \(why)"
    case .contradictory(let path, let what):
      "\(path) is damaged, so nothing is merged: \(what)"
    case .exists(let path): "\(path) already exists: remove it, or name another directory"
    }
  }
}
