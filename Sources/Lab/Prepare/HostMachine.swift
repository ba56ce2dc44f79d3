// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Machine
public import Record

/// The machine that the harness runs on.
public enum HostMachine {
  public static var cores: Int { ProcessInfo.processInfo.activeProcessorCount }

  /// How many trials are carried out at a time if they share guests. A harmless one waits for a third of its
  /// time, for what the kernel frees late and for the guest's own sleeps; with three on two
  /// CPUs a run took four fifths of the time that it takes with two.
  static var jobsOfSharedGuests: Int { cores + max(1, cores / 2) }

  /// For the run's record.
  public static func describe() throws -> RunHeader.Host {
    RunHeader.Host(
      name: ProcessInfo.processInfo.hostName, system: try systemName(),
      processor: try processor("model name") ?? "unknown", cores: cores,
      memoryMiB: Int(ProcessInfo.processInfo.physicalMemory >> 20))
  }

  /// Everything that a guest under KVM sees of the CPU. A template made on another CPU can't be used.
  static func processorIdentity() throws -> String {
    try ["model name", "microcode", "flags"].map { try processor($0) ?? "" }
      .joined(separator: "\n")
  }

  /// A field of the first CPU in `/proc/cpuinfo`.
  private static func processor(_ field: String) throws -> String? {
    for line in try Files.text("/proc/cpuinfo").split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == field {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// `PRETTY_NAME` of os-release(5), and the running kernel.
  static func systemName() throws -> String {
    let release = try Files.exists("/etc/os-release") ? Files.text("/etc/os-release") : ""
    let pretty = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
      .map { $0.dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""]) }
    var names = utsname()
    uname(&names)
    let kernel = withUnsafeBytes(of: &names.release) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    return "\(pretty ?? "Linux"), kernel \(kernel)"
  }

  /// As `uname -m` prints it; read from the kernel, since doctor must answer even if tools are
  /// missing.
  static func architecture() -> String {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return withUnsafeBytes(of: name.machine) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
