// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host

/// Finds where the packages of an entry's suites come from.
public enum Mirror {
  static let keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

  /// What the person in front of the machine set in the environment.
  public struct Wishes: Sendable, Equatable {
    /// `PANICROOM_DEBIAN_MIRROR`.
    public var main: String?
    /// `PANICROOM_DEBIAN_SECURITY_MIRROR`.
    public var security: String?
    /// The keyring that signs what these offer; by default Debian's.
    public var keyring: String?

    /// An empty address counts as none, because a variable in the environment can't tell the two
    /// apart.
    public init(main: String? = nil, security: String? = nil, keyring: String? = nil) {
      self.main = main?.isEmpty == true ? nil : main
      self.security = security?.isEmpty == true ? nil : security
      self.keyring = keyring
    }

    public static func ofEnvironment() -> Wishes {
      Wishes(
        main: getenv("PANICROOM_DEBIAN_MIRROR").map { String(cString: $0) },
        security: getenv("PANICROOM_DEBIAN_SECURITY_MIRROR").map { String(cString: $0) })
    }
  }

  /// A source for each suite of the entry.
  ///
  /// In this order: the mirror that the user asked for; the host's own source of the suite; the
  /// mirror of another suite that the host gets from Debian, as a mirror carries all of them.
  ///
  /// - Parameters:
  ///   - host: the host's sources.
  ///   - origins: who signed what a source offers, by its address, if apt has fetched it.
  ///   - keyring: the keyring for sources that don't name theirs; nil to leave that to apt.
  public static func sources(
    for entry: KernelEntry, host: [AptSource], origins: [String: String], wishes: Wishes,
    keyring: String?
  ) throws(KernelError) -> [AptSource] {
    for wish in [wishes.main, wishes.security].compactMap({ $0 })
    where wish.contains(where: { $0.isWhitespace }) || !wish.contains(":") {
      throw KernelError(
        what: "\"\(wish)\" is not the address of a mirror",
        remedy: "set PANICROOM_DEBIAN_MIRROR to an address such as http://MIRROR/debian")
    }
    let debian = host.filter { isDebian($0, origins) }
    var found: [AptSource] = []
    for suite in entry.suites {
      let own = debian.first { same($0.suite, suite.name) && $0.components.contains("main") }
      let akin = debian.first { isSecurity($0) == suite.security && $0.components.contains("main") }
      let main = debian.first { !isSecurity($0) && $0.components.contains("main") }
      let uri: String?
      if suite.security {
        uri =
          wishes.security ?? wishes.main.map(securityAddress) ?? own?.uri ?? akin?.uri
          ?? main.map { securityAddress($0.uri) }
      } else {
        uri = wishes.main ?? own?.uri ?? akin?.uri
      }
      guard let uri else {
        throw KernelError(
          what: "this machine's apt has no mirror of Debian for \(suite.name)",
          remedy: "set PANICROOM_DEBIAN_MIRROR to one's address, such as http://MIRROR/debian",
          isUnavailable: true)
      }
      // A mirror that the user asked for need not be signed like the host's.
      let wished = (suite.security ? wishes.security ?? wishes.main : wishes.main) != nil
      let hosts = own?.signedBy ?? akin?.signedBy
      let signedBy = wished ? keyring ?? hosts : hosts ?? keyring
      guard signedBy != nil || !debian.isEmpty else {
        throw KernelError(
          what: "Debian's keyring is missing, \(Self.keyring)",
          remedy: "install it with: apt-get install debian-archive-keyring")
      }
      found.append(
        AptSource(
          uri: uri, suite: suite.name, components: entry.components, signedBy: signedBy))
    }
    return found
  }

  /// The sources on this machine.
  static func sources(for entry: KernelEntry, wishes: Wishes) async throws -> [AptSource] {
    try sources(
      for: entry, host: try await AptSources.ofHost(), origins: try await originsOfHost(),
      wishes: wishes, keyring: wishes.keyring ?? (Files.exists(keyring) ? keyring : nil))
  }

  /// A mirror's address of the security updates: `debian` becomes `debian-security`, as on Debian's
  /// own servers and snapshots.
  static func securityAddress(_ main: String) -> String {
    var parts = main.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let index = parts.lastIndex(of: "debian") else {
      return (main.hasSuffix("/") ? String(main.dropLast()) : main) + "-security"
    }
    parts[index] = "debian-security"
    return parts.joined(separator: "/")
  }

  /// Who offers what, as far as apt has fetched it: the Release file's `Origin` by address.
  static func originsOfHost() async throws -> [String: String] {
    let answer = try await Tool("apt-get").checked([
      "indextargets", "--format", "$(REPO_URI) $(ORIGIN)", "Identifier: Packages",
    ]).text
    var origins: [String: String] = [:]
    for line in answer.split(separator: "\n") {
      let parts = line.split(separator: " ", maxSplits: 1)
      if parts.count == 2, parts[1] != "$(ORIGIN)" { origins[plain(parts[0])] = String(parts[1]) }
    }
    return origins
  }

  /// If apt has fetched nothing yet (a fresh container), the address has to decide: Debian's end in
  /// `debian` or `debian-security`, its cloud images' in files of these names.
  static func isDebian(_ source: AptSource, _ origins: [String: String]) -> Bool {
    if let origin = origins[plain(source.uri[...])] { return origin == "Debian" }
    return source.uri.split(separator: "/").contains { part in
      ["debian", "debian-security", "debian.list", "debian-security.list"].contains(part)
    }
  }

  private static func isSecurity(_ source: AptSource) -> Bool {
    source.suite.hasSuffix("-security") || source.suite.hasSuffix("/updates")
  }

  private static func same(_ left: String, _ right: String) -> Bool {
    left == right || (left == "unstable" && right == "sid")
      || (left == "sid" && right == "unstable")
  }

  private static func plain(_ uri: Substring) -> String {
    uri.hasSuffix("/") ? String(uri.dropLast()) : String(uri)
  }
}
