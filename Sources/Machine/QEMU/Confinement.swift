// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Whether this machine can confine QEMU, determined by starting it once.
public enum Confinement: Sendable, Equatable {
  case jailed
  /// The harness isn't root, so QEMU has its user's rights.
  case ofTheUser
  /// Why this machine doesn't allow it.
  case refused(String)

  private static let known = Mutex<[String: Task<Confinement, Never>]>([:])

  /// For one QEMU; determined once per process, in some 50 ms.
  ///
  /// - Parameter program: an absolute path.
  public static func of(_ program: String) async -> Confinement {
    guard geteuid() == 0 else { return .ofTheUser }
    let task = known.withLock { known in
      let task = known[program] ?? Task { await trial(of: program) }
      known[program] = task
      return task
    }
    return await task.value
  }

  private static func trial(of program: String) async -> Confinement {
    do {
      let null = try Descriptor(opening: "/dev/null", O_WRONLY)
      let jail = try Jail(program: program, usesKVM: access("/dev/kvm", F_OK) == 0)
      let process = try await QEMUProcess(
        path: jail.program, arguments: ["--version"], descriptors: [], output: null.number,
        jail: jail)
      // A program that isn't QEMU may do anything; a busy host is no refusal.
      let deadline = Task {
        // Ends early if it is cancelled; then there is nothing left to end.
        try? await Task.sleep(for: .seconds(10))
        await process.end()
      }
      let exit = await process.exit()
      deadline.cancel()
      return switch exit {
      case .status(0), .signal(SIGKILL): .jailed
      case .status, .signal: .refused("in a jail, \(program) --version ended with \(exit)")
      }
    } catch let error as SystemCallError where [EAGAIN, ENOMEM, ENOSPC].contains(error.errno) {
      // Want of something at this moment is no refusal; the guest's own start will say so.
      return .jailed
    } catch {
      return .refused("\(error)")
    }
  }
}
