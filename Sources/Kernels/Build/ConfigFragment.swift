// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A file of options that a kernel is to be built with.
public struct ConfigFragment: Sendable, Equatable {
  public var path: String
  public var wishes: [Wish]

  public struct Wish: Sendable, Equatable {
    /// Without `CONFIG_`.
    public var option: String
    /// Without quotes; nil for an option that must be off.
    public var value: String?
  }

  /// - Parameter text: in the form of `.config` (Linux: scripts/kconfig/confdata.c).
  public init(_ text: String, path: String) {
    self.path = path
    wishes = text.split(whereSeparator: \.isNewline).compactMap(Self.wish)
  }

  /// Nil for comments and empty lines.
  private static func wish(_ line: Substring) -> Wish? {
    let (off, mark) = (" is not set", "# CONFIG_")
    if line.hasPrefix(mark), line.hasSuffix(off) {
      return Wish(option: String(line.dropFirst(mark.count).dropLast(off.count)))
    }
    guard line.hasPrefix("CONFIG_"), let equals = line.firstIndex(of: "=") else { return nil }
    let value = line[line.index(after: equals)...]
    let quoted = value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
    return Wish(
      option: String(line[..<equals].dropFirst("CONFIG_".count)),
      value: value == "n" ? nil : String(quoted ? value.dropFirst().dropLast() : value))
  }

  /// The differences between a configuration and the fragments, a line each. Kconfig silently drops
  /// an option if the kernel doesn't have it, or if something that it depends on, such as support
  /// by the compiler, is missing.
  ///
  /// - Parameters:
  ///   - fragments: in the order in which they are merged; if two name the same option, the later
  ///     one wins.
  ///   - config: the whole configuration that resulted.
  public static func unmet(
    _ fragments: [ConfigFragment], in config: ConfigFragment
  ) -> [String] {
    let config = Dictionary(
      config.wishes.map { ($0.option, $0.value) }, uniquingKeysWith: { $1 }
    ).compactMapValues(\.self)
    var wanted: [String: (value: String?, path: String)] = [:]
    var order: [String] = []
    for fragment in fragments {
      for wish in fragment.wishes {
        if wanted[wish.option] == nil { order.append(wish.option) }
        wanted[wish.option] = (wish.value, fragment.path)
      }
    }
    return order.compactMap { option in
      guard let (value, path) = wanted[option], config[option] != value else { return nil }
      let got = config[option].map { "it is \($0)" } ?? "it is off"
      return "CONFIG_\(option) should be \(value ?? "off") (\(path)), and \(got)"
    }
  }
}
