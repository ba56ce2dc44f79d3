// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Something of which a kernel clearly has more than before.
public struct Growth: Sendable, Equatable {
  /// A plural: `TCP sockets`, `KiB of vmalloc memory`.
  public var what: String
  public var before: Int64
  public var after: Int64

  public init(what: String, before: Int64, after: Int64) {
    self.what = what
    self.before = before
    self.after = after
  }
}

/// The rule for a leak. The agent uses it to wait for what the kernel frees late, and the host to
/// judge: they must not differ.
///
/// The limits are well above what the disarmed twins of all scenarios were seen to leave, and below
/// a leak of a mebibyte or of eight objects.
extension KernelState {
  /// Counts that nothing disturbs: between two looks at a guest that is idle they were equal. Four,
  /// not one, since a connection may be on its way out.
  private static let exactFigures: [(KernelFigure, limit: Int64)] = [
    (.sockets, 4), (.tcpAllocated, 4), (.tcpOrphans, 4), (.udpInUse, 4),
    // Kernel workers come and go.
    (.tasks, 8),
    (.mounts, 1), (.kprobes, 1), (.tracedFunctions, 1),
  ]

  /// Caches whose objects somebody should have given back, each one. A struct sock may outlive the
  /// count in `/proc/net/sockstat`, and a task_struct its task.
  private static let objectCaches: [(cache: String, limit: Int64)] = [
    ("TCP", 4), ("TCPv6", 4), ("UDP", 4), ("UDPv6", 4), ("sock_inode_cache", 4),
    ("task_struct", 4),
    // The agent itself opens files, which are freed after a grace period, and all objects of a CPU's
    // slabs count as in use: up to 64 more were seen with two CPUs.
    ("filp", 256),
  ]

  /// After a flush a cache still has one slab for each CPU, all of whose objects count as in use:
  /// at most 32 KiB, which is as much as was seen, or 42 KiB with slub_debug.
  private static let cacheLimit: Int64 = 256 << 10

  /// In KiB. At most 60 more were seen of any of them, or 108 with slub_debug.
  private static let memoryLimit: Int64 = 512
  private static let memoryFigures: [KernelFigure] = [
    .unreclaimableSlab, .vmalloc, .perCPU, .unaccounted,
  ]

  /// Everything of which there is clearly more than before; objects first, then memory. It can't
  /// exclude what a twin needs while it is loaded, so use it after unloading.
  public func growth(since before: KernelState) -> [Growth] {
    var growth = Self.exactFigures.compactMap { figure(from: before, $0, limit: $1) }
    for (cache, limit) in Self.objectCaches where slabObjects[cache] == nil {
      growth += grown("\(cache) objects", slabs[cache]?.objects, before.objects(of: cache), limit)
    }
    for (module, references) in moduleReferences.sorted(by: { $0.key < $1.key }) {
      growth += grown(
        "references to module \(module)", references, before.moduleReferences[module], 1)
    }
    let counted = Set(Self.objectCaches.map(\.cache) + slabObjects.keys)
    for (cache, use) in slabs.sorted(by: { $0.key < $1.key })
    where !Self.isReclaimable(cache) && !counted.contains(cache) {
      let limit = max(Self.cacheLimit / max(use.size, 1), 1)
      growth += grown("\(cache) objects", use.objects, before.objects(of: cache), limit)
    }
    return growth
      + Self.memoryFigures.compactMap { figure(from: before, $0, limit: Self.memoryLimit) }
  }

  /// Nil if this kernel doesn't report caches at all.
  private func objects(of cache: String) -> Int64? {
    slabs.isEmpty ? nil : slabs[cache]?.objects ?? 0
  }

  private func figure(
    from before: KernelState, _ figure: KernelFigure, limit: Int64
  ) -> Growth? {
    let name = figure.rawValue
    return grown(name, figures[name], before.figures[name], limit).first
  }

  private func grown(
    _ what: String, _ after: Int64?, _ before: Int64?, _ limit: Int64
  ) -> [Growth] {
    guard let after, let before, after.exceeds(before, by: limit) else { return [] }
    return [Growth(what: what, before: before, after: after)]
  }

  /// What the kernel keeps only until the memory is needed: names of files, their inodes, the page
  /// cache's index (SLAB_RECLAIM_ACCOUNT).
  private static func isReclaimable(_ cache: String) -> Bool {
    cache == "dentry" || cache == "radix_tree_node" || cache == "xarray_node"
      || cache.hasPrefix("kmalloc-rcl-") || cache.hasSuffix("inode_cache")
  }
}

extension Int64 {
  /// Whether it grew by at least this much. A guest's figures may be anything, so their difference
  /// may not fit `Int64`.
  ///
  /// - Parameter limit: at least 0.
  public func exceeds(_ other: Int64, by limit: Int64) -> Bool {
    let (difference, overflows) = subtractingReportingOverflow(other)
    return overflows ? self > other : difference >= limit
  }
}
