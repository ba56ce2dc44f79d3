// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A node of clang's syntax tree (`-ast-dump=json`), with its place in the source's bytes.
final class SyntaxNode {
  let kind: String
  let name: String
  let opcode: String
  let value: String
  let type: String
  /// The declaration that a name refers to.
  let referenced: String
  let referencedKind: String
  let hasElse: Bool
  /// In the source's bytes; nil if its ends are not in the source, or are parts of a macro.
  let range: Range<Int>?
  /// Whether one macro's expansion is all of it: it can be replaced, but not changed inside.
  let isMacro: Bool
  let inner: [SyntaxNode]

  fileprivate init(_ raw: RawNode, _ source: CSource) {
    kind = raw.kind ?? ""
    name = raw.name ?? ""
    opcode = raw.opcode ?? ""
    value = raw.value?.text ?? ""
    type = raw.type?.qualType ?? ""
    referenced = raw.referencedDecl?.name ?? ""
    referencedKind = raw.referencedDecl?.kind ?? ""
    hasElse = raw.hasElse ?? false
    let begin = raw.range?.begin.place(in: source)
    let end = raw.range?.end.place(in: source)
    if let begin, let end, begin.start < end.end, end.end <= source.bytes.count {
      range = begin.start..<end.end
      isMacro = begin.isMacro && end.isMacro && begin.start == end.start
    } else {
      range = nil
      isMacro = false
    }
    inner = (raw.inner ?? []).map { SyntaxNode($0, source) }
  }

  /// Itself or, of casts and parentheses, what is inside.
  var plain: SyntaxNode {
    let wrappers = ["ImplicitCastExpr", "ParenExpr", "ConstantExpr"]
    guard wrappers.contains(kind), let first = inner.first else { return self }
    return first.plain
  }

  /// Whether any node below, or itself, is of a kind.
  func contains(_ condition: (SyntaxNode) -> Bool) -> Bool {
    condition(self) || inner.contains { $0.contains(condition) }
  }

  /// Whether it names the switch that arms a twin.
  var mentionsArming: Bool { contains { $0.referenced == "armed" } }

  /// Whether it has the same value each time: literals, enumerators, `sizeof`, and what is made of them.
  var isConstant: Bool {
    !contains {
      ["CallExpr", "StmtExpr"].contains($0.kind)
        || $0.kind == "DeclRefExpr" && $0.referencedKind != "EnumConstantDecl"
    }
  }

  /// The functions that a dump has, which is one object after the other.
  ///
  /// - Throws: `DecodingError` if it isn't what clang writes.
  static func functions(in dump: [UInt8], of source: CSource) throws -> [SyntaxNode] {
    var functions: [SyntaxNode] = []
    var object: [UInt8] = []
    for line in dump.split(separator: UInt8(ascii: "\n")) {
      object += line
      object.append(UInt8(ascii: "\n"))
      guard line.elementsEqual("}".utf8) else { continue }
      let raw = try JSONDecoder().decode(RawNode.self, from: Data(object))
      if raw.kind == "FunctionDecl" { functions.append(SyntaxNode(raw, source)) }
      object = []
    }
    return functions.filter { $0.inner.contains { $0.kind == "CompoundStmt" } }
  }
}

/// A node as clang writes it (clang/lib/AST/JSONNodeDumper.cpp).
private struct RawNode: Decodable {
  struct TypeName: Decodable { var qualType: String? }
  struct Declaration: Decodable { var kind: String?, name: String? }
  struct Point: Decodable { var offset: Int?, tokLen: Int? }
  struct Ends: Decodable { var begin: Location, end: Location }

  /// A value is a text or, of characters, a number.
  struct Value: Decodable {
    var text: String?

    init(from decoder: any Decoder) throws {
      // Only the values of integers are used, which are texts.
      text = try? decoder.singleValueContainer().decode(String.self)
    }
  }

  struct Location: Decodable {
    var offset: Int?, tokLen: Int?, expansionLoc: Point?

    func place(in source: CSource) -> (start: Int, end: Int, isMacro: Bool)? {
      if let offset, let tokLen { return (offset, offset + tokLen, false) }
      guard let expansionLoc, let offset = expansionLoc.offset, let length = expansionLoc.tokLen
      else { return nil }
      let end = offset + length
      guard end <= source.bytes.count else { return nil }
      // The functions' own names are macros while the tree is made.
      if source.functions.contains(source.text(offset..<end)) { return (offset, end, false) }
      return (offset, source.endOfArguments(after: end), true)
    }
  }

  var kind: String?, name: String?, opcode: String?, value: Value?, type: TypeName?
  var referencedDecl: Declaration?, hasElse: Bool?, range: Ends?, inner: [RawNode]?
}
