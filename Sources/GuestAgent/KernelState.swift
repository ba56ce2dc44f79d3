internal import GuestKernel
internal import Wire

extension KernelState {
  /// The kernel's state as it is now.
  static func now(caches: [String]) throws(SystemError) -> KernelState {
    let counts = try ObjectCounts()
    var slabObjects: [String: Int64] = [:]
    for cache in caches {
      if let count = try liveObjects(of: cache) { slabObjects[cache] = count }
    }
    return KernelState(
      taint: UInt64(try firstWord(of: "/proc/sys/kernel/tainted")) ?? 0,
      modules: try firstWords(of: "/proc/modules").sorted(),
      programs: counts.programs, maps: counts.maps, links: counts.links,
      slabObjects: slabObjects, memoryAvailableKiB: try memoryAvailable())
  }

  /// Whether something is there that was not there before, and may yet go.
  func holdsMore(than before: KernelState) -> Bool {
    programs > before.programs || maps > before.maps || links > before.links
      || slabObjects.contains { $0.value > before.slabObjects[$0.key] ?? 0 }
  }

  /// Shrinking first flushes the per-CPU lists, whose objects count as live (mm/slub.c).
  /// Nil where the kernel has no such cache.
  private static func liveObjects(of cache: String) throws(SystemError) -> Int64? {
    let folder = "/sys/kernel/slab/\(cache)"
    do {
      try put([UInt8(ascii: "1")], into: "\(folder)/shrink")
      return Int64(try firstWord(of: "\(folder)/objects"))
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
