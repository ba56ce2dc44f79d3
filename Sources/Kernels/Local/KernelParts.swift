// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A kernel that is in no matrix, as files of this machine.
public struct KernelParts: Sendable, Equatable {
  /// What the command line is to call it; also its folder in the cache.
  public var name: String
  /// A bzImage or a vmlinux. Copied.
  public var image: String
  /// What its modules are built with: a build tree, or a distribution's headers. Used in place,
  /// since it is big: if it is removed or changes, modules are no longer built.
  public var headers: String?
  /// `…/lib/modules/<release>`, or a folder that holds it. What guests need of it is copied.
  public var modules: String?
  /// Its `.config`. Copied; by default found next to the others or in the image.
  public var config: String?
  /// Its `System.map`. Also copied.
  public var systemMap: String?
  /// The folder of the compiler and binutils that build its modules (`Kernel.tools`); nil for this
  /// machine's.
  public var tools: String?
  /// Kernel parameters that its guests get in addition to their profile's.
  public var parameters: [String] = []
  /// The command that adds it to the cache again, for the message if it is damaged.
  public var addedBy: String

  public init(name: String, image: String, addedBy: String) {
    self.name = name
    self.image = image
    self.addedBy = addedBy
  }

  /// Throws if the name can't be a kernel's: it ends up in paths, and on command lines.
  func checkName() throws(KernelError) {
    func plain(_ byte: UInt8) -> Bool {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    guard let first = name.utf8.first, plain(first), name.utf8.count <= 40,
      name.utf8.allSatisfy({ plain($0) || ".+-".utf8.contains($0) })
    else {
      throw KernelError(
        what: "\"\(name)\" can't be a kernel's name",
        remedy: "use up to 40 lower-case letters, digits, dots, plus and minus signs")
    }
    if name == "all" {
      throw KernelError(
        what: "\"all\" means all kernels of vm/kernels.yaml", remedy: "choose another name")
    }
  }
}
