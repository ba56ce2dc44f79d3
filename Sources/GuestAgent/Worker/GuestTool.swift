// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel

/// The programs of the guest's image other than the agent.
enum GuestTool {
  struct Output {
    /// The exit status; 128 + n if signal n ended it.
    var status: Int32
    /// stdout and stderr.
    var bytes: [UInt8]
  }

  private static let path = "/sbin/bpftool"

  /// Runs bpftool to its end. It waits: nothing but the worker may do so.
  static func bpftool(_ arguments: [String]) throws(SystemError) -> Output {
    guard access(path, X_OK) == 0 else {
      throw SystemError("find \(path) in the guest's image", errno: errno)
    }
    var ends: [Int32] = [0, 0]
    _ = try system("make a pipe") { pipe(&ends) }
    let reading = Descriptor(owning: ends[0])
    // The tool must not hold this end. (Its own is duplicated, and the duplicates stay.)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let process = try start(arguments, writing: Descriptor(owning: ends[1]))
    let bytes = try readAll(reading.number, "bpftool")
    var status: Int32 = 0
    _ = try system("wait for bpftool") { waitpid(process, &status, 0) }
    let signal = status & 0x7f
    return Output(status: signal == 0 ? status >> 8 & 0xff : 128 + signal, bytes: bytes)
  }

  private static func readAll(
    _ descriptor: Int32, _ name: String
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = try system("read from \(name)") { read(descriptor, &piece, piece.count) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: piece[..<count])
    }
  }

  private static func start(
    _ arguments: [String], writing end: consuming Descriptor
  ) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, end.number, 1)
    posix_spawn_file_actions_adddup2(&actions, end.number, 2)
    let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    let environment: [UnsafeMutablePointer<CChar>?] = [strdup("PATH=/sbin:/bin"), nil]
    defer { for pointer in words + environment { free(pointer) } }
    var process: pid_t = 0
    let result = posix_spawn(&process, path, &actions, nil, words, environment)
    if result != 0 { throw SystemError("start bpftool", errno: result) }
    return process
  }
}
