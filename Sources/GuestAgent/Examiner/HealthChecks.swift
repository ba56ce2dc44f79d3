// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel

/// Ordinary work that a healthy kernel does, and memory that nothing should have touched.
struct HealthChecks: ~Copyable {
  enum Check: String {
    /// Not ordinary work: the kernel's own check of all slab objects, if it was booted for that. It
    /// prints what it finds.
    case slab
    case tmpfs, fork, pipe, mount, tcp, udp, module
    case memoryCanary = "memory-canary"
    case processCanary = "process-canary"
  }

  /// The canaries first: the other checks could touch what a trial has damaged.
  private static let all: [Check] = [
    .memoryCanary, .processCanary, .slab, .tmpfs, .fork, .pipe, .mount, .udp, .tcp, .module,
  ]

  /// Enough if nothing has run that could have done damage.
  private static let brief: [Check] = [.memoryCanary, .processCanary, .slab, .tmpfs, .pipe]

  func checks(brief: Bool) -> [Check] {
    (brief ? HealthChecks.brief : HealthChecks.all).filter { $0 != .slab || slabIsWatched }
  }

  private static let canaryPages = 32
  /// Small modules of which a guest's image may have one, the cheapest to load and unload first.
  private static let spareModules = ["sch_ingress", "cls_bpf", "dummy"]

  private let library: ModuleLibrary
  private let canary: MemoryCanary
  private let canarySocket: Descriptor
  private let slabIsWatched: Bool

  init() throws {
    let library = try ModuleLibrary()
    let watched =
      try SlabCaches.areWatched()
      && SlabCaches.canBeValidated(
        release: GuestSetup.kernelRelease,
        processors: sysconf(Int32(_SC_NPROCESSORS_CONF)))
    let canary = try MemoryCanary(pages: HealthChecks.canaryPages)
    var socket: Int32 = -1
    let process = cguest_start_canary(HealthChecks.canaryPages, &socket)
    if process < 0 { throw SystemError("start the canary process", errno: -process) }
    canarySocket = Descriptor(owning: socket)
    self.library = library
    self.canary = canary
    slabIsWatched = watched
  }

  func perform(_ check: Check) throws {
    switch check {
    case .memoryCanary: try canary.check()
    case .processCanary: try askCanaryProcess()
    case .slab: try SlabCaches.validate()
    // Not in /tmp, which a workload may fill.
    case .tmpfs: try Workload.exerciseFile("/run/panicroom-file")
    case .fork: try Workload.startAndWait()
    case .pipe: try exercisePipe()
    case .mount: try exerciseMount()
    case .udp:
      guard try Loopback.exchangeDatagrams(1, wait: .patiently) == 1 else {
        throw SystemError("a datagram over loopback did not arrive", errno: 0)
      }
    case .tcp:
      guard try Loopback.exchangeOverConnection(wait: .patiently) else {
        throw SystemError("a connection over loopback carried nothing", errno: 0)
      }
    case .module: try exerciseModule()
    }
  }

  private func askCanaryProcess() throws {
    try writeAll([1], to: canarySocket.number, "ask the canary process")
    var polled = pollfd(fd: canarySocket.number, events: Int16(POLLIN), revents: 0)
    let ready = try system("wait for the canary process") { poll(&polled, 1, 2000) }
    var answer: UInt8 = 0
    guard ready == 1, read(canarySocket.number, &answer, 1) == 1 else {
      throw SystemError("the canary process does not answer", errno: 0)
    }
    guard answer == 1 else {
      throw SystemError("memory of the canary process has changed", errno: 0)
    }
  }

  private func exercisePipe() throws {
    var ends: [Int32] = [0, 0]
    _ = try system("make a pipe") { pipe(&ends) }
    let reader = Descriptor(owning: ends[0])
    let writer = Descriptor(owning: ends[1])
    let sent: [UInt8] = Array(0..<64)
    try writeAll(sent, to: writer.number, "write to a pipe")
    var received = [UInt8](repeating: 0, count: sent.count)
    let count = try system("read from a pipe") { read(reader.number, &received, received.count) }
    guard count == sent.count, received == sent else {
      throw SystemError("a pipe delivers something else than was written", errno: 0)
    }
  }

  private func exerciseMount() throws {
    let place = "/run/panicroom-health"
    _ = try system("make \(place)") { mkdir(place, 0o700) }
    _ = try system("mount a tmpfs") { mount("tmpfs", place, "tmpfs", 0, nil) }
    _ = try system("unmount a tmpfs") { umount(place) }
    _ = try system("remove \(place)") { rmdir(place) }
  }

  private func exerciseModule() throws {
    let loaded = TableLine.lines(of: try GuestFiles.table("/proc/modules")).compactMap {
      $0.words(1).first.map(TableLine.text)
    }
    for name in HealthChecks.spareModules where !loaded.contains(name) {
      guard library.holds(name) else { continue }
      try load(name)
      try library.remove(name)
      return
    }
  }

  /// Loads a module of the image. It is the laboratory's, no twin: a refusal is a failure.
  func load(_ name: String) throws(SystemError) {
    do {
      try library.load(name)
    } catch {
      throw SystemError(error.message, errno: error.errno)
    }
  }
}

/// Memory of this process with a known pattern in it.
private struct MemoryCanary: ~Copyable {
  private let words: UnsafeMutableBufferPointer<UInt64>

  init(pages: Int) throws(SystemError) {
    let size = pages * 4096
    let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw SystemError("make room for the canary", errno: errno)
    }
    let count = size / 8
    words = UnsafeMutableBufferPointer(
      start: memory.bindMemory(to: UInt64.self, capacity: count), count: count)
    for index in 0..<count { words[index] = MemoryCanary.pattern(index) }
  }

  deinit { munmap(words.baseAddress, words.count * 8) }

  func check() throws(SystemError) {
    for index in 0..<words.count where words[index] != MemoryCanary.pattern(index) {
      throw SystemError(
        "canary memory has changed at byte \(index * 8): 0x\(String(words[index], radix: 16))",
        errno: 0)
    }
  }

  private static func pattern(_ index: Int) -> UInt64 {
    0xc0ff_ee00_ba5e_ba11 ^ UInt64(truncatingIfNeeded: index)
  }
}
