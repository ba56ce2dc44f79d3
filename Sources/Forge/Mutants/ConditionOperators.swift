// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that lack a part, or are wrong.
extension FaultOperator {
  static let conditions: [FaultOperator] = [
    FaultOperator("MLAC", "part of an AND condition is missing", fieldShare: 7.89) { site in
      parts(of: site, "&&")
    },
    FaultOperator("MLOC", "part of an OR condition is missing") { site in parts(of: site, "||") },
    FaultOperator("WLEC", "logical expression of a condition is wrong", fieldShare: 3.00) { site in
      guard site.isInCondition, !site.node.isMacro else { return [] }
      switch (site.node.kind, site.node.opcode) {
      case ("UnaryOperator", "!"):
        return [site.node.inner.first.flatMap { site.replacing(site.node, by: site.text($0)) }]
      case ("BinaryOperator", let opcode):
        let opposites = [
          "==": "!=", "!=": "==", "<": ">", ">": "<", "<=": ">=", ">=": "<=", "&&": "||",
          "||": "&&",
        ]
        return [opposites[opcode].flatMap { operatorEdit(site, to: $0) }]
      default: return []
      }
    },
    FaultOperator("WREL", "comparison is off by one") { site in
      let neighbours = ["<": "<=", "<=": "<", ">": ">=", ">=": ">"]
      guard site.node.kind == "BinaryOperator", let other = neighbours[site.node.opcode] else {
        return []
      }
      return [operatorEdit(site, to: other)]
    },
    FaultOperator("MMSK", "mask is missing") { site in
      guard site.node.kind == "BinaryOperator", site.node.opcode == "&",
        site.node.inner.count == 2, site.node.inner[1].isConstant
      else { return [] }
      return [site.replacing(site.node, by: site.text(site.node.inner[0]))]
    },
  ]

  private static func parts(of site: FaultSite, _ opcode: String) -> [FaultEdit?] {
    let node = site.node
    guard node.kind == "BinaryOperator", node.opcode == opcode, node.inner.count == 2,
      !node.inner.contains(where: \.mentionsArming)
    else { return [] }
    return [
      site.replacing(node, by: site.text(node.inner[1]), variant: 0),
      site.replacing(node, by: site.text(node.inner[0]), variant: 1),
    ]
  }

  /// Another operator between the same operands.
  static func operatorEdit(_ site: FaultSite, to opcode: String, variant: Int = 0) -> FaultEdit? {
    guard site.node.inner.count == 2, let left = site.node.inner[0].range?.upperBound,
      let right = site.node.inner[1].range?.lowerBound, left < right, !site.node.isMacro
    else { return nil }
    let between = site.source.text(left..<right)
    guard let place = between.utf8.firstRange(of: site.node.opcode.utf8) else { return nil }
    let start = left + between.utf8.distance(from: between.startIndex, to: place.lowerBound)
    return FaultEdit(
      range: start..<start + site.node.opcode.utf8.count, replacement: opcode, variant: variant)
  }
}
