// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Assignments, initial values, types and constants that are missing or wrong.
extension FaultOperator {
  static let assignments: [FaultOperator] = [
    FaultOperator("MVAV", "assignment of a value is missing", fieldShare: 2.25) { site in
      assigned(site).map { $0.isConstant ? [site.removing(site.node)] : [] } ?? []
    },
    FaultOperator("MVAE", "assignment of an expression is missing", fieldShare: 3.00) { site in
      assigned(site).map { $0.isConstant ? [] : [site.removing(site.node)] } ?? []
    },
    FaultOperator("MVIV", "initial value of a variable is missing", fieldShare: 2.25) { site in
      initial(site).map { $0.isConstant ? [removal(of: $0, site)] : [] } ?? []
    },
    FaultOperator("MVIE", "initial expression of a variable is missing") { site in
      initial(site).map { $0.isConstant ? [] : [removal(of: $0, site)] } ?? []
    },
    FaultOperator("WVAV", "value that is assigned is wrong", fieldShare: 2.44) { site in
      guard let value = site.node.kind == "VarDecl" ? initial(site) : assigned(site),
        value.isConstant, value.plain.kind != "InitListExpr", !value.type.contains("*")
      else { return [] }
      let text = site.text(value)
      return [
        site.replacing(value, by: "(\(text)) + 1", variant: 0),
        site.replacing(value, by: isZero(value) ? "-1" : "0", variant: 1),
      ]
    },
    FaultOperator("WCV", "constant is off by one") { site in
      // Those that are assigned are WVAV's, and a negative one is its operator's operand.
      guard site.node.kind == "IntegerLiteral", !site.node.isMacro,
        !site.ancestors.dropFirst().contains(where: { isAssignment($0) || $0.kind == "VarDecl" }),
        site.parent?.kind != "UnaryOperator", let number = Int(site.node.value), number < 1 << 40
      else { return [] }
      return [site.replacing(site.node, by: "\(number + 1)")]
    },
    FaultOperator("WSGN", "signedness of a variable is wrong") { site in
      guard site.node.kind == "DeclStmt", let range = site.node.range,
        !site.node.inner.contains(where: { $0.type.contains("*") }),
        let first = CTokens.of(site.source.bytes[range]).first, let other = opposites[first]
      else { return [] }
      let end = range.lowerBound + first.utf8.count
      return [FaultEdit(range: range.lowerBound..<end, replacement: other)]
    },
  ]

  private static let opposites = [
    "__u8": "__s8", "__u16": "__s16", "__u32": "__s32", "__u64": "__s64", "__s8": "__u8",
    "__s16": "__u16", "__s32": "__u32", "__s64": "__u64", "u8": "s8", "u16": "s16", "u32": "s32",
    "u64": "s64", "s8": "u8", "s16": "u16", "s32": "u32", "s64": "u64", "int": "unsigned int",
    "long": "unsigned long", "unsigned": "signed", "size_t": "ssize_t", "ulong": "long",
  ]

  private static func isAssignment(_ node: SyntaxNode) -> Bool {
    node.kind == "BinaryOperator" && node.opcode == "="
      && (node.inner.last?.isConstant ?? false)
  }

  /// What a statement assigns; nil if it is none that assigns.
  private static func assigned(_ site: FaultSite) -> SyntaxNode? {
    guard site.node.kind == "BinaryOperator", site.node.opcode == "=", site.isStatement else {
      return nil
    }
    return site.node.inner.last
  }

  private static func initial(_ site: FaultSite) -> SyntaxNode? {
    guard site.node.kind == "VarDecl", site.parent?.kind == "DeclStmt" else { return nil }
    return site.node.inner.last {
      $0.kind.hasSuffix("Expr") || $0.kind.hasSuffix("Operator") || $0.kind.hasSuffix("Literal")
    }
  }

  /// From the equals sign on.
  private static func removal(of value: SyntaxNode, _ site: FaultSite) -> FaultEdit? {
    guard let range = value.range else { return nil }
    var start = range.lowerBound - 1
    while start > 0, [32, 9, 10].contains(site.source.bytes[start]) { start -= 1 }
    guard site.source.bytes[start] == UInt8(ascii: "=") else { return nil }
    return FaultEdit(range: start..<range.upperBound, replacement: "")
  }

  private static func isZero(_ node: SyntaxNode) -> Bool {
    ["0", "false"].contains(node.plain.value)
  }
}
