// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import GuestKernel
internal import Wire

extension KernelState {
  /// The kernel's state as it is now.
  static func now(
    caches: [String], slabs: borrowing SlabCaches
  ) throws(SystemError) -> KernelState {
    let counts = try ObjectCounts()
    var slabObjects: [String: Int64] = [:]
    for cache in caches {
      if let count = try liveObjects(of: cache) { slabObjects[cache] = count }
    }
    let loaded = try loadedModules()
    return KernelState(
      taint: UInt64(try firstWord(of: "/proc/sys/kernel/tainted")) ?? 0,
      modules: loaded.keys.sorted(),
      programs: counts.programs, maps: counts.maps, links: counts.links,
      slabObjects: slabObjects, memoryAvailableKiB: try memoryAvailable(),
      moduleReferences: loaded, slabs: try slabs.use(),
      figures: try FigureReading.now().figures)
  }

  /// The modules, and how many hold on to each: `name size references users state address`.
  private static func loadedModules() throws(SystemError) -> [String: Int64] {
    var modules: [String: Int64] = [:]
    for line in TableLine.lines(of: try GuestFiles.table("/proc/modules")) {
      let words = line.words
      guard words.count > 2 else { continue }
      modules[TableLine.text(words[0])] = TableLine.number(words[2]) ?? 0
    }
    return modules
  }

  /// Whether something is there that was not there before, and may yet disappear.
  func holdsMore(than before: KernelState) -> Bool {
    !growth(since: before).isEmpty || programs > before.programs || maps > before.maps
      || links > before.links
      || slabObjects.contains { $0.value > before.slabObjects[$0.key] ?? 0 }
  }

  /// Nil if the kernel has no such cache.
  private static func liveObjects(of cache: String) throws(SystemError) -> Int64? {
    do {
      return try SlabCaches.liveObjects(of: cache)
    } catch {
      if error.errno == 2 { return nil }
      throw error
    }
  }

  private static func memoryAvailable() throws(SystemError) -> Int64 {
    let name = Array("MemAvailable:".utf8)
    for line in try contents(of: "/proc/meminfo").split(separator: UInt8(ascii: "\n"))
    where line.starts(with: name) {
      let digits = line.dropFirst(name.count).drop { $0 == UInt8(ascii: " ") }
        .prefix { $0 > UInt8(ascii: " ") }
      if let number = Int64(String(decoding: digits, as: UTF8.self)) { return number }
    }
    throw SystemError("/proc/meminfo has no MemAvailable", errno: 0)
  }

  private static func firstWord(of path: String) throws(SystemError) -> String {
    try firstWords(of: path).first ?? ""
  }
}
