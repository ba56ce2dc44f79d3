// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// What is wrong in `vm/kernels.yaml`, and where.
public struct KernelMatrixError: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  /// Counted from 1.
  public var line: Int
  public var message: String

  public var description: String { "\(path):\(line): \(message)" }

  init(path: String, line: Int, message: String) {
    self.path = path
    self.line = line
    self.message = message
  }

  init(yaml error: YamlError, path: String) {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(path: path, line: mark.line, message: "this is not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      let names = keys.map { $0.description }.joined(separator: ", ")
      self.init(path: path, line: context.mark.line, message: "said twice: \(names)")
    default:
      self.init(path: path, line: 1, message: "this is not YAML: \(error)")
    }
  }
}

/// Reads YAML, with the line of whatever is invalid.
struct NodeReader {
  var path: String

  func error(_ node: Node?, _ message: String) -> KernelMatrixError {
    KernelMatrixError(path: path, line: node?.mark?.line ?? 1, message: message)
  }

  /// The top of the file; nil if it is empty.
  func root(of text: String) throws(KernelMatrixError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw KernelMatrixError(yaml: error, path: path)
    } catch {
      throw KernelMatrixError(path: path, line: 1, message: "\(error)")
    }
  }

  func mapping(
    _ node: Node?, _ what: String, allowed: [String]
  ) throws(KernelMatrixError) -> [String: Node] {
    guard case .mapping(let mapping)? = node else {
      throw error(node, "\(what) must be a mapping with \(allowed.joined(separator: ", "))")
    }
    var fields: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, allowed.contains(name) else {
        throw error(
          key,
          "unknown key `\(key.scalar?.string ?? "?")`; there are "
            + allowed.joined(separator: ", "))
      }
      fields[name] = value
    }
    return fields
  }

  func sequence(
    _ node: Node?, _ name: String, in parent: Node?
  ) throws(KernelMatrixError) -> [Node] {
    guard case .sequence(let sequence)? = node else {
      throw error(node ?? parent, "`\(name)` must be a list")
    }
    return Array(sequence)
  }

  func flag(_ node: Node?, _ name: String) throws(KernelMatrixError) -> Bool {
    guard let node else { return false }
    guard let value = node.bool else { throw error(node, "`\(name)` must be true or false") }
    return value
  }

  /// A word that is safe in a path and in apt's files: lower-case letters, digits, `.+-`.
  func word(_ node: Node?, _ name: String, in parent: Node) throws(KernelMatrixError) -> String {
    guard let node else { throw error(parent, "`\(name)` is missing") }
    guard let text = node.scalar?.string, let first = text.utf8.first else {
      throw error(node, "`\(name)` must be a word")
    }
    func plain(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard plain(first), text.utf8.allSatisfy({ plain($0) || ".+-".utf8.contains($0) }) else {
      throw error(
        node,
        "`\(name)` is \"\(text)\"; only lower-case letters, digits, dots, plus and minus"
          + " signs can stand there")
    }
    return text
  }
}
