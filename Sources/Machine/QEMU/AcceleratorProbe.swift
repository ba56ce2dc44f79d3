// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which accelerator guests run on, and how that was decided.
public struct AcceleratorChoice: Codable, Sendable, Equatable {
  public var accelerator: Accelerator
  public var reason: String

  /// The reason if somebody asked for it.
  public static let requested = "asked for"

  public init(_ accelerator: Accelerator, reason: String) {
    self.accelerator = accelerator
    self.reason = reason
  }
}

/// Finds out whether KVM can really run this kernel here.
///
/// That `/dev/kvm` opens proves little: inside some virtual machines a guest under KVM aborts on
/// its first unusual register, or hangs silently after the boot loader. Only a boot shows it.
public enum AcceleratorProbe {
  /// Boots `description` under KVM until its agent answers.
  ///
  /// - Parameters:
  ///   - seconds: how long the boot may take. Under a working KVM it takes about one.
  ///   - folder: takes the probe's console and QEMU's output.
  /// - Returns: KVM if the agent answered, otherwise TCG, with the reason in either case.
  /// - Throws: if the probe itself can't run, for example because QEMU is missing;
  ///   `CancellationError` if it was interrupted.
  public static func choose(
    _ description: MachineDescription, in folder: String, seconds: Double = 15
  ) async throws -> AcceleratorChoice {
    if let obstacle = obstacle() { return AcceleratorChoice(.tcg, reason: obstacle) }
    if let failure = try await failure(of: .kvm, description, in: folder, seconds: seconds) {
      return AcceleratorChoice(
        .tcg, reason: "/dev/kvm opens, but a guest under it did not get ready: \(failure)")
    }
    return AcceleratorChoice(.kvm, reason: "a guest under KVM got ready")
  }

  /// Why KVM can't even be tried; nil if it can.
  public static func obstacle() -> String? {
    do throws(SystemCallError) {
      _ = try Descriptor(opening: "/dev/kvm", O_RDWR)
      return nil
    } catch {
      switch error.errno {
      case ENOENT: return "there is no /dev/kvm"
      case EACCES: return "/dev/kvm is not yours to open (join the group kvm)"
      default: return "\(error)"
      }
    }
  }

  /// Boots under one accelerator. Nil if the agent got ready, otherwise what went wrong.
  public static func failure(
    of accelerator: Accelerator, _ description: MachineDescription, in folder: String,
    seconds: Double
  ) async throws -> String? {
    var description = description
    description.accelerator = accelerator
    let files = Guest.LogFiles(
      console: folder + "/probe-console.log", qemuLog: folder + "/probe-qemu.log")
    do {
      await (try Guest.boot(description, files: files, seconds: seconds)).end()
      return nil
    } catch let error as MachineError {
      // An interrupted probe has found out nothing: its answer must not be remembered.
      try Task.checkCancellation()
      // QEMU's first lines name the cause; the rest is its shutdown.
      return files.firstWords ?? error.message
    }
  }
}
