// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel

/// The system calls that a workload may name, and their arguments: none of them changes anything
/// that outlives the call.
package enum HarmlessCalls {
  package static var names: [String] { calls.keys.sorted() }

  private enum Argument {
    case number(Int)
    /// The address of 4096 bytes that the kernel may write.
    case buffer
    /// The path of a file that is there, and of one that is not.
    case file, spare
    /// A descriptor of `/dev/zero`, open for reading and writing.
    case descriptor
    case process
    /// What the call before returned.
    case result
  }

  private struct Call {
    var number: Int32
    var arguments: [Argument] = []
  }

  private struct Recipe {
    /// What the call needs, made again for each.
    var before: Call?
    var call: Call
    /// What undoes the call.
    var after: Call?

    init(_ number: Int32, _ arguments: Argument...) {
      call = Call(number: number, arguments: arguments)
    }

    func after(_ number: Int32, _ arguments: Argument...) -> Recipe {
      var recipe = self
      recipe.before = Call(number: number, arguments: arguments)
      return recipe
    }

    func undone(by number: Int32, _ arguments: Argument...) -> Recipe {
      var recipe = self
      recipe.after = Call(number: number, arguments: arguments)
      return recipe
    }
  }

  /// What ``Argument/buffer`` points to. It is kept: a step that unmapped memory after its calls
  /// would sometimes hang a kernel of 6.14 or later whose preemption count the twin has left too
  /// high, since unmapping starts over for as long as a reschedule is pending, which then can't
  /// happen (Linux: mm/memory.c, zap_pte_range).
  private nonisolated(unsafe) static let buffer = UnsafeMutableRawPointer.allocate(
    byteCount: 4096, alignment: 4096)

  private static let here = Argument.number(Int(AT_FDCWD))
  private static let page = Argument.number(4096)

  private static let calls: [String: Recipe] = identity.merging(others) { first, _ in first }

  private static let identity: [String: Recipe] = [
    "getegid": Recipe(SYS_getegid), "geteuid": Recipe(SYS_geteuid), "getgid": Recipe(SYS_getgid),
    "getpgid": Recipe(SYS_getpgid, .number(0)), "getpid": Recipe(SYS_getpid),
    "getppid": Recipe(SYS_getppid), "getpriority": Recipe(SYS_getpriority, .number(0), .number(0)),
    "getsid": Recipe(SYS_getsid, .number(0)), "gettid": Recipe(SYS_gettid),
    "getuid": Recipe(SYS_getuid), "sched_yield": Recipe(SYS_sched_yield),
  ]

  private static let others: [String: Recipe] = [
    "close": Recipe(SYS_close, .result).after(SYS_dup, .descriptor),
    "dup": Recipe(SYS_dup, .descriptor).undone(by: SYS_close, .result),
    "fcntl": Recipe(SYS_fcntl, .descriptor, .number(Int(F_GETFD))),
    "fstat": Recipe(SYS_fstat, .descriptor, .buffer),
    "getcwd": Recipe(SYS_getcwd, .buffer, page),
    "getrandom": Recipe(SYS_getrandom, .buffer, .number(16), .number(0)),
    "getrusage": Recipe(SYS_getrusage, .number(0), .buffer),
    "kill": Recipe(SYS_kill, .process, .number(0)),
    "lseek": Recipe(SYS_lseek, .descriptor, .number(0), .number(0)),
    "madvise": Recipe(SYS_madvise, .buffer, page, .number(0)),
    "mkdir": Recipe(SYS_mkdir, .spare, .number(0o700)).undone(by: SYS_rmdir, .spare),
    "mmap": Recipe(
      SYS_mmap, .number(0), page, .number(3), .number(Int(MAP_PRIVATE | MAP_ANONYMOUS)),
      .number(-1), .number(0)
    ).undone(by: SYS_munmap, .result, page),
    "mprotect": Recipe(SYS_mprotect, .buffer, page, .number(3)),
    "munmap": Recipe(SYS_munmap, .result, page).after(
      SYS_mmap, .number(0), page, .number(3), .number(Int(MAP_PRIVATE | MAP_ANONYMOUS)),
      .number(-1), .number(0)),
    "nanosleep": Recipe(SYS_clock_nanosleep, .number(1), .number(0), .buffer, .number(0)),
    "newfstatat": Recipe(SYS_newfstatat, here, .file, .buffer, .number(0)),
    "openat": Recipe(SYS_openat, here, .file, .number(Int(O_RDONLY))).undone(
      by: SYS_close, .result),
    // PR_GET_DUMPABLE
    "prctl": Recipe(SYS_prctl, .number(3)),
    "read": Recipe(SYS_read, .descriptor, .buffer, .number(16)),
    "rename": Recipe(SYS_rename, .file, .spare).undone(by: SYS_rename, .spare, .file),
    "rmdir": Recipe(SYS_rmdir, .spare).after(SYS_mkdir, .spare, .number(0o700)),
    "setpriority": Recipe(SYS_setpriority, .number(0), .number(0), .number(0)),
    "socket": Recipe(SYS_socket, .number(Int(AF_INET)), .number(2), .number(0)).undone(
      by: SYS_close, .result),
    "symlink": Recipe(SYS_symlink, .file, .spare).undone(by: SYS_unlink, .spare),
    "uname": Recipe(SYS_uname, .buffer),
    "unlink": Recipe(SYS_unlink, .spare).after(SYS_symlink, .file, .spare),
    "write": Recipe(SYS_write, .descriptor, .buffer, .number(16)),
  ]

  /// Makes a call this many times, whatever the result of each.
  ///
  /// Raw, so that exactly this many calls happen: the C library caches some.
  ///
  /// - Throws: afterwards, if any of them failed.
  static func make(_ name: String, times: Int, callers: Int = 1) throws(SystemError) {
    guard let recipe = calls[name] else {
      throw SystemError(
        "the agent knows no system call \(name), only \(names.joined(separator: ", "))", errno: 0)
    }
    let place = try Place()
    guard callers == 1 else {
      let failures = try place.makeSideBySide(recipe, name, times: times, callers: callers)
      try place.remove()
      if failures == 0 { return }
      throw SystemError("\(failures) of \(times * callers) calls of \(name) failed", errno: 0)
    }
    var failures = 0
    var last: Int = 0
    for _ in 0..<times {
      var result = 0
      if let before = recipe.before { result = place.make(before, result) }
      if result >= 0 { result = place.make(recipe.call, result) }
      if result < 0 {
        failures += 1
        last = result
      } else if let after = recipe.after {
        _ = place.make(after, result)
      }
    }
    try place.remove()
    if failures > 0 {
      throw SystemError("\(failures) of \(times) calls of \(name) failed", errno: Int32(-last))
    }
  }

  /// What the arguments of one step point at.
  private struct Place: ~Copyable {
    private let file: UnsafeMutablePointer<CChar>
    private let spare: UnsafeMutablePointer<CChar>
    private let zero: Descriptor

    init() throws(SystemError) {
      let path = "/tmp/panicroom-\(getpid())-call"
      try put([0x0a], into: path, creating: true)
      let device = try Descriptor(opening: "/dev/zero", O_RDWR)
      zero = device
      // The calls of an earlier step may have left something there, which must not be an argument
      // of this one's.
      memset(HarmlessCalls.buffer, 0, 4096)
      file = strdup(path)
      spare = strdup(path + "-spare")
    }

    deinit {
      free(file)
      free(spare)
    }

    /// - Returns: what the kernel returned: an errno is negative.
    func make(_ call: Call, _ result: Int) -> Int {
      var arguments = (0, 0, 0, 0, 0, 0)
      return withUnsafeMutableBytes(of: &arguments) { bytes in
        let words = bytes.bindMemory(to: Int.self)
        for (index, argument) in call.arguments.enumerated() {
          words[index] = value(of: argument, result)
        }
        return cguest_system_call(Int(call.number), words.baseAddress)
      }
    }

    /// - Returns: how many calls failed.
    func makeSideBySide(
      _ recipe: Recipe, _ name: String, times: Int, callers: Int
    ) throws(SystemError) -> Int {
      guard recipe.before == nil, recipe.after == nil else {
        throw SystemError("\(name) needs other calls around it, and has one caller", errno: 0)
      }
      var words = [0, 0, 0, 0, 0, 0]
      for (index, argument) in recipe.call.arguments.enumerated() {
        words[index] = value(of: argument, 0)
      }
      let result = cguest_call_side_by_side(Int(recipe.call.number), words, times, callers)
      if result < 0 { throw SystemError("start a caller", errno: Int32(-result)) }
      return result
    }

    private func value(of argument: Argument, _ result: Int) -> Int {
      switch argument {
      case .number(let number): number
      case .buffer: Int(bitPattern: HarmlessCalls.buffer)
      case .file: Int(bitPattern: file)
      case .spare: Int(bitPattern: spare)
      case .descriptor: Int(zero.number)
      case .process: Int(getpid())
      case .result: result
      }
    }

    func remove() throws(SystemError) {
      _ = try system("remove \(String(cString: file))") { unlink(file) }
    }
  }
}
