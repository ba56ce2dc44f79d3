// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a scenario refers to, with the part of it that has an address of its own as a link: a page,
/// a commit, a CVE, a file of the kernel's source.
struct Reference {
  private let before: Substring
  private let linked: Substring
  private let address: String
  private let after: Substring

  private static let tree =
    "https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/"

  init(_ text: String) {
    if let match = text.wholeMatch(of: /https?:\/\/[!-~]+/) {
      self.init(text, text[...], "\(match.output)")
    } else if let match = text.firstMatch(of: /CVE-[0-9]{4}-[0-9]{4,}/) {
      self.init(text, match.output, "https://www.cve.org/CVERecord?id=\(match.output)")
    } else if let match = text.firstMatch(of: /commit ([0-9a-f]{8,40})\b/) {
      self.init(text, match.output.0, Reference.commit(String(match.output.1)))
    } else if let match = text.prefixMatch(
      of:
        /(arch|block|crypto|drivers|fs|include|init|kernel|lib|mm|net|security)(\/[a-z0-9_-]+)+\.[chS]/
    ) {
      self.init(text, match.output.0, Reference.tree + match.output.0)
    } else {
      self.init(text, text[text.endIndex...], "")
    }
  }

  private init(_ text: String, _ linked: Substring, _ address: String) {
    before = text[..<linked.startIndex]
    self.linked = linked
    self.address = address
    after = text[linked.endIndex...]
  }

  /// The page of a commit of the mainline kernel; nothing for what is no commit's name.
  static func commit(_ name: String) -> String {
    name.wholeMatch(of: /[0-9a-f]{8,40}/) == nil ? "" : "https://git.kernel.org/linus/\(name)"
  }

  var view: View {
    ["before": before, "linked": linked, "address": address, "after": after]
  }
}
