// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Scenarios
import Yams

/// A named set of boot parameters (`vm/profiles.yaml`).
public struct Profile: Codable, Sendable, Equatable {
  public var name: String
  public var memoryMiB: Int
  public var parameters: [String]
  /// Parameters that only a guest with several CPUs gets, too.
  public var severalProcessors: [String]?
  public var isDefault: Bool?
  /// The profile on which an armed twin that survived on this one is tried again.
  public var secondLook: String?

  enum CodingKeys: String, CodingKey {
    case name, parameters
    case memoryMiB = "memory_mib"
    case isDefault = "default"
    case secondLook = "second_look"
    case severalProcessors = "several_processors"
  }

  /// The parameters of a guest with this many CPUs.
  func parameters(cpus: Int) -> [String] {
    parameters + (cpus > 1 ? severalProcessors ?? [] : [])
  }

  /// This profile as a try asks for it. Its name, which only the template's has, says so.
  func fitted(to request: TryRequest) -> Profile {
    var profile = self
    if let memory = request.memoryMiB, memory != memoryMiB {
      profile.memoryMiB = memory
      profile.name += "-\(memory)mib"
    }
    if request.thresholds == .stock {
      profile.parameters.removeAll { parameter in
        Self.thresholds.contains { parameter.hasPrefix($0) }
      }
      profile.parameters.append("panicroom.thresholds=stock")
      profile.name += "-late"
    }
    return profile
  }

  /// What makes a kernel report sooner than its own defaults.
  private static let thresholds = ["watchdog_thresh=", "rcupdate.rcu_cpu_stall_timeout="]

  private struct File: Codable {
    var profiles: [Profile]
  }

  /// All profiles of a file.
  public static func load(_ path: String) throws -> [Profile] {
    do {
      return try YAMLDecoder().decode(File.self, from: Files.text(path)).profiles
    } catch let error as HostError {
      throw error
    } catch {
      throw LabError("\(path) can't be read as profiles: \(error)")
    }
  }

  /// For each profile that has one the profile of its second look.
  static func secondLooks(
    of chosen: [Profile], in profiles: [Profile]
  ) throws -> [String: String] {
    var looks: [String: String] = [:]
    for profile in chosen {
      guard let name = profile.secondLook else { continue }
      _ = try select([name], from: profiles)
      looks[profile.name] = name
    }
    return looks
  }

  /// The profiles of these names, or the default ones if none are named.
  public static func select(_ names: [String], from profiles: [Profile]) throws -> [Profile] {
    guard !names.isEmpty else {
      let defaults = profiles.filter { $0.isDefault == true }
      guard !defaults.isEmpty else {
        throw LabError("No profile of vm/profiles.yaml says `default: true`. Name one: --profile.")
      }
      return defaults
    }
    return try names.withoutRepeats.map { name in
      guard let profile = profiles.first(where: { $0.name == name }) else {
        throw LabError(
          "There is no profile \"\(name)\"" + didYouMeanOneOf(name, profiles.map(\.name)))
      }
      return profile
    }
  }
}
