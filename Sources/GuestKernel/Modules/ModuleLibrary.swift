// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibkmod
internal import Glibc

/// libkmod's context: the index of the modules that the guest's image holds.
public struct ModuleLibrary: ~Copyable {
  let context: OpaquePointer

  /// Opens the index and keeps it mapped, so that later look-ups read no file.
  public init() throws(SystemError) {
    guard let context = kmod_new(nil, nil) else {
      throw SystemError("open the modules' index", errno: Glibc.errno)
    }
    cguest_silence_libkmod(context)
    let result = kmod_load_resources(context)
    if result < 0 {
      kmod_unref(context)
      throw SystemError("read the modules' index", errno: -result)
    }
    self.context = context
  }

  deinit { _ = kmod_unref(context) }

  /// Whether the image holds a module of this name, as a file.
  public func holds(_ name: String) -> Bool {
    guard let module = lookUp(name).module else { return false }
    defer { _ = kmod_module_unref(module) }
    return kmod_module_get_path(module) != nil
  }

  /// Loads a module of the image by its name, with what it depends on, as `modprobe` does. What is
  /// built into the kernel or loaded already is fine.
  public func load(_ name: String) throws(LoadRefusal) {
    let found = lookUp(name)
    guard let module = found.module else {
      throw LoadRefusal(
        gate: .moduleLoader, errno: found.errno,
        message: "the guest's image has no module \(name)")
    }
    defer { _ = kmod_module_unref(module) }
    try KernelModule.watchingLog("load \(name)") {
      kmod_module_probe_insert_module(module, 0, nil, nil, nil, nil)
    }
  }

  /// Unloads a module that was loaded by its name; what it depends on stays.
  public func remove(_ name: String) throws(SystemError) {
    guard let module = lookUp(name).module else {
      throw SystemError("find module \(name)", errno: ENOENT)
    }
    defer { _ = kmod_module_unref(module) }
    let result = kmod_module_remove_module(module, UInt32(KMOD_REMOVE_NOLOG.rawValue))
    if result < 0 { throw SystemError("remove module \(name)", errno: -result) }
  }

  private func lookUp(_ name: String) -> (module: OpaquePointer?, errno: Int32) {
    var list: OpaquePointer?
    let result = kmod_module_new_from_lookup(context, name, &list)
    guard result >= 0, let list else { return (nil, result < 0 ? -result : ENOENT) }
    defer { kmod_module_unref_list(list) }
    return (kmod_module_get_module(list), 0)
  }
}
