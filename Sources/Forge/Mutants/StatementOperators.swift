// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Statements that are missing or in the wrong order.
extension FaultOperator {
  static let statements: [FaultOperator] = [
    FaultOperator("MIA", "if construct around statements is missing", fieldShare: 4.32) { site in
      guard site.node.kind == "IfStmt", !site.node.hasElse, site.node.inner.count > 1,
        let start = site.node.range?.lowerBound, let body = site.node.inner[1].range,
        !site.node.inner[1].isMacro,
        start < body.lowerBound
      else { return [] }
      return [FaultEdit(range: start..<body.lowerBound, replacement: "")]
    },
    FaultOperator("MIFS", "if construct and its statements are missing", fieldShare: 9.96) { site in
      guard site.node.kind == "IfStmt", !site.node.hasElse else { return [] }
      return [site.removing(site.node)]
    },
    FaultOperator("MFC", "function call is missing", fieldShare: 8.64) { site in
      guard site.node.kind == "CallExpr", site.isStatement else { return [] }
      return [site.removing(site.node)]
    },
    FaultOperator("MRS", "return is missing") { site in
      guard site.node.kind == "ReturnStmt", site.isStatement,
        !(site.ancestors.count == 2 && site.parent?.inner.last === site.node)
      else { return [] }
      return [site.removing(site.node)]
    },
    FaultOperator("MLPC", "small part of the algorithm is missing", fieldShare: 3.19) { site in
      guard site.node.kind == "CompoundStmt" else { return [] }
      return runs(in: site.node).map { site.removing(from: $0[0], to: $0[$0.count - 1]) }
    },
    FaultOperator("WSO", "two calls are in the wrong order") { site in
      guard site.node.kind == "CompoundStmt" else { return [] }
      return zip(site.node.inner, site.node.inner.dropFirst()).map { first, second in
        guard first.kind == "CallExpr", second.kind == "CallExpr", let one = first.range,
          let two = second.range, one.upperBound < two.lowerBound,
          site.text(first) != site.text(second)
        else { return nil }
        return FaultEdit(
          range: one.lowerBound..<two.upperBound,
          replacement: site.text(second) + site.source.text(one.upperBound..<two.lowerBound)
            + site.text(first))
      }
    },
    FaultOperator("MLB", "loop has no bound") { site in
      switch site.node.kind {
      case "ForStmt"
      where site.node.inner.count == 5 && !site.node.inner[2].kind.isEmpty
        && !site.node.inner[2].isMacro:
        return [site.replacing(site.node.inner[2], by: "")]
      case "WhileStmt":
        return [
          site.node.inner.first.flatMap { $0.isMacro ? nil : site.replacing($0, by: "1") }
        ]
      default: return []
      }
    },
  ]

  /// Two to five statements in a row without branches, loops and declarations.
  private static func runs(in block: SyntaxNode) -> [[SyntaxNode]] {
    let simple: Set = [
      "CallExpr", "BinaryOperator", "UnaryOperator", "CompoundAssignOperator",
    ]
    var runs: [[SyntaxNode]] = []
    var run: [SyntaxNode] = []
    for statement in block.inner {
      if simple.contains(statement.kind), statement.range != nil, run.count < 5 {
        run.append(statement)
      } else {
        runs.append(run)
        run = []
      }
    }
    return (runs + [run]).filter { $0.count > 1 }
  }
}
