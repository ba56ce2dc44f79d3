// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import Glibc
import Subprocess
import SystemPackage

/// A program of this machine.
///
/// It is looked up on `PATH` and in the folders for administration, which an ordinary user's `PATH`
/// on Debian lacks, though `depmod` and `bpftool` are there. It runs in its own session with
/// `LC_ALL=C`, so that its output can be parsed.
public struct Tool: Sendable {
  /// The program's name, or its absolute path.
  public let name: String
  /// Limits on a run; nil where the laboratory's own tools need none.
  public var bounds: Bounds?

  public init(_ name: String, bounds: Bounds? = nil) {
    self.name = name
    self.bounds = bounds
  }

  /// The limits of a program that works on untrusted input.
  public struct Bounds: Sendable, Equatable {
    /// Wall time; the program and its children are ended then.
    public var seconds: Double
    /// Of address space, for it and each of its children (prlimit(1), RLIMIT_AS).
    public var memoryMiB: Int
    /// The longest file that it may write (RLIMIT_FSIZE).
    public var fileMiB: Int

    public init(seconds: Double, memoryMiB: Int, fileMiB: Int) {
      self.seconds = seconds
      self.memoryMiB = memoryMiB
      self.fileMiB = fileMiB
    }

    /// Of a program that unpacks a file: one that is made for it becomes thousands of times as long.
    /// A kernel with all its debug information has less than 2 GiB.
    public static let unpacking = Bounds(seconds: 600, memoryMiB: 4096, fileMiB: 2048)

    /// How it is started: its name and arguments follow.
    var command: [String] {
      ["prlimit", "--as=\(memoryMiB << 20)", "--fsize=\(fileMiB << 20)", "--core=0", "--"]
    }
  }

  public struct Output: Sendable {
    /// The exit status; 128 + n for a program that signal n ended.
    public var status: Int
    public var standardOutput: [UInt8]
    public var standardError: [UInt8]

    public var text: String { String(decoding: standardOutput, as: UTF8.self) }
    public var errorText: String { String(decoding: standardError, as: UTF8.self) }
  }

  /// More than this on stdout or stderr is an error, in bytes.
  public static let outputLimit = 16 << 20

  /// The program's path; nil if this machine has no such program.
  public func locate() -> String? {
    if name.hasPrefix("/") { return Self.isProgram(name) ? name : nil }
    let folders = Self.searchPath.split(separator: ":").map(String.init)
    for folder in folders + ["/usr/local/sbin", "/usr/sbin", "/sbin"] {
      let candidate = "\(folder)/\(name)"
      if Self.isProgram(candidate) { return candidate }
    }
    return nil
  }

  /// `PATH`, or the default if it is unset.
  public static var searchPath: String {
    getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
  }

  private static func isProgram(_ path: String) -> Bool {
    access(path, X_OK) == 0 && !Files.isFolder(path)
  }

  /// Checks that the programs are all there.
  ///
  /// - Throws: ``ToolError/missing(program:package:)`` for the first that isn't.
  public static func require(_ names: [String]) throws(ToolError) {
    for name in names where Tool(name).locate() == nil {
      throw .missing(program: name, package: ToolError.package(of: name))
    }
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - environment: what differs from this process's environment; nil removes a variable.
  ///   - input: the bytes of its stdin.
  ///   - outputFile: takes stdout instead of ``Output/standardOutput``.
  ///   - patience: a program that runs longer than this, in seconds, is ended.
  /// - Throws: ``ToolError``, ``HostError`` for the output file, or `CancellationError` if the task
  ///   was cancelled: the program and its children are gone by then.
  public func run(
    _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
    input: [UInt8] = [], outputFile: String? = nil, patience: Double = Tool.patience
  ) async throws -> Output {
    guard var path = locate() else {
      throw ToolError.missing(program: name, package: ToolError.package(of: name))
    }
    var arguments = arguments
    if let bounds {
      try Tool.require(["prlimit"])
      arguments = bounds.command.dropFirst() + [path] + arguments
      path = Tool(bounds.command[0]).locate() ?? path
    }
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [
      .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .milliseconds(500))
    ]
    var overrides: [Environment.Key: String?] = ["LC_ALL": "C"]
    for (key, value) in environment { overrides[Environment.Key(stringLiteral: key)] = value }
    let configuration = Configuration(
      executable: .path(FilePath(path)), arguments: Arguments(arguments),
      environment: .inherit.updating(overrides), workingDirectory: directory.map { FilePath($0) },
      platformOptions: options)
    let output: Output
    do {
      output = try await Self.bounded(name, seconds: bounds?.seconds ?? patience) {
        try await Self.collect(configuration, input: input, outputFile: outputFile)
      }
    } catch {
      if Task.isCancelled { throw CancellationError() }
      if let error = error as? Errno, let outputFile {
        throw HostError(errno: error.rawValue, doing: "create", path: outputFile)
      }
      // A ToolError is the deadline's.
      guard let failure = error as? SubprocessError else { throw error }
      throw ToolError(failure, program: name)
    }
    try Task.checkCancellation()
    return output
  }

  /// Like ``run(_:environment:directory:input:outputFile:)``, but an exit status other than 0 is
  /// thrown as ``ToolError/failed(command:status:words:)``.
  @discardableResult
  public func checked(
    _ arguments: [String] = [], environment: [String: String?] = [:], directory: String? = nil,
    input: [UInt8] = [], outputFile: String? = nil
  ) async throws -> Output {
    let output = try await run(
      arguments, environment: environment, directory: directory, input: input,
      outputFile: outputFile)
    guard output.status == 0 else {
      throw ToolError.failed(
        command: ([name] + arguments).joined(separator: " "), status: output.status,
        words: ToolError.tail(output.errorText))
    }
    return output
  }

  /// What runs longer hangs, in seconds: the longest, fetching a kernel's packages over a slow
  /// line and building all modules, take minutes.
  public static let patience = 1800.0

  private static func bounded(
    _ name: String, seconds: Double, _ body: @escaping @Sendable () async throws -> Output
  ) async throws -> Output {
    try await withThrowingTaskGroup(of: Output.self) { group in
      group.addTask(operation: body)
      group.addTask {
        try await Task.sleep(for: .seconds(seconds))
        throw ToolError.endless(program: name, seconds: seconds)
      }
      defer { group.cancelAll() }
      guard let output = try await group.next() else { throw CancellationError() }
      return output
    }
  }

  private static func collect(
    _ configuration: Configuration, input: [UInt8], outputFile: String?
  ) async throws -> Output {
    let limit = outputLimit
    let input = FileDescriptor(rawValue: try inputFile(input))
    if let outputFile {
      let file: FileDescriptor
      do {
        file = try FileDescriptor.open(
          outputFile, .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
      } catch {
        try input.close()
        throw error
      }
      let result = try await Subprocess.run(
        configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
        output: .fileDescriptor(file, closeAfterSpawningProcess: true), error: .bytes(limit: limit))
      return Output(
        status: status(result.terminationStatus), standardOutput: [],
        standardError: result.standardError)
    }
    let result = try await Subprocess.run(
      configuration, input: .fileDescriptor(input, closeAfterSpawningProcess: true),
      output: .bytes(limit: limit), error: .bytes(limit: limit))
    return Output(
      status: status(result.terminationStatus), standardOutput: result.standardOutput,
      standardError: result.standardError)
  }

  /// A file in memory that holds the bytes, to be read from the beginning.
  ///
  /// Not a pipe: swift-subprocess 1.0.2 traps in the writer of its pipe when a program ends before it
  /// has read its input, as a decompressor does on a damaged file.
  private static func inputFile(_ bytes: [UInt8]) throws(HostError) -> Int32 {
    let file = try call("make a file in memory", "memfd") {
      chost_memory_file("input")
    }
    do {
      var written = 0
      while written < bytes.count {
        written += try call("write", "memfd") {
          bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, $0.count - written) }
        }
      }
      _ = try call("rewind", "memfd") { lseek(file, 0, SEEK_SET) }
    } catch {
      close(file)
      throw error
    }
    return file
  }

  private static func status(_ termination: TerminationStatus) -> Int {
    switch termination {
    case .exited(let code): Int(code)
    case .signaled(let signal): 128 + Int(signal)
    }
  }
}
