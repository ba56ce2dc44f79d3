// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Host

/// A kernel's own build system for modules, and the programs that it runs.
public struct Kbuild: Sendable, Equatable {
  /// The headers that all flavours share: kbuild's source tree (`make -C`).
  public var source: String
  /// The headers of the flavour: kbuild's output tree (`O=`).
  public var output: String
  /// The folder of the compiler and binutils that came with the kernel; nil if this machine's can
  /// build for it.
  public var tools: String?

  public init(source: String, output: String, tools: String?) {
    self.source = source
    self.output = output
    self.tools = tools
  }

  /// The compiler: the one that the kernel was built with, or else this machine's gcc.
  ///
  /// - Throws: `ToolError` if there is none; `HostError` if the headers can't be read.
  public func compiler() throws -> String {
    let wanted = try wantedCompiler()
    if let tools {
      let name = wanted ?? "gcc"
      for path in ["\(tools)/\(name)", "\(tools)/x86_64-linux-gnu-\(name)"]
      where Files.exists(path) { return path }
      throw ToolError.missing(program: "\(tools)/\(name)", package: nil)
    }
    for name in [wanted, "gcc"].compactMap({ $0 }) {
      if let path = Tool(name).locate() { return path }
    }
    let name = wanted ?? "gcc"
    throw ToolError.missing(program: name, package: ToolError.package(of: name))
  }

  /// What Debian's headers name in `.kernelvariables`, others in their configuration.
  func wantedCompiler() throws -> String? {
    let variables = "\(output)/.kernelvariables"
    if Files.exists(variables) { return Self.compilerName(try Files.text(variables)) }
    for path in ["\(output)/.config", "\(output)/include/config/auto.conf"]
    where Files.exists(path) {
      return KernelConfig(try Files.text(path)).compiler
    }
    return nil
  }

  /// `gcc-12` of a line `CC = $(…) $(CROSS_COMPILE)gcc-12`.
  public static func compilerName(_ variables: String) -> String? {
    for line in variables.split(separator: "\n") where line.hasPrefix("CC ") {
      guard let range = line.lastIndex(of: ")") else { continue }
      let name = line[line.index(after: range)...]
      if name.hasPrefix("gcc") { return String(name) }
    }
    return nil
  }

  /// Builds the modules of a folder.
  ///
  /// - Parameters:
  ///   - arguments: options and variables for make.
  ///   - wrapper: a command that make's own command line follows.
  ///   - bounds: what make and each program below it may take.
  /// - Returns: what make said; its status is the caller's to judge.
  public func make(
    _ folder: String, compiler: String, arguments: [String] = [], within wrapper: [String] = [],
    bounds: Tool.Bounds? = nil
  ) async throws -> Tool.Output {
    var environment: [String: String?] = [
      "MAKEFLAGS": nil, "MFLAGS": nil, "MAKELEVEL": nil, "ARCH": nil, "CROSS_COMPILE": nil,
      "KBUILD_OUTPUT": nil, "KBUILD_EXTMOD": nil, "KAFLAGS": nil, "CFLAGS_MODULE": nil,
    ]
    if let tools { environment["PATH"] = "\(tools):\(Tool.searchPath)" }
    let command =
      wrapper + ["make", "-C", source, "O=\(output)", "M=\(folder)", "CC=\(compiler)"] + arguments
      + ["modules"]
    return try await Tool(command[0], bounds: bounds).run(
      Array(command.dropFirst()), environment: environment)
  }

  /// Whether an empty module can be built, in its own folder; nil if it can, otherwise the first
  /// error.
  func obstacle(in folder: String) async throws -> String? {
    guard Tool("make").locate() != nil else {
      throw ToolError.missing(program: "make", package: "make")
    }
    let compiler: String
    do {
      compiler = try self.compiler()
    } catch let error as ToolError {
      return "\(error)"
    }
    let output = try await makeProbe(in: folder, compiler: compiler)
    let made = output.status == 0 && Files.exists("\(folder)/probe.ko")
    try Files.remove(folder)
    if made { return nil }
    // kbuild warns first, of a compiler of another version for one.
    let lines = output.errorText.split(separator: "\n").filter { !$0.contains("arning:") }
    let signs = ["rror", "not found", "No such file"]
    let line = lines.first { line in signs.contains { line.contains($0) } } ?? lines.first
    return line.map(String.init) ?? "no module was made"
  }

  /// Builds an empty module, `probe.ko`, in a folder that is made if it isn't there.
  public func makeProbe(in folder: String, compiler: String) async throws -> Tool.Output {
    try Files.makeFolder(folder)
    try Files.write("obj-m := probe.o\n", to: "\(folder)/Kbuild")
    try Files.write(Self.probe, to: "\(folder)/probe.c")
    return try await make(folder, compiler: compiler)
  }

  private static let probe = """
    #include <linux/module.h>
    MODULE_DESCRIPTION("Can modules be built?");
    MODULE_LICENSE("GPL");

    """
}
