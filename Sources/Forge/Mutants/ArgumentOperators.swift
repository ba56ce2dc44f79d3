// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Arguments of calls that are wrong.
extension FaultOperator {
  static let arguments: [FaultOperator] = [
    FaultOperator("WAEP", "arithmetic in an argument is wrong", fieldShare: 2.25) { site in
      let others = [
        "+": "-", "-": "+", "*": "/", "/": "*", "<<": ">>", ">>": "<<", "%": "/",
      ]
      guard site.node.kind == "BinaryOperator", site.call != nil,
        let other = others[site.node.opcode]
      else { return [] }
      return [operatorEdit(site, to: other)]
    },
    FaultOperator("WPFV", "argument is the wrong variable", fieldShare: 1.50) { site in
      let parameter = site.node
      guard parameter.kind == "DeclRefExpr", site.call != nil,
        parameter.referencedKind != "FunctionDecl",
        !parameter.isMacro
      else { return [] }
      let other = site.variables.last {
        $0.type == parameter.type && $0.name != parameter.referenced
      }
      return [other.flatMap { site.replacing(parameter, by: $0.name) }]
    },
    FaultOperator("WFL", "flag is wrong") { site in
      guard site.call != nil, let other = flags[site.text(site.node)],
        site.parent.map({ site.text($0) != site.text(site.node) }) ?? true
      else { return [] }
      return [site.replacing(site.node, by: other)]
    },
    FaultOperator("WSZ", "sizeof is of the wrong thing") { site in
      guard site.node.kind == "UnaryExprOrTypeTraitExpr", let range = site.node.range,
        !site.node.isMacro
      else { return [] }
      let text = site.source.text(range)
      guard text.hasPrefix("sizeof") else { return [] }
      let other =
        text.contains("(*") ? text.replacing("(*", with: "(", maxReplacements: 1) : "2 * \(text)"
      return [site.replacing(site.node, by: other)]
    },
  ]

  private static let flags = [
    "BPF_ANY": "BPF_EXIST", "BPF_NOEXIST": "BPF_EXIST", "BPF_EXIST": "BPF_NOEXIST",
    "GFP_ATOMIC": "GFP_KERNEL", "GFP_KERNEL": "GFP_ATOMIC | __GFP_ZERO",
    "BPF_F_CURRENT_CPU": "BPF_F_INDEX_MASK - 1", "BPF_RB_NO_WAKEUP": "BPF_RB_FORCE_WAKEUP",
  ]
}
