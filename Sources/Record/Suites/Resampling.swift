// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Intervals for shares of what is not independent.
public enum Resampling {
  /// Of one cluster: how many of its members are of a kind.
  public struct Cluster: Sendable {
    public var hits: Int
    public var size: Int

    public init(hits: Int, size: Int) { (self.hits, self.size) = (hits, size) }
  }

  /// How often clusters are drawn, and from which number on: always the same.
  private static let times = 2000
  private static let seed: UInt64 = 0x5EED

  /// The share in all clusters, with the middle 95 % of the shares that clusters drawn with replacement
  /// give (cluster bootstrap, percentiles).
  public static func share(_ clusters: [Cluster]) -> CampaignFigures.Rate {
    let size = clusters.map(\.size).reduce(0, +)
    guard size > 0 else { return .init(share: 0, low: 0, high: 1) }
    let share = Double(clusters.map(\.hits).reduce(0, +)) / Double(size)
    var state = seed
    var shares: [Double] = []
    for _ in 0..<times {
      var (hits, size) = (0, 0)
      for _ in clusters {
        let cluster = clusters[Int(next(&state) % UInt64(clusters.count))]
        hits += cluster.hits
        size += cluster.size
      }
      if size > 0 { shares.append(Double(hits) / Double(size)) }
    }
    shares.sort()
    return .init(
      share: share, low: shares[shares.count / 40],
      high: shares[min(shares.count - 1, shares.count * 39 / 40)])
  }

  /// SplitMix64: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
  private static func next(_ state: inout UInt64) -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
