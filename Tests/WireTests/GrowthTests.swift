// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct GrowthTests {
  private func state(
    _ figures: [KernelFigure: Int64] = [:],
    slabs: [String: SlabUse] = ["pid": .init(objects: 1, size: 128)],
    watched: [String: Int64] = [:], references: [String: Int64] = [:]
  ) -> KernelState {
    KernelState(
      taint: 0, modules: references.keys.sorted(), programs: 0, maps: 0, links: 0,
      slabObjects: watched, memoryAvailableKiB: 0, moduleReferences: references, slabs: slabs,
      figures: Dictionary(uniqueKeysWithValues: figures.map { ($0.key.rawValue, $0.value) }))
  }

  private func slab(_ cache: String, _ objects: Int64, _ size: Int64) -> KernelState {
    state(slabs: [cache: SlabUse(objects: objects, size: size)])
  }

  @Test(arguments: [
    (KernelFigure.tcpAllocated, Int64(3)), (.sockets, 3), (.udpInUse, 3), (.tasks, 7),
    (.unreclaimableSlab, 511), (.vmalloc, 511), (.perCPU, 511), (.unaccounted, 511),
    // These tell nothing by themselves.
    (.free, 100_000), (.openFiles, 1000), (.slab, 100_000), (.kernelStacks, 100_000),
  ])
  func aLittleMoreIsNoLeak(figure: KernelFigure, more: Int64) {
    #expect(state([figure: 100 + more]).growth(since: state([figure: 100])) == [])
    #expect(state([figure: 100 - more]).growth(since: state([figure: 100])) == [])
  }

  @Test(arguments: [
    (KernelFigure.tcpAllocated, Int64(4)), (.sockets, 8), (.tasks, 8), (.mounts, 1), (.kprobes, 1),
    (.tracedFunctions, 1), (.unreclaimableSlab, 512), (.vmalloc, 1024), (.unaccounted, 1024),
  ])
  func clearlyMoreIsALeakWithItsFigures(figure: KernelFigure, more: Int64) {
    let growth = state([figure: 100 + more]).growth(since: state([figure: 100]))
    #expect(growth == [Growth(what: figure.rawValue, before: 100, after: 100 + more)])
  }

  @Test func whatAKernelDoesNotTellIsNoGrowth() {
    #expect(state([.kprobes: 5]).growth(since: state()) == [])
    #expect(slab("kmalloc-4k", 999, 4096).growth(since: state(slabs: [:])) == [])
  }

  @Test func objectsCountByThingsOrByBytes() {
    #expect(
      slab("task_struct", 54, 9000).growth(since: slab("task_struct", 50, 9000))
        == [Growth(what: "task_struct objects", before: 50, after: 54)])
    #expect(
      slab("kmalloc-4k", 264, 4096).growth(since: slab("kmalloc-4k", 8, 4096))
        == [Growth(what: "kmalloc-4k objects", before: 8, after: 264)])
    // A cache that had nothing before.
    #expect(
      slab("kmalloc-8k", 128, 8192).growth(since: state())
        == [Growth(what: "kmalloc-8k objects", before: 0, after: 128)])
    #expect(slab("kmalloc-64", 1000, 64).growth(since: slab("kmalloc-64", 8, 64)) == [])
  }

  @Test func whatTheKernelGivesBackWhenItNeedsMemoryIsNoLeak() {
    for cache in ["dentry", "ext4_inode_cache", "radix_tree_node", "kmalloc-rcl-96"] {
      #expect(slab(cache, 99_999, 500).growth(since: slab(cache, 0, 500)) == [])
    }
  }

  @Test func aWatchedCacheIsLeftToItsOwnRule() {
    let before = state(slabs: ["TCP": .init(objects: 0, size: 2000)], watched: ["TCP": 0])
    let after = state(slabs: ["TCP": .init(objects: 8, size: 2000)], watched: ["TCP": 8])
    #expect(after.growth(since: before) == [])
  }

  @Test func oneMoreReferenceToAModuleThatWasThereIsALeak() {
    #expect(
      state(references: ["dummy": 2]).growth(since: state(references: ["dummy": 1]))
        == [Growth(what: "references to module dummy", before: 1, after: 2)])
    #expect(state(references: ["dummy": 2]).growth(since: state()) == [])
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct DifferenceTests {
  @Test(arguments: [
    (Int64.max, Int64.min, Int64(1), true), (.min, .max, 1, false), (.max, .max, 1, false),
    (4, 0, 4, true), (3, 0, 4, false), (.min, .min, 0, true), (0, .min, .max, true),
  ])
  func figuresOfAnySizeHaveADifference(more: Int64, less: Int64, limit: Int64, isMore: Bool) {
    #expect(more.exceeds(less, by: limit) == isMore)
  }
}
