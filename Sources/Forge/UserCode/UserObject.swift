// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a compiler made of a user's source.
public struct UserObject: Sendable, Equatable {
  public var result: Result
  /// The files that it was made of, as far as they belong to the user: the source and headers.
  public var inputs: [String]
  /// What the compiler and the object call an input, with the name that the user knows it by.
  public var names: [String: String]
  /// The compiler's version text, and for a program its `-mcpu`.
  public var compiler: String
  /// What was done that the command line doesn't say, for the user.
  public var notes: [String] = []

  /// Modules of a folder that the compiler refused while it took others: each with its errors.
  public var failures: [String: [CompilerMessage]] = [:]

  public enum Result: Sendable, Equatable {
    /// One object, or the modules of a folder in the order in which they have to be loaded.
    case made([ForgedTwin.Object])
    /// The compiler's errors; never empty.
    case refused([CompilerMessage])
  }
}
