// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Subprocess

/// Why a program did not do its work.
public enum ToolError: Error, Sendable, Equatable, CustomStringConvertible {
  /// This machine has no such program; `package` is the Debian package that has it, if known.
  case missing(program: String, package: String?)
  case couldNotStart(program: String, reason: String)
  /// It exited with a status other than 0; `words` is the tail of its stderr.
  case failed(command: String, status: Int, words: String)
  /// It did not end within this many seconds, and was ended.
  case endless(program: String, seconds: Double)
  /// It printed more than ``Tool/outputLimit`` bytes.
  case outputTooLarge(program: String)

  public var description: String {
    switch self {
    case .missing(let program, let package?):
      "\(program) is missing; install it with: apt-get install \(package)"
    case .missing(let program, nil):
      "\(program) is missing; install it or put it on PATH"
    case .couldNotStart(let program, let reason):
      "\(program) could not be started: \(reason)"
    case .failed(let command, let status, let words):
      "`\(command)` ended with status \(status)" + (words.isEmpty ? "" : ":\n\(words)")
    case .endless(let program, let seconds):
      "\(program) did not end within "
        + (seconds < 120 ? "\(Int(seconds)) s" : "\(Int(seconds) / 60) minutes") + " and was ended"
    case .outputTooLarge(let program):
      "\(program) printed more than \(Tool.outputLimit >> 20) MiB"
    }
  }

  init(_ error: SubprocessError, program: String) {
    self =
      error.code == .outputLimitExceeded
      ? .outputTooLarge(program: program)
      : .couldNotStart(program: program, reason: error.description)
  }

  /// The Debian package of each program that the laboratory runs.
  public static func package(of program: String) -> String? {
    let name = String(program.split(separator: "/").last ?? "")
    return switch name {
    case "apt-get", "apt-cache", "apt-config": "apt"
    case "busybox": "busybox-static"
    case "bwrap": "bubblewrap"
    case "dpkg-deb": "dpkg"
    case "pahole": "dwarves"
    case "flock": "util-linux"
    case "flex", "bison", "bc", "tar", "minisign": name
    case "depmod", "modprobe": "kmod"
    case "eu-addr2line": "elfutils"
    case "gzip", "zstd", "lz4", "lzop", "bzip2", "cpio", "make", "clang", "gcc", "bpftool", "zip":
      name
    case "gcc-10", "gcc-12", "gcc-14": name
    case "qemu-system-x86_64": "qemu-system-x86"
    case "sha256sum", "sync", "uname", "nice": "coreutils"
    case "setpriv", "unshare", "prlimit": "util-linux"
    case "strip", "nm", "ld": "binutils"
    case "xz": "xz-utils"
    default: nil
    }
  }

  /// The last lines that a program printed.
  static func tail(_ text: String, lines: Int = 12) -> String {
    text.split(separator: "\n").suffix(lines).joined(separator: "\n")
  }
}
