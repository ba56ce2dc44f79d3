// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A figure of the kernel's own bookkeeping, recorded before and after a trial. The raw value is
/// its name in messages and reports.
public enum KernelFigure: String, CaseIterable, Sendable {
  /// `/proc/sys/fs/file-nr`. A per-CPU counter read roughly: evidence, but nothing to count on.
  case openFiles = "open files"
  /// `/proc/net/sockstat`: `sockets: used`, which leaves out the kernel's own.
  case sockets
  /// The same file: hashed, closed by their process but alive, and all that hold memory.
  case tcpInUse = "TCP sockets in use"
  case tcpOrphans = "orphaned TCP sockets"
  case tcpAllocated = "TCP sockets"
  case udpInUse = "UDP sockets in use"
  /// Threads, the kernel's among them: the fourth field of `/proc/loadavg`.
  case tasks
  /// Lines of `/proc/self/mounts`.
  case mounts
  /// Lines of `kprobes/list` below debugfs.
  case kprobes
  /// Lines of `enabled_functions` below tracefs: functions that ftrace calls out from.
  case tracedFunctions = "traced functions"
  /// `/proc/meminfo`, in KiB.
  case free = "KiB of free memory"
  case slab = "KiB of slab memory"
  case unreclaimableSlab = "KiB of unreclaimable slab memory"
  case kernelStacks = "KiB of kernel stacks"
  case perCPU = "KiB of per-CPU memory"
  case vmalloc = "KiB of vmalloc memory"
  /// What is neither free nor in any of the categories of `/proc/meminfo`: pages taken directly
  /// from the page allocator.
  case unaccounted = "KiB of pages on no account"
}

/// One slab cache in `/proc/slabinfo`.
public struct SlabUse: Sendable, Equatable {
  /// Objects in use, after the per-CPU lists were flushed.
  public var objects: Int64
  /// The size of one, in bytes.
  public var size: Int64

  public init(objects: Int64, size: Int64) {
    self.objects = objects
    self.size = size
  }
}
