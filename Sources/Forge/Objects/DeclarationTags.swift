// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What `__attribute__((btf_decl_tag("…")))` says of an object's functions, by its BTF (Linux:
/// Documentation/bpf/btf.rst, "BTF_KIND_DECL_TAG").
public struct DeclarationTags: Sendable {
  /// By function, in the order of the types, which is that of the source.
  public let tags: [String: [String]]

  /// - Throws: ``ForgeError`` if the object has no BTF or a damaged one.
  public init(_ object: ObjectFile) throws(ForgeError) {
    guard let types = object.contents(of: ".BTF") else {
      throw ForgeError(what: "\(object.path) has no BTF", remedy: "compile it with -g")
    }
    guard let tags = Self.read(Array(types)) else {
      throw ForgeError(
        what: "the BTF of \(object.path) is damaged",
        remedy: "remove it and run again, to build it again")
    }
    self.tags = tags
  }

  // The kinds of include/uapi/linux/btf.h.
  private static let functionKind = 12
  private static let tagKind = 17
  /// What follows the common twelve bytes of a type: a number of bytes, and of bytes per member.
  private static let sizes: [Int: (fixed: Int, each: Int)] = [
    1: (4, 0), 2: (0, 0), 3: (12, 0), 4: (0, 12), 5: (0, 12), 6: (0, 8), 7: (0, 0), 8: (0, 0),
    9: (0, 0), 10: (0, 0), 11: (0, 0), 12: (0, 0), 13: (0, 8), 14: (4, 0), 15: (0, 12), 16: (0, 0),
    17: (4, 0), 18: (0, 0), 19: (0, 12),
  ]

  private static func read(_ bytes: [UInt8]) -> [String: [String]]? {
    let reader = ByteReader(bytes)
    guard reader.half(0) == 0xeb9f, let head = reader.word(4), let types = reader.word(8),
      let length = reader.word(12), let strings = reader.word(16)
    else { return nil }
    var made = BoundedStrings(objectOf: bytes.count)
    var functions: [Int: String] = [:]
    var found: [(function: Int, text: String)] = []
    var position = head + types
    let end = position + length
    // Type 0 is void, which isn't written down.
    var number = 1
    while position < end {
      guard let name = reader.word(position), let information = reader.word(position + 4),
        let subject = reader.word(position + 8),
        let size = sizes[information >> 24 & 0x1f],
        let text = reader.text(head + strings + name, &made)
      else { return nil }
      switch information >> 24 & 0x1f {
      case functionKind: functions[number] = text
      case tagKind:
        // A tag of the whole declaration, not of one of its parameters.
        guard let component = reader.word(position + 12) else { return nil }
        if component == 0xffff_ffff { found.append((subject, text)) }
      default: break
      }
      position += 12 + size.fixed + (information & 0xffff) * size.each
      number += 1
    }
    var tags: [String: [String]] = [:]
    for tag in found {
      guard let function = functions[tag.function] else { continue }
      tags[function, default: []].append(tag.text)
    }
    return tags
  }
}
