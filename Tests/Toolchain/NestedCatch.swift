// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// Crashes Swift 6.3.1 with -O, in LLVM's pass coro-split (emitSetAndGetSwiftErrorValueAround): a `do` with
// a typed error inside the `catch` of an async function that is used inside of itself.
import Glibc

struct Failure: Error {
  var text: String
}

func remove(_ path: String) throws(Failure) {
  if unlink(path) != 0 { throw Failure(text: path) }
}

func move(_ path: String, to target: String) throws(Failure) {
  if rename(path, target) != 0 { throw Failure(text: path) }
}

public struct Folder: Sendable {
  let root: String

  public func make(_ entry: String, _ make: (String) async throws -> Void) async throws {
    let target = root + "/" + entry
    try await temporarily(beside: entry) { staging in
      try await make(staging)
      if access(target, F_OK) == 0 {
        try await temporarily(beside: entry) { old in
          try move(target, to: "\(old)/old")
          try move(staging, to: target)
        }
      } else {
        try move(staging, to: target)
      }
    }
  }

  public func temporarily<Result>(
    beside entry: String, _ body: (String) async throws -> Result
  ) async throws -> Result {
    let folder = root + entry
    let result: Result
    do {
      result = try await body(folder)
    } catch {
      do {
        try remove(folder)
      } catch {
      }
      throw error
    }
    try remove(folder)
    return result
  }
}
