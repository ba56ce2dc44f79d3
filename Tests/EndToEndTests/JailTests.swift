// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Machine
import TestSupport
import Testing

private func isConfining() async -> Bool {
  guard let qemu = Tool(QEMU.program).locate() else { return false }
  return await Confinement.of(qemu) == .jailed
}

/// What a QEMU that is started by root may do, as /proc shows it (proc(5)).
@Suite(
  .lane, .tags(.guest), .serialized, .timeLimit(.minutes(10)),
  .enabled("this machine confines QEMU") { await isConfining() })
struct JailTests {
  private func status(_ pid: pid_t) throws -> [Substring: String] {
    let lines = try Files.text("/proc/\(pid)/status").split(separator: "\n")
    return Dictionary(
      lines.compactMap { line in
        line.firstIndex(of: ":").map { colon in
          let value = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace)
          return (line[..<colon], value.joined(separator: " "))
        }
      }, uniquingKeysWith: { first, _ in first })
  }

  private func namespace(_ name: String, of pid: String) throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/ns/\(name)")
  }

  @Test func aGuestsQEMUHasNoRightsAndSeesNothingOfTheHost() async throws {
    try await Harness.use { harness in
      let running = try RunningHarness(
        harness, ["off-by-one", "--repeat", "30", "--no-second-look"])
      let guest = try #require(try await running.waitForTrials(1, in: harness).first)
      let status = try status(guest)
      #expect(status["Uid"] == "65534 65534 65534 65534")
      #expect(status["Gid"] == "65534 65534 65534 65534")
      #expect(status["Groups"] == "")
      for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        #expect(status[Substring(set)] == "0000000000000000", "\(set)")
      }
      #expect(status["NoNewPrivs"] == "1")
      #expect(status["Seccomp"] == "2")
      #expect(status["NSpid"] == "\(guest) 1")
      for name in ["mnt", "pid", "net", "ipc"] {
        #expect(try namespace(name, of: "\(guest)") != namespace(name, of: "self"), "\(name)")
      }
      let root = "/proc/\(guest)/root"
      for hidden in ["/root", "/home", "/etc/passwd", "/var", "/tmp", "/run", "/dev/mem", "/sys"] {
        #expect(!Files.exists(root + hidden), "\(hidden)")
      }
      #expect(Files.exists(root + "/usr/share/qemu"))
      let mounts = try Files.text("/proc/\(guest)/mounts").split(separator: "\n")
      for mount in mounts where !mount.hasPrefix("proc ") {
        #expect(mount.split(separator: " ")[3].split(separator: ",").contains("ro"), "\(mount)")
      }
      kill(running.pid, SIGINT)
      _ = try await running.wait()
    }
  }

  @Test func aGuestsQEMUDiesWithAHarnessThatIsKilled() async throws {
    try await Harness.use { harness in
      let running = try RunningHarness(
        harness, ["off-by-one", "--repeat", "30", "--no-second-look"])
      let guests = try await running.waitForTrials(1, in: harness)
      kill(running.pid, SIGKILL)
      _ = try await running.wait()
      for _ in 0..<100 where guests.contains(where: { kill($0, 0) == 0 }) {
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(guests.allSatisfy { kill($0, 0) != 0 })
    }
  }
}
