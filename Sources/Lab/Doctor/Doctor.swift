// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Kernels
import Machine

/// One thing that this machine has or lacks.
public struct Diagnosis: Codable, Sendable, Equatable {
  public enum State: String, Codable, Sendable {
    case fine, missing, note
  }

  public var what: String
  public var state: State
  public var detail: String
  /// What to do about it.
  public var remedy: String?
}

/// Checks this machine: what a run needs, what is missing, and what to do about that.
public struct Doctor: Sendable {
  let preparation: Preparation
  let kernels: KernelShelf
  let cache: CacheDirectory

  /// What a run calls, and why.
  private static let tools = [
    ("qemu-system-x86_64", "runs the guests"), ("clang", "compiles eBPF programs"),
    ("make", "builds modules"), ("gcc-12", "builds modules for kernel 6.1"),
    ("bpftool", "makes vmlinux.h"), ("eu-addr2line", "finds source lines"),
    ("strip", "shrinks the agent and the modules"), ("depmod", "indexes modules"),
    ("dpkg-deb", "unpacks kernels"), ("apt-get", "fetches kernels"), ("xz", "unpacks kernels"),
    ("ldd", "finds the agent's libraries"),
  ]

  /// Starts no guest and fetches nothing.
  public func diagnose() async throws -> [Diagnosis] {
    var list = Self.tools.map { name, purpose in
      if let path = Tool(name).locate() {
        return Diagnosis(what: name, state: .fine, detail: path, remedy: nil)
      }
      return Diagnosis(
        what: name, state: .missing, detail: "is not here; it \(purpose)",
        remedy: ToolError.package(of: name).map { "sudo apt-get install \($0)" })
    }
    list.append(
      Files.exists(preparation.agent)
        ? Diagnosis(what: "guest-init", state: .fine, detail: preparation.agent, remedy: nil)
        : Diagnosis(
          what: "guest-init", state: .missing, detail: "the guests' PID 1",
          remedy: "swift build -c release"))
    list += try await machine()
    list.append(try accelerator())
    list += try kernelsHere()
    list.append(space())
    list += try await offline()
    return list
  }

  private func accelerator() throws -> Diagnosis {
    if let obstacle = AcceleratorProbe.obstacle() {
      return .withoutKVM(obstacle, isThere: Files.exists("/dev/kvm"))
    }
    guard let known = try AcceleratorStore.remembered(in: cache) else {
      return Diagnosis(
        what: "accelerator", state: .note,
        detail: "/dev/kvm opens; the first run finds out whether a guest boots under it",
        remedy: nil)
    }
    return Diagnosis(
      what: "accelerator", state: known.accelerator == .kvm ? .fine : .note,
      detail: "\(known.accelerator.rawValue.uppercased()): \(known.reason)", remedy: nil)
  }

  private func kernelsHere() throws -> [Diagnosis] {
    return try kernels.known().all.map { entry in
      let kernel = kernels.store.cached(entry)
      return Diagnosis(
        what: "kernel \(entry.name)", state: kernel == nil ? .note : .fine,
        detail: kernel.map { $0.release + (entry.isLocal ? ", added here" : "") }
          ?? (entry.isLocal
            ? "was added here, and can't be used" : "not fetched yet; the first run does"),
        remedy: entry.isLocal && kernel == nil ? "see: panicroom kernel list" : nil)
    }
  }

  private func space() -> Diagnosis {
    do throws(HostError) {
      // A kernel (600 MiB while it is unpacked), a template (256 MiB), objects and runs.
      try cache.requireSpace(1 << 30)
      guard access(cache.root, W_OK) == 0 else {
        let error = HostError(errno: errno, doing: "write", path: cache.root)
        guard Files.isFolder(cache.path("kernels")) else { throw error }
        return Diagnosis(
          what: "cache", state: .note,
          detail: "\(error.path): \(error.what); what is whole in it is used as it is",
          remedy: error.remedy)
      }
      let shared = cache.shared.map { ", and what \($0) has" } ?? ""
      return Diagnosis(what: "cache", state: .fine, detail: cache.root + shared, remedy: nil)
    } catch {
      return Diagnosis(
        what: "cache", state: .missing, detail: "\(error.path): \(error.what)",
        remedy: error.remedy)
    }
  }
}
