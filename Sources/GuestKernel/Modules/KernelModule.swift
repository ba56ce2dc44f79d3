// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibkmod
internal import Glibc

/// A module that was loaded from its own file.
public struct KernelModule: ~Copyable {
  private let module: OpaquePointer
  private let name: String

  /// Loads a module. It stays loaded when this value goes, as after `insmod`.
  ///
  /// - Parameters:
  ///   - options: as on `insmod`'s command line: `armed=1`.
  ///   - unprivileged: whether this process first gives up root, permanently.
  /// - Throws: a refusal with the loader's message from the kernel's log.
  public init(
    inserting object: [UInt8], name: String, options: String,
    through library: borrowing ModuleLibrary, unprivileged: Bool = false
  ) throws(LoadRefusal) {
    let path = "/tmp/\(name).ko"
    do {
      try put(object, into: path, creating: true)
      // libkmod reads the file itself, by then as nobody.
      if unprivileged { _ = try system("open \(path) to all") { chmod(path, 0o644) } }
    } catch {
      throw LoadRefusal(
        gate: .moduleLoader, errno: error.errno, message: "can't write the module: \(error)")
    }
    var module: OpaquePointer?
    let result = kmod_module_new_from_path(library.context, path, &module)
    guard result >= 0, let module else {
      throw LoadRefusal(
        gate: .moduleLoader, errno: -result,
        message: "libkmod can't open the module: \(errorText(-result))")
    }
    do {
      try KernelModule.watchingLog("load \(name)", unprivileged: unprivileged) {
        kmod_module_insert_module(module, 0, options)
      }
    } catch {
      kmod_module_unref(module)
      throw error
    }
    self.module = module
    self.name = name
  }

  deinit { _ = kmod_module_unref(module) }

  /// Takes the module out. Does not wait: a module in use is an error (EAGAIN).
  public func remove() throws(SystemError) {
    let result = kmod_module_remove_module(module, UInt32(KMOD_REMOVE_NOLOG.rawValue))
    guard result < 0 else { return }
    if let reason = try reasonToStay(result) {
      throw SystemError("\(KernelModule.staysByDesign)\(reason)", errno: -result)
    }
    let count = try firstWords(of: "/sys/module/\(name)/refcnt").first ?? "unknown"
    throw SystemError(
      "remove module \(name), whose reference count is \(count)", errno: -result)
  }

  /// What an error begins with if the module was made so that it can't be taken out.
  private static let staysByDesign = "by design: "

  /// Nil if it should have been possible.
  private func reasonToStay(_ result: Int32) throws(SystemError) -> String? {
    let line = try text(of: "/proc/modules").split(separator: "\n").first {
      $0.hasPrefix(name + " ")
    }
    guard let line else {
      return -result == ENOENT
        ? "the module has taken itself off the kernel's list of modules" : nil
    }
    // kernel/module/procfs.c, print_unload_info().
    return line.contains("[permanent]") ? "the module has no exit function" : nil
  }

  /// A parameter's value: a decimal number, or the kernel's `Y` or `N`. Nil if the module has no
  /// such parameter.
  public func parameter(_ parameter: String) throws(SystemError) -> Int64? {
    let path = path(of: parameter)
    let word: String
    do {
      word = try firstWords(of: path).first ?? ""
    } catch {
      if error.errno == ENOENT { return nil }
      throw error
    }
    switch word {
    case "Y": return 1
    case "N": return 0
    default:
      if let number = Int64(word) { return number }
      if let number = UInt64(word) { return Int64(bitPattern: number) }
      throw SystemError("\(path) holds no number but '\(word)'", errno: 0)
    }
  }

  public func setParameter(_ parameter: String, to value: String) throws(SystemError) {
    try put(Array(value.utf8), into: path(of: parameter))
  }

  /// Reads the module's file `/proc/<name>` from beginning to end.
  public func readFile() throws(SystemError) {
    try drain(try Descriptor(opening: "/proc/\(name)", O_RDONLY), "/proc/\(name)")
  }

  private func path(of parameter: String) -> String {
    "/sys/module/\(name)/parameters/\(parameter)"
  }

  /// Calls libkmod; a failure includes what the kernel logged during the call, since the module
  /// loader gives its reasons nowhere else.
  static func watchingLog(
    _ operation: String, unprivileged: Bool = false, _ call: () -> Int32
  ) throws(LoadRefusal) {
    let log: KmsgReader
    do {
      if unprivileged {
        // Only root may read it.
        let opened = try KmsgReader()
        try dropPrivileges()
        log = opened
      } else {
        log = try KmsgReader()
      }
    } catch {
      throw LoadRefusal(
        gate: .moduleLoader, errno: error.errno, message: "before the load: \(error)")
    }
    let result = call()
    guard result < 0 else { return }
    let words = ([errorText(-result)] + log.newLines()).joined(separator: "\n")
    throw LoadRefusal(
      gate: -result == EPERM || -result == EKEYREJECTED ? .policy : .moduleLoader,
      errno: -result, message: "\(operation): \(words)")
  }
}
