// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The sizes and digests of the files in a folder of the cache, written next to them when they were
/// made: `entry.json`. Whatever doesn't match was damaged since.
public struct Seal: Codable, Sendable, Equatable {
  public struct File: Codable, Sendable, Equatable {
    /// In bytes.
    public var size: Int
    public var sha256: String
  }

  /// By name.
  public var files: [String: File]

  private static func path(in folder: String) -> String { "\(folder)/entry.json" }

  /// Seals the files directly in a folder.
  public static func close(_ folder: String) async throws {
    let names = try Files.list(folder).filter { Files.size("\(folder)/\($0)") != nil }
    let digests = try await Digest.of(files: names.map { "\(folder)/\($0)" })
    var seal = Seal(files: [:])
    for name in names {
      let path = "\(folder)/\(name)"
      seal.files[name] = File(size: Files.size(path) ?? 0, sha256: digests[path] ?? "")
    }
    try Files.write(json: seal, to: path(in: folder))
  }

  /// The folders that are not as they were when they were sealed, each with what is wrong. One
  /// process checks all of them.
  ///
  /// - Throws: ``HostError``, ``ToolError`` if a file can't be read.
  public static func damages(of folders: [String]) async throws -> [String: String] {
    var damages: [String: String] = [:]
    var expected: [(folder: String, path: String, digest: String)] = []
    for folder in folders {
      guard Files.exists(path(in: folder)) else {
        damages[folder] = "entry.json is not there"
        continue
      }
      let seal: Seal
      do {
        seal = try JSONDecoder().decode(Seal.self, from: Data(try Files.read(path(in: folder))))
      } catch let error as DecodingError {
        damages[folder] = "entry.json can't be read: \(error)"
        continue
      }
      for (name, file) in seal.files.sorted(by: { $0.key < $1.key }) {
        let path = "\(folder)/\(name)"
        if let size = Files.size(path), size == file.size {
          expected.append((folder, path, file.sha256))
        } else {
          damages[folder] = "\(name) is gone or of another size"
        }
      }
    }
    let digests = try await Digest.of(files: expected.map(\.path))
    for file in expected where digests[file.path] != file.digest {
      damages[file.folder] = "\(Files.name(of: file.path)) was changed since it was made"
    }
    return damages
  }
}
