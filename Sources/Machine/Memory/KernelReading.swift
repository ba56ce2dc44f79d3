// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Wire

/// What a guest's kernel memory said at the end of a trial.
public struct KernelReading: Sendable, Equatable {
  /// Before anything of the trial was in the guest.
  public var before: KernelCondition
  public var after: KernelCondition
  /// The log's records since then.
  public var log: PrintkRing.Log?
  /// The modules loaded since then that are still there; nil if the list could not be read.
  public var modules: [String]?
  /// What was intact before, and can no longer be followed.
  public var damage: [String] = []
  /// How long stopping the guest and reading took.
  public var seconds = 0.0

  init(before: KernelCondition, after: KernelCondition) {
    self.before = before
    self.after = after
  }
}

/// What is known about the place of a guest's kernel.
enum KernelAccess: Codable, Sendable, Equatable {
  /// `before`: its condition before anything of a trial was in the guest.
  case known(KernelMap, before: KernelCondition)
  /// Why nothing is known, for people.
  case unknown(String)

  var map: KernelMap? {
    if case .known(let map, _) = self { map } else { nil }
  }
}

/// The result of examining a kernel's memory.
public enum KernelLook: Sendable, Equatable {
  case read(KernelReading)
  /// Why it was not read, for people.
  case unread(String)
}

extension GuestMemory {
  /// - Throws: `CancellationError`. What else is amiss is in what is returned.
  func access(_ places: KernelPlaces?) async throws -> KernelAccess {
    guard let places else { return .unknown("the agent does not say where the kernel is") }
    do {
      guard let (map, condition) = try await find(places) else {
        return .unknown("the kernel does not say where it is (it has no VMCOREINFO)")
      }
      return .known(map, before: condition)
    } catch let error as MachineError {
      try Task.checkCancellation()
      return .unknown("the kernel was not found in the guest's memory: \(error)")
    }
  }

  /// - Parameter stop: stops the guest.
  func look(_ access: KernelAccess, stop: () async throws -> Void) async -> KernelLook {
    switch access {
    case .unknown(let why): return .unread(why)
    case .known(let map, let before):
      let began = ContinuousClock.now
      do {
        try await stop()
        let (after, image) = try await snapshot(map, withLog: true)
        var reading = KernelReading(before: before, after: after)
        if let layout = map.log, let image {
          reading.log = PrintkRing.log(in: image, layout, after: before.newestRecord)
          if reading.log == nil { reading.damage.append("the kernel's log") }
        }
        if map.pageTables != nil, let newest = after.newestModule, let known = before.newestModule {
          reading.modules = try await LoadedModules.names(self, map, newest: newest, since: known)
          if reading.modules == nil { reading.damage.append("the kernel's list of modules") }
        }
        reading.seconds = (ContinuousClock.now - began).seconds
        return .read(reading)
      } catch {
        return .unread("\(error)")
      }
    }
  }

  /// Finds the kernel of a guest that has just greeted, and records its condition.
  ///
  /// - Returns: nil if the guest's kernel doesn't say where it is.
  /// - Throws: as ``read(physical:count:seconds:)``.
  func find(_ places: KernelPlaces) async throws -> (KernelMap, KernelCondition)? {
    guard let note = places.note,
      let info = VMCoreInfo(note: try await read(physical: note.address, count: note.size)),
      let base = info.number("phys_base")
    else { return nil }
    var map = KernelMap(symbols: places.symbols, physicalBase: UInt64(bitPattern: base))
    if let place = map.physical(of: "page_offset_base") {
      map.directMap = try await integer(at: place)
    }
    map.pageTables = info.symbol("init_top_pgt") ?? info.symbol("swapper_pg_dir")
    map.levels = info.number("pgtable_l5_enabled") == 1 ? 5 : 4
    map.log = try await logLayout(info, map)
    return (map, try await snapshot(map, withLog: false).0)
  }

  private func logLayout(_ info: VMCoreInfo, _ map: KernelMap) async throws -> PrintkRing.Layout? {
    guard let pointer = info.symbol("prb").flatMap(map.physical),
      let size = PrintkRing.Layout.ringSize(info)
    else { return nil }
    let ring: UInt64 = try await integer(at: pointer)
    guard let place = map.physical(ring) else { return nil }
    return PrintkRing.Layout(info, at: ring, ring: try await read(physical: place, count: size))
  }

  /// The kernel's counters as they are now and, if requested, the rings of its log, for which the
  /// guest must be stopped.
  private func snapshot(
    _ map: KernelMap, withLog: Bool
  ) async throws -> (KernelCondition, PrintkRing.Image?) {
    let numbers: [(String, Int)] = [
      ("tainted_mask", 8), ("panic_cpu", 4), ("die_counter", 4), ("oops_count", 4),
      ("warn_count", 4), ("modules", 8),
    ]
    var wanted: [(name: String, physical: UInt64, count: Int)] = numbers.compactMap { name, size in
      map.physical(of: name).map { (name, $0, size) }
    }
    if let log = map.log {
      let ring = [("ring", log.ring, log.ringSize)]
      let rings = [
        ("descriptors", log.descriptors, log.recordCount * log.record.descriptorSize),
        ("infos", log.infos, log.recordCount * log.record.infoSize),
        ("text", log.text, log.textSize),
      ]
      for (name, address, count) in withLog ? ring + rings : ring {
        if let place = map.physical(address) { wanted.append((name, place, count)) }
      }
    }
    let bytes = try await read(wanted.map { ($0.physical, $0.count) })
    let read = Dictionary(uniqueKeysWithValues: zip(wanted.map(\.name), bytes))
    func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
      read[name]?.integer(at: 0, as: Number.self)
    }
    let condition = KernelCondition(
      taint: number("tainted_mask"), panicProcessor: number("panic_cpu"),
      deaths: number("die_counter"), oopses: number("oops_count"),
      warnings: number("warn_count"),
      newestRecord: map.log.flatMap { log in
        read["ring"]?.integer(at: log.headOffset, as: UInt64.self)
      },
      newestModule: number("modules"))
    guard let ring = read["ring"], let descriptors = read["descriptors"], let infos = read["infos"],
      let text = read["text"]
    else { return (condition, nil) }
    return (
      condition,
      PrintkRing.Image(ring: ring, descriptors: descriptors, infos: infos, text: text)
    )
  }
}
