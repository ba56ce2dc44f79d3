// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Confines compilers of other people's code by bubblewrap: they see the toolchain, the kernel's
/// headers and what the command line names, and have no network.
///
/// Without it `#include "/etc/shadow"` prints lines of a file of this machine, and a Makefile runs
/// any command.
struct CompilerSandbox: Sendable {
  /// Why this machine doesn't confine compilers; nil if it does.
  let obstacle: String?

  private static let program = "bwrap"

  /// Tries whether bubblewrap works here.
  ///
  /// - Throws: `ToolError` if it isn't installed.
  init() async throws {
    try Tool.require([Self.program])
    let trial = try await Tool(Self.program).run(
      Self.arguments(reading: [], writing: [], directory: "/") + ["/usr/bin/true"])
    obstacle =
      trial.status == 0
      ? nil : trial.errorText.split(separator: "\n").first.map(String.init) ?? "bwrap failed"
  }

  /// What comes before a compiler's own command line; empty if compilers are not confined.
  ///
  /// - Parameters:
  ///   - reading: absolute paths that are readable inside, in addition to the toolchain.
  ///   - writing: absolute paths outside, by the paths that they have inside.
  ///   - directory: the one that the compiler runs in. It exists inside even if nothing in it is
  ///     visible.
  func command(
    reading: [String], writing: [(outside: String, inside: String)], directory: String
  ) -> [String] {
    if obstacle != nil { return [] }
    return [Self.program]
      + Self.arguments(reading: reading, writing: writing, directory: directory)
  }

  /// Later mounts lie over earlier ones.
  private static func arguments(
    reading: [String], writing: [(outside: String, inside: String)], directory: String
  ) -> [String] {
    var arguments = [
      "--unshare-all", "--die-with-parent", "--new-session",
      // As root: files of all owners, and nothing else.
      "--cap-drop", "ALL", "--cap-add", "CAP_DAC_READ_SEARCH",
      "--ro-bind", "/usr", "/usr",
    ]
    for folder in ["/bin", "/sbin", "/lib", "/lib32", "/lib64"] where Files.exists(folder) {
      let target = Files.link(folder)
      arguments += target.map { ["--symlink", $0, folder] } ?? ["--ro-bind", folder, folder]
    }
    // Debian's `cc` and `awk` are links to links in there.
    arguments += ["--ro-bind-try", "/etc/alternatives", "/etc/alternatives"]
    arguments += ["--proc", "/proc", "--dev", "/dev", "--size", "\(1 << 30)", "--tmpfs", "/tmp"]
    arguments += ["--dir", directory]
    for path in reading { arguments += ["--ro-bind", path, path] }
    for (outside, inside) in writing { arguments += ["--bind", outside, inside] }
    return arguments + ["--setenv", "TMPDIR", "/tmp", "--chdir", directory, "--"]
  }
}
