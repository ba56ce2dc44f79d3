// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
package import Record
import Yams

/// Which version of mainline Linux brought what the catalogue uses (`vm/features.yaml`).
package enum MainlineFeatures {
  /// By kind, then by name.
  ///
  /// - Throws: ``LabError`` if the file is invalid, `HostError` if it can't be read.
  package static func load(_ path: String) throws -> [String: [String: FeatureLadder.Mainline]] {
    let file: [String: [String: [String: String]]]
    do {
      file = try YAMLDecoder().decode(
        [String: [String: [String: String]]].self, from: Files.text(path))
    } catch let error as HostError {
      throw error
    } catch {
      throw LabError("\(path) can't be read as features: \(error)")
    }
    var features: [String: [String: FeatureLadder.Mainline]] = [:]
    for (version, kinds) in file {
      for (kind, names) in kinds {
        guard FeatureLadder.kinds.contains(kind) else {
          throw LabError(
            "\(path): \(version) has \"\(kind)\"; there are "
              + FeatureLadder.kinds.joined(separator: ", "))
        }
        for (name, commit) in names {
          let entry = FeatureLadder.Mainline(version: version, commit: commit)
          if let other = features[kind, default: [:]].updateValue(entry, forKey: name) {
            throw LabError("\(path): \(name) is in \(other.version) and in \(version)")
          }
        }
      }
    }
    return features
  }
}
