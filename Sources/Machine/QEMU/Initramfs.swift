// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A reproducible initial file system: the same content gives the same bytes.
///
/// The format is cpio's "newc" (Linux: Documentation/driver-api/early-userspace/
/// buffer-format.rst), uncompressed: unpacking costs a translated guest more than reading.
public struct Initramfs: Sendable {
  private enum Node: Sendable {
    case directory
    case file([UInt8], executable: Bool)
  }

  private var nodes: [String: Node] = [:]

  public init() {}

  /// Paths have no leading slash; the folders above are made as needed.
  public mutating func addFile(_ path: String, _ content: [UInt8], executable: Bool = false) {
    addParents(of: path)
    nodes[path] = .file(content, executable: executable)
  }

  public mutating func addDirectory(_ path: String) {
    addParents(of: path)
    nodes[path] = .directory
  }

  private mutating func addParents(of path: String) {
    var parts = path.split(separator: "/")
    while parts.count > 1 {
      parts.removeLast()
      let parent = parts.joined(separator: "/")
      if nodes[parent] == nil { nodes[parent] = .directory }
    }
  }

  /// The archive. Parents come before their children, inode numbers in order, times are 0.
  public func archive() -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, path) in nodes.keys.sorted().enumerated() {
      switch nodes[path]! {
      case .directory: bytes.append(path, mode: 0o040755, inode: index + 1, content: [])
      case .file(let content, let executable):
        bytes.append(
          path, mode: executable ? 0o100755 : 0o100644, inode: index + 1, content: content)
      }
    }
    bytes.append("TRAILER!!!", mode: 0, inode: 0, content: [])
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ name: String, mode: Int, inode: Int, content: [UInt8]) {
    // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor,
    // namesize, check: eight hexadecimal digits each.
    let fields = [inode, mode, 0, 0, 1, 0, content.count, 0, 0, 0, 0, name.utf8.count + 1, 0]
    append(contentsOf: "070701".utf8)
    for field in fields {
      let digits = String(field, radix: 16)
      append(contentsOf: (String(repeating: "0", count: 8 - digits.count) + digits).utf8)
    }
    append(contentsOf: name.utf8)
    append(0)
    pad()
    append(contentsOf: content)
    pad()
  }

  private mutating func pad() {
    while count % 4 != 0 { append(0) }
  }
}
