// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the kernel's list of modules, the newest first (Linux: kernel/module/main.c `modules`).
struct LoadedModules {
  /// The beginning of `struct module`, the same since 2.6: `enum module_state state; struct list_head
  /// list; char name[MODULE_NAME_LEN]` (include/linux/module.h).
  private static let linkOffset: UInt64 = 8
  private static let nameOffset = 24
  private static let nameSize = 56
  /// A guest has a dozen or two; a list that was made endless stops here.
  private static let most = 128

  /// The names of the modules loaded since `known` was the newest link; `newest` is the newest one
  /// now.
  ///
  /// - Returns: nil if the list can't be followed.
  static func names(
    _ memory: GuestMemory, _ map: KernelMap, newest: UInt64, since known: UInt64
  ) async throws -> [String]? {
    guard let head = map.symbols["modules"], let root = map.pageTables,
      let top = map.physical(root)
    else { return nil }
    var link = newest
    var tables = PageTables(memory, root: top, levels: map.levels)
    var names: [String] = []
    while link != known, link != head {
      guard names.count < most, link > linkOffset,
        let bytes = try await bytes(at: link - linkOffset, &tables, memory),
        let next = bytes.integer(at: Int(linkOffset), as: UInt64.self)
      else { return nil }
      names.append(String(decoding: bytes[nameOffset...].prefix { $0 != 0 }, as: UTF8.self))
      link = next
    }
    return names
  }

  /// - Returns: nil if there is nothing: a list that was tampered with may lead anywhere.
  private static func bytes(
    at module: UInt64, _ tables: inout PageTables, _ memory: GuestMemory
  ) async throws -> [UInt8]? {
    do {
      guard let place = try await tables.physical(module) else { return nil }
      return try await memory.read(physical: place, count: nameOffset + nameSize)
    } catch let error as MachineError where error.code == .memoryUnreadable {
      return nil
    }
  }
}
