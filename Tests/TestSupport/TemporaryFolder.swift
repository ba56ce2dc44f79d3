// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
import Host

/// Gives the body an empty folder and removes it.
public func withTemporaryFolder<Result>(
  _ body: (_ folder: String) async throws -> Result
) async throws -> Result {
  var template = Array("/tmp/panicroom-test-XXXXXX".utf8CString)
  let folder = try template.withUnsafeMutableBufferPointer { buffer -> String in
    guard let base = buffer.baseAddress, mkdtemp(base) != nil else {
      throw HostError(errno: errno, doing: "make a folder", path: "/tmp")
    }
    return String(cString: base)
  }
  do {
    let result = try await body(folder)
    try Files.remove(folder)
    return result
  } catch {
    try Files.remove(folder)
    throw error
  }
}
