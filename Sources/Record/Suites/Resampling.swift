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

  /// Of fewer clusters nothing is said about others.
  public static let fewest = 10

  /// The share in all clusters, with the middle 95 % of the shares that clusters drawn with replacement
  /// give (cluster bootstrap, percentiles). If none or all are hits, each draw gives the same: then the
  /// bound is Clopper and Pearson's, as if each cluster were one observation.
  public static func share(_ clusters: [Cluster]) -> CampaignFigures.Rate {
    let size = clusters.map(\.size).reduce(0, +)
    guard size > 0 else { return .init(share: 0) }
    let hits = clusters.map(\.hits).reduce(0, +)
    let share = Double(hits) / Double(size)
    guard clusters.count >= fewest else { return .init(share: share) }
    if hits == 0 || hits == size {
      let bound = allHits(clusters.count)
      return hits == 0
        ? .init(share: 0, low: 0, high: 1 - bound, method: .exact)
        : .init(share: 1, low: bound, high: 1, method: .exact)
    }
    return bootstrap(clusters, share)
  }

  private static func bootstrap(_ clusters: [Cluster], _ share: Double) -> CampaignFigures.Rate {
    var generator = SplitMix64(state: seed)
    var shares: [Double] = []
    for _ in 0..<times {
      var (hits, size) = (0, 0)
      for _ in clusters {
        let cluster = clusters[Int(generator.next() % UInt64(clusters.count))]
        hits += cluster.hits
        size += cluster.size
      }
      if size > 0 { shares.append(Double(hits) / Double(size)) }
    }
    shares.sort()
    return .init(
      share: share, low: shares[shares.count / 40],
      high: shares[min(shares.count - 1, shares.count * 39 / 40)], method: .bootstrap)
  }

  /// The probability of a hit at which `count` hits in a row have a probability of 2.5 %.
  private static func allHits(_ count: Int) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      let power = (0..<count).reduce(1.0) { product, _ in product * middle }
      if power < 0.025 { low = middle } else { high = middle }
    }
    return low
  }
}
