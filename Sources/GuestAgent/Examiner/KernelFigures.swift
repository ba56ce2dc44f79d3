// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// Reads the kernel's bookkeeping, each file once.
struct FigureReading {
  private(set) var figures: [String: Int64] = [:]

  static func now() throws(SystemError) -> FigureReading {
    var reading = FigureReading()
    try reading.readMemory()
    try reading.readFiles()
    try reading.readSockets()
    try reading.readTasks()
    try reading.count(.mounts, linesOf: "/proc/self/mounts")
    try reading.count(.kprobes, linesOf: "/sys/kernel/debug/kprobes/list")
    try reading.count(.tracedFunctions, linesOf: "/sys/kernel/tracing/enabled_functions")
    return reading
  }

  private mutating func note(_ figure: KernelFigure, _ value: Int64?) {
    if let value { figures[figure.rawValue] = value }
  }

  private mutating func readMemory() throws(SystemError) {
    // Adds up what each CPU has counted for itself (mm/vmstat.c, vmstat_refresh).
    _ = try FigureReading.optional("/proc/sys/vm/stat_refresh")
    var sizes: [String: Int64] = [:]
    for line in TableLine.lines(of: try contents(of: "/proc/meminfo")) {
      let words = line.words(2)
      guard words.count > 1, let number = TableLine.number(words[1]) else { continue }
      sizes[TableLine.text(words[0].dropLast())] = number
    }
    note(.free, sizes["MemFree"])
    note(.slab, sizes["Slab"])
    note(.unreclaimableSlab, sizes["SUnreclaim"])
    note(.kernelStacks, sizes["KernelStack"])
    note(.perCPU, sizes["Percpu"])
    note(.vmalloc, sizes["VmallocUsed"])
    // Kernel stacks are vmalloc memory, and shared memory is cached.
    let accounts = [
      "MemFree", "Buffers", "Cached", "AnonPages", "Slab", "PageTables", "Percpu", "VmallocUsed",
    ]
    var rest = sizes["MemTotal"]
    for account in accounts { rest = sizes[account].flatMap { size in rest.map { $0 - size } } }
    let spare = try freePagesOfCPUs()
    note(.unaccounted, rest.map { $0 - spare })
  }

  /// Pages that CPUs keep for their next allocation, in KiB; MemFree doesn't include them. The
  /// unloading of a program was seen to add 1.6 MiB of them.
  private func freePagesOfCPUs() throws(SystemError) -> Int64 {
    var pages: Int64 = 0
    for line in TableLine.lines(of: try contents(of: "/proc/zoneinfo")) {
      let words = line.words(2)
      guard words.count == 2, words[0].elementsEqual("count:".utf8) else { continue }
      pages += TableLine.number(words[1]) ?? 0
    }
    return pages * 4
  }

  private mutating func readFiles() throws(SystemError) {
    let line = TableLine.lines(of: try contents(of: "/proc/sys/fs/file-nr")).first
    note(.openFiles, line?.words.first.flatMap(TableLine.number))
  }

  private mutating func readSockets() throws(SystemError) {
    // TCP: inuse 3 orphan 0 tw 1 alloc 4 mem 0
    for line in TableLine.lines(of: try contents(of: "/proc/net/sockstat")) {
      let words = line.words
      func value(_ name: String) -> Int64? {
        guard let index = words.firstIndex(where: { $0.elementsEqual(name.utf8) }),
          index + 1 < words.count
        else { return nil }
        return TableLine.number(words[index + 1])
      }
      switch TableLine.text(words.first ?? []) {
      case "sockets:": note(.sockets, value("used"))
      case "TCP:":
        note(.tcpInUse, value("inuse"))
        note(.tcpOrphans, value("orphan"))
        note(.tcpAllocated, value("alloc"))
      case "UDP:": note(.udpInUse, value("inuse"))
      default: break
      }
    }
  }

  private mutating func readTasks() throws(SystemError) {
    // 0.00 0.00 0.00 1/45 123
    let line = TableLine.lines(of: try contents(of: "/proc/loadavg")).first
    guard let word = line?.words.dropFirst(3).first,
      let slash = word.firstIndex(of: UInt8(ascii: "/"))
    else { return }
    note(.tasks, TableLine.number(word[(slash + 1)...]))
  }

  private mutating func count(
    _ figure: KernelFigure, linesOf path: String
  ) throws(SystemError) {
    let text = try FigureReading.optional(path)
    note(figure, text.map { Int64($0.count { $0 == UInt8(ascii: "\n") }) })
  }

  /// A file that not every kernel has; nil if this one hasn't.
  private static func optional(_ path: String) throws(SystemError) -> [UInt8]? {
    do {
      return try contents(of: path)
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
  }
}
