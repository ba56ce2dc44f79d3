// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// The kernel's slab caches.
package struct SlabCaches: ~Copyable {
  private static let folder = "/sys/kernel/slab"

  /// Kept open: a file that is opened and closed is itself an object that is freed late.
  private let shrinkers: [Int32]

  init() throws(SystemError) {
    var shrinkers: [Int32] = []
    for name in SlabCaches.names() {
      shrinkers.append(
        try system("open the cache \(name)") {
          open("\(SlabCaches.folder)/\(name)/shrink", O_WRONLY | O_CLOEXEC)
        })
    }
    self.shrinkers = shrinkers
  }

  deinit { for shrinker in shrinkers { close(shrinker) } }

  /// Objects in use of all caches, from `/proc/slabinfo`, after the per-CPU lists were flushed.
  func use() throws(SystemError) -> [String: SlabUse] {
    for shrinker in shrinkers {
      // A cache that was destroyed in the meantime needs no flush.
      if write(shrinker, "1", 1) < 0, errno != ENODEV {
        throw SystemError("shrink a slab cache", errno: errno)
      }
    }
    var caches: [String: SlabUse] = [:]
    // name <active_objs> <num_objs> <objsize> …
    for line in TableLine.lines(of: try GuestFiles.table("/proc/slabinfo")) {
      let words = line.words(4)
      guard words.count > 3, let objects = TableLine.number(words[1]), objects > 0,
        let size = TableLine.number(words[3])
      else { continue }
      caches[TableLine.text(words[0])] = SlabUse(objects: objects, size: size)
    }
    return caches
  }

  /// Objects in use of one cache. Shrinking it flushes the per-CPU slabs, all of whose objects count
  /// as in use (mm/slub.c, show_slab_objects). Both files are open by then: to open one takes an
  /// object of `filp`, and with it a slab.
  static func liveObjects(of cache: String) throws(SystemError) -> Int64? {
    let objects = "\(folder)/\(cache)/objects"
    let count = try Descriptor(opening: objects, O_RDONLY)
    let shrinker = try Descriptor(opening: "\(folder)/\(cache)/shrink", O_WRONLY)
    try writeAll([UInt8(ascii: "1")], to: shrinker.number, "shrink the cache \(cache)")
    return TableLine.number(try contents(of: count, objects)[...])
  }

  /// The caches, each by one name: those that can be merged have more, which are symlinks.
  static func names() -> [String] {
    GuestFiles.entries(of: folder).filter { name in
      var buffer: CChar = 0
      return readlink("\(folder)/\(name)", &buffer, 1) < 0
    }
  }

  /// Whether this kernel was booted with `slub_debug`.
  static func areWatched() throws(SystemError) -> Bool {
    do {
      return try firstWords(of: "\(folder)/kmalloc-64/red_zone").first == "1"
    } catch {
      if error.errno == ENOENT { return false }
      throw error
    }
  }

  /// Whether what ``validate()`` makes the kernel print is true. Before 6.1 the check may find an
  /// object that another CPU is just freeing, marked as free and not yet in the list of free ones,
  /// and report that as damage (Linux: c7323a5ad078, "mm/slub: restrict sysfs validation to debug
  /// caches and make it safe").
  package static func canBeValidated(release: String, processors: Int) -> Bool {
    let version = release.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
    return processors == 1 || !version.lexicographicallyPrecedes([6, 1])
  }

  /// Has the kernel look at every object of every cache: what is damaged it prints
  /// (mm/slub.c, validate_slab_cache).
  static func validate() throws(SystemError) {
    for name in names() {
      do {
        try put([UInt8(ascii: "1")], into: "\(folder)/\(name)/validate")
      } catch {
        // A cache that was created without the checks.
        if error.errno != EINVAL { throw error }
      }
    }
  }
}
