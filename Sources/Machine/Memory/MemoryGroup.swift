// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Stretches of memory that are read by one command.
package struct MemoryGroup: Equatable {
  var physical: UInt64
  package var count: Int
  /// Which of the stretches it has.
  var members: [Int]

  package init(physical: UInt64, count: Int, members: [Int]) {
    self.physical = physical
    self.count = count
    self.members = members
  }

  /// To read this much for nothing takes less time than another command.
  static let gap = 512 << 10

  /// Merges neighbouring ranges, up to ``GuestMemory/most`` bytes.
  package static func groups(of stretches: [(physical: UInt64, count: Int)]) -> [MemoryGroup] {
    var groups: [MemoryGroup] = []
    for index in stretches.indices.sorted(by: { stretches[$0].physical < stretches[$1].physical }) {
      let (start, count) = stretches[index]
      if var last = groups.last {
        let end = last.physical &+ UInt64(last.count)
        let whole = start &- last.physical &+ UInt64(count)
        if start <= end &+ UInt64(gap), whole <= UInt64(GuestMemory.most) {
          last.count = max(last.count, Int(whole))
          last.members.append(index)
          groups[groups.count - 1] = last
          continue
        }
      }
      groups.append(MemoryGroup(physical: start, count: count, members: [index]))
    }
    return groups
  }
}
