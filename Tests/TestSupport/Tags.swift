// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Testing

/// What a test needs beyond the packages that the build needs. `docs/testing.md` says which lane each
/// of them puts it into.
extension Tag {
  /// Runs the built program, without a guest.
  @Tag public static var program: Self
  /// Starts guests of the default kernel in QEMU, or prepares to: compilers are among it.
  @Tag public static var guest: Self
  /// Fetches something, above all kernels beside the default one.
  @Tag public static var network: Self
  /// Opens a page in Chromium.
  @Tag public static var browser: Self
  /// Calls clang or gcc, without a guest.
  @Tag public static var compiler: Self
  /// Calls another program that a package brings: a shell, a packer, a checker.
  @Tag public static var tool: Self
  /// Takes more than a few seconds of CPU time in a debug build.
  @Tag public static var slow: Self
  /// Takes a quarter of an hour and more, or a kernel's source that has to be there.
  @Tag public static var long: Self

  /// Measures, or holds something that all guests need: no other guest runs meanwhile.
  @Tag public static var alone: Self
}
