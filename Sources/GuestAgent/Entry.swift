// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel

/// The one executable of a guest: PID 1 without arguments, a child by its role's name.
public enum Agent {
  public static func main(arguments: [String]) {
    do {
      switch arguments.dropFirst().first {
      case Child.Role.worker.rawValue where getpid() != 1: try WorkerProcess.run()
      case Child.Role.examiner.rawValue where getpid() != 1: try ExaminerProcess.run()
      case ShellTool.name where getpid() != 1:
        exit(ShellTool.run(Array(arguments.dropFirst(2))))
      default:
        guard getpid() == 1 else {
          GuestSetup.say("this is the first process of a guest, and does nothing elsewhere")
          exit(2)
        }
        try Supervisor.run()
      }
    } catch {
      GuestSetup.say("failed: \(error)")
      // The end of PID 1 would be a panic, and look like a trial's.
      if getpid() == 1 { reboot(Int32(bitPattern: UInt32(RB_POWER_OFF))) }
      exit(1)
    }
  }
}
