// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A node of a function's body, and what an operator must know about the place.
struct FaultSite {
  let node: SyntaxNode
  /// Itself first, then outwards, up to the function's body.
  let ancestors: [SyntaxNode]
  /// The variables that can be named here, with their types, in their order.
  let variables: [(name: String, type: String)]
  let source: CSource

  var parent: SyntaxNode? { ancestors.dropFirst().first }

  /// Whether it stands as a statement.
  var isStatement: Bool {
    guard let parent else { return false }
    switch parent.kind {
    case "CompoundStmt": return true
    case "IfStmt": return parent.inner.dropFirst().contains { $0 === node }
    case "ForStmt", "WhileStmt": return parent.inner.last === node
    case "DoStmt": return parent.inner.first === node
    default: return false
    }
  }

  /// The call that it is an argument of.
  var call: SyntaxNode? {
    guard let index = ancestors.dropFirst().firstIndex(where: { $0.kind == "CallExpr" }),
      !ancestors[1..<index].contains(where: { $0.kind == "CompoundStmt" }),
      ancestors[index].inner.first !== ancestors[index - 1]
    else { return nil }
    return ancestors[index]
  }

  /// Whether it is, or is in, a branch's or loop's condition.
  var isInCondition: Bool {
    for (inner, outer) in zip(ancestors, ancestors.dropFirst()) {
      switch outer.kind {
      case "IfStmt", "WhileStmt": return outer.inner.first === inner
      case "ForStmt": return outer.inner.count > 2 && outer.inner[2] === inner
      case "DoStmt": return outer.inner.last === inner
      case "ConditionalOperator": return outer.inner.first === inner
      case "CompoundStmt", "CallExpr": return false
      default: continue
      }
    }
    return false
  }

  func text(_ node: SyntaxNode) -> String { node.range.map(source.text) ?? "" }

  // MARK: Edits

  /// Replaces a node; nil if it isn't in the source.
  func replacing(_ node: SyntaxNode, by text: String, variant: Int = 0) -> FaultEdit? {
    node.range.map { FaultEdit(range: $0, replacement: text, variant: variant) }
  }

  /// Leaves out a statement; what ends an expression stays.
  func removing(_ statement: SyntaxNode) -> FaultEdit? {
    statement.range.map {
      let endsAlone = source.bytes[$0.upperBound - 1] == UInt8(ascii: "}")
      return FaultEdit(range: $0, replacement: endsAlone ? ";" : "")
    }
  }

  /// Leaves out what lies from the beginning of one node to the end of another.
  func removing(from first: SyntaxNode, to last: SyntaxNode) -> FaultEdit? {
    guard let start = first.range?.lowerBound, let end = last.range?.upperBound, start < end else {
      return nil
    }
    return FaultEdit(range: start..<end, replacement: "")
  }
}

/// One change of a source's text.
struct FaultEdit {
  var range: Range<Int>
  var replacement: String
  /// Which of several values it is that the operator puts in the same place.
  var variant = 0
}

/// One kind of small fault, and where it fits. Most are those of G-SWFIT: Durães and Madeira, "Emulation
/// of Software Faults: A Field Data Study and a Practical Approach", IEEE TSE 32 (11), 2006.
package struct FaultOperator: Sendable {
  /// As in that study: `MIA`; our own have codes of the same form.
  let code: String
  let title: String
  /// Its share of the faults that were found in the field, in percent. These are the shares that the
  /// project was given for the study's operators; they were not checked in a copy of it.
  var fieldShare: Double?
  let edits: @Sendable (FaultSite) -> [FaultEdit?]

  init(
    _ code: String, _ title: String, fieldShare: Double? = nil,
    _ edits: @escaping @Sendable (FaultSite) -> [FaultEdit?]
  ) {
    (self.code, self.title, self.fieldShare, self.edits) = (code, title, fieldShare, edits)
  }

  static let all: [FaultOperator] =
    statements + conditions + assignments + arguments
}

extension FaultOperator {
  /// Of all operators.
  package static var codes: [String] { all.map(\.code) }

  /// Of those operators that have one; see ``fieldShare``.
  package static var fieldShares: [String: Double] {
    Dictionary(
      uniqueKeysWithValues: all.compactMap { fault in fault.fieldShare.map { (fault.code, $0) } })
  }
}
