// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Numbers in a file that may come from somebody else, checked when they are decoded, so that later
/// arithmetic can't overflow.
extension KeyedDecodingContainer {
  /// A wall time in seconds, from zero to thirty years.
  package func decodeSeconds(forKey key: Key) throws -> Double {
    let seconds = try decode(Double.self, forKey: key)
    guard (0...1e9).contains(seconds) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "\(seconds) is no number of seconds")
    }
    return seconds
  }

  package func decodeSecondsIfPresent(forKey key: Key) throws -> Double? {
    guard contains(key), try !decodeNil(forKey: key) else { return nil }
    return try decodeSeconds(forKey: key)
  }

  /// How many there are of something, or which of them it is.
  package func decodeCount(_ range: ClosedRange<Int>, forKey key: Key) throws -> Int {
    let count = try decode(Int.self, forKey: key)
    guard range.contains(count) else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self,
        debugDescription: "\(count) is not from \(range.lowerBound) to \(range.upperBound)")
    }
    return count
  }
}

extension TrialRecord.Seconds {
  private enum Key: String, CodingKey { case start, trial, total }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    self.init(
      start: try keys.decodeSeconds(forKey: .start), trial: try keys.decodeSeconds(forKey: .trial),
      total: try keys.decodeSeconds(forKey: .total))
  }
}

extension RunHeader.Host {
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try keys.decodeIfPresent(String.self, forKey: .name),
      system: try keys.decode(String.self, forKey: .system),
      processor: try keys.decode(String.self, forKey: .processor),
      cores: try keys.decodeCount(0...1 << 20, forKey: .cores),
      memoryMiB: try keys.decodeCount(0...1 << 40, forKey: .memoryMiB))
  }
}
