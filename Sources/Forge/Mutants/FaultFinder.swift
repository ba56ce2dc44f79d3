// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Walks the functions of a source and has every operator look at every node that runs in a disarmed twin.
struct FaultFinder {
  /// One change that a rule makes, before it is known what the compiler says.
  struct Found {
    var code: String
    var function: String
    var edit: FaultEdit
    /// The changed construct's tokens, without what differs by mechanism.
    var construct: String
  }

  let source: CSource
  let operators: [FaultOperator]
  private(set) var found: [Found] = []
  /// Places that a macro spans.
  private(set) var spanned = 0

  init(_ source: CSource, operators: [FaultOperator] = FaultOperator.all) {
    self.source = source
    self.operators = operators
  }

  mutating func search(_ functions: [SyntaxNode]) {
    for function in functions {
      guard let body = function.inner.last(where: { $0.kind == "CompoundStmt" }) else { continue }
      let name = [SourceDump.mark, CSource.wrapped].reduce(function.name) { name, prefix in
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
      }
      var variables = function.inner.filter { $0.kind == "ParmVarDecl" && !$0.name.isEmpty }
        .map { (name: $0.name, type: $0.type) }
      visit(body, [], name, &variables)
    }
  }

  private mutating func visit(
    _ node: SyntaxNode, _ outer: [SyntaxNode], _ function: String,
    _ variables: inout [(name: String, type: String)]
  ) {
    if node.kind.isEmpty { return }
    let ancestors = [node] + outer
    let site = FaultSite(
      node: node, ancestors: ancestors, variables: variables, source: source)
    for fault in operators {
      for case let edit? in fault.edits(site) where isAllowed(edit, fault, site) {
        found.append(
          Found(
            code: fault.code, function: function, edit: edit,
            construct: construct(edit, site)))
      }
    }
    // Nothing inside a macro is in the source.
    if node.isMacro {
      if !node.inner.isEmpty { spanned += 1 }
      return
    }
    var inside = variables
    for child in reached(of: node) where !isOfMacro(child, in: node) {
      visit(child, ancestors, function, &inside)
    }
    switch node.kind {
    case "VarDecl" where !node.name.isEmpty: variables.append((node.name, node.type))
    case "DeclStmt": variables = inside
    default: break
    }
  }

  /// Whether a statement's macro, such as `list_for_each()`, has it inside.
  private func isOfMacro(_ child: SyntaxNode, in node: SyntaxNode) -> Bool {
    node.kind.hasSuffix("Stmt") && child.isMacro
      && child.range?.lowerBound == node.range?.lowerBound
  }

  /// The children that run if the twin is disarmed.
  private func reached(of node: SyntaxNode) -> [SyntaxNode] {
    guard ["IfStmt", "ConditionalOperator"].contains(node.kind), let first = node.inner.first
    else { return node.inner }
    switch Self.constant(first) {
    case true?: return Array(node.inner.dropFirst().prefix(1))
    case false?: return Array(node.inner.dropFirst(2))
    case nil: return node.inner
    }
  }

  /// A condition's value in a disarmed twin, if that alone decides.
  private static func constant(_ condition: SyntaxNode) -> Bool? {
    let node = condition.plain
    switch (node.kind, node.opcode) {
    case ("IntegerLiteral", _): return node.value != "0"
    case ("DeclRefExpr", _): return node.referenced == "armed" ? false : nil
    case ("UnaryOperator", "!"): return node.inner.first.flatMap(constant).map { !$0 }
    case ("BinaryOperator", "&&"):
      let parts = node.inner.map(constant)
      if parts.contains(false) { return false }
      return parts.allSatisfy { $0 == true } ? true : nil
    case ("BinaryOperator", "||"):
      let parts = node.inner.map(constant)
      if parts.contains(true) { return true }
      return parts.allSatisfy { $0 == false } ? false : nil
    case ("CallExpr", _) where node.mentionsArming:
      // `__builtin_expect(armed, 0)`.
      return node.inner.dropFirst().first.flatMap(constant)
    default: return nil
    }
  }

  /// The switch that arms a twin is no code of its job: nothing that names it is changed, but for a check
  /// that has other parts, and goes as a whole.
  private func isAllowed(_ edit: FaultEdit, _ fault: FaultOperator, _ site: FaultSite) -> Bool {
    guard edit.range.lowerBound >= source.preambleEnd else { return false }
    let words = CTokens.of(source.bytes[edit.range])
    guard words.contains("armed") || words.contains("ARMED") else { return true }
    guard ["MIA", "MIFS"].contains(fault.code), let condition = site.node.inner.first else {
      return false
    }
    return Self.constant(condition) == nil
  }

  private func construct(_ edit: FaultEdit, _ site: FaultSite) -> String {
    if let leaf = leaf(site) { return leaf }
    // Of a block, only the statements that are changed.
    let range = site.node.kind == "CompoundStmt" ? nil : site.node.range
    return PairedConstruct.text(
      CTokens.of(source.bytes[range ?? edit.range]), own: source.functions)
  }
}

extension FaultFinder {
  /// Of a name or a constant, which are all over a function: the statement or condition that it is in, and
  /// which token of that it is; nil for anything larger.
  private func leaf(_ site: FaultSite) -> String? {
    guard let range = site.node.range, CTokens.of(source.bytes[range]).count == 1 else {
      return nil
    }
    let branches: Set = ["IfStmt", "ForStmt", "WhileStmt", "DoStmt", "SwitchStmt", "CompoundStmt"]
    let ancestors = site.ancestors
    let index = ancestors.indices.dropLast().first { branches.contains(ancestors[$0 + 1].kind) }
    guard let index, let whole = ancestors[index].range, whole.lowerBound <= range.lowerBound
    else { return nil }
    let before = CTokens.of(source.bytes[whole.lowerBound..<range.lowerBound]).count
    let word = PairedConstruct.text(CTokens.of(source.bytes[range]), own: source.functions)
    let text = PairedConstruct.text(CTokens.of(source.bytes[whole]), own: source.functions)
    return "\(word) at \(before) of \(ancestors[index + 1].kind): \(text)"
  }
}

/// A construct's text with what differs between a module and a program taken out.
enum PairedConstruct {
  static func text(_ tokens: [String], own: Set<String>) -> String {
    var words: [String] = []
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      let isCall =
        index + 1 < tokens.count && tokens[index + 1] == "("
        && CTokens.isName(token) && !own.contains(token)
        && !["if", "for", "while", "return", "sizeof", "switch"].contains(token)
      if isCall {
        // The kernel's functions and the helpers have other names and arguments.
        words.append("call")
        var depth = 0
        repeat {
          index += 1
          if tokens[index] == "(" { depth += 1 }
          if tokens[index] == ")" { depth -= 1 }
        } while depth > 0 && index + 1 < tokens.count
      } else if ["armed", "ARMED"].contains(token) {
        words.append("armed")
      } else {
        words.append(token.hasPrefix("__") ? String(token.dropFirst(2)) : token)
      }
      index += 1
    }
    return words.joined(separator: " ")
  }
}
