import Host
import Kernels

/// A compiler and what tells it from another.
struct Compiler: Sendable {
  var path: String
  /// The first line of what it says of its version.
  var version: String

  /// A clang that can compile programs.
  ///
  /// The Swift toolchain brings a clang of its own, first on many a `PATH`, that need not know the
  /// target: Debian's comes first here, and whichever is taken must list `bpf`.
  static func forPrograms() async throws -> Compiler {
    var found: String?
    for path in ["/usr/bin/clang", Tool("clang").locate()] {
      guard let path, Tool(path).locate() != nil, path != found else { continue }
      found = path
      let targets = try await Tool(path).run(["--print-targets"])
      let names = targets.text.split(separator: "\n").compactMap {
        $0.split(separator: " ").first
      }
      if names.contains("bpf") { return try await Compiler(path: path) }
    }
    guard let found else { throw ToolError.missing(program: "clang", package: "clang") }
    throw ForgeError(
      what: "\(found) has no target bpf",
      remedy: "install Debian's clang with: apt-get install clang")
  }

  /// The gcc that built the kernel, where this machine has it, or the machine's own. (Debian's
  /// headers name theirs in `.kernelvariables`.)
  static func forModules(of kernel: Kernel) async throws -> Compiler {
    let variables = try Files.text("\(kernel.headersDirectory)/.kernelvariables")
    let wanted = kernelCompiler(variables)
    for name in [wanted, "gcc"].compactMap({ $0 }) {
      if let path = Tool(name).locate() { return try await Compiler(path: path) }
    }
    let name = wanted ?? "gcc"
    throw ToolError.missing(program: name, package: ToolError.package(of: name))
  }

  /// `gcc-12` of a line `CC = $(…) $(CROSS_COMPILE)gcc-12`.
  static func kernelCompiler(_ variables: String) -> String? {
    for line in variables.split(separator: "\n") where line.hasPrefix("CC ") {
      guard let range = line.lastIndex(of: ")") else { continue }
      let name = line[line.index(after: range)...]
      if name.hasPrefix("gcc") { return String(name) }
    }
    return nil
  }

  private init(path: String) async throws {
    let output = try await Tool(path).checked(["--version"])
    self.path = path
    version = output.text.split(separator: "\n").first.map(String.init) ?? ""
  }
}
