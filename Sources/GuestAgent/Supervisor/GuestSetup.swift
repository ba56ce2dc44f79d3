// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel

/// What PID 1 does before anything else can work.
enum GuestSetup {
  private struct Mount {
    var type: String
    var place: String
    /// A kernel without it still does what trials need.
    var optional = false
  }

  private static let mounts = [
    Mount(type: "devtmpfs", place: "/dev"),
    // A shell's terminal.
    Mount(type: "devpts", place: "/dev/pts", optional: true),
    Mount(type: "proc", place: "/proc"),
    Mount(type: "sysfs", place: "/sys"),
    Mount(type: "tmpfs", place: "/tmp"),
    Mount(type: "tmpfs", place: "/run"),
    Mount(type: "tracefs", place: "/sys/kernel/tracing", optional: true),
    Mount(type: "debugfs", place: "/sys/kernel/debug", optional: true),
    Mount(type: "bpf", place: "/sys/fs/bpf", optional: true),
    Mount(type: "cgroup2", place: cgroupRoot, optional: true),
    Mount(type: "securityfs", place: "/sys/kernel/security", optional: true),
  ]

  static let cgroupRoot = "/sys/fs/cgroup"

  /// The kernel mounts tracefs here by itself as soon as anybody looks (`trace_automount()`,
  /// kernel/trace/trace.c). libbpf looks before it attaches to a tracepoint, so the mount would
  /// count as the twin's.
  private static let automounted = "/sys/kernel/debug/tracing/."

  private static let bootModules = "/etc/panicroom/boot-modules"

  /// Kernels are built without some of these; what a guest then lacks is a detector, not the trial.
  private static let controls = [
    // All levels reach the console.
    ("kernel/printk", "8 4 1 7"),
    ("kernel/printk_devkmsg", "on"),
  ]

  /// Unless the host asked for the kernel's own (`panicroom.thresholds=stock`).
  private static let sharpControls = [
    ("kernel/hung_task_timeout_secs", "1"),
    ("kernel/hung_task_check_interval_secs", "1"),
  ]

  static func prepare() throws {
    for mounted in mounts { try mountOne(mounted) }
    // If it doesn't exist, looking mounts nothing.
    _ = access(automounted, F_OK)
    takeConsole()
    for (name, value) in controls { try setControl(name, value) }
    let line = String(decoding: try contents(of: "/proc/cmdline"), as: UTF8.self)
    if !line.split(separator: " ").contains(where: { $0.hasPrefix("panicroom.thresholds=stock") }) {
      for (name, value) in sharpControls { try setControl(name, value) }
    }
    let result = cguest_raise_loopback()
    if result != 0 { throw SystemError("bring the loopback device up", errno: result) }
  }

  private static func mountOne(_ wanted: Mount) throws(SystemError) {
    mkdir(wanted.place, 0o755)
    do {
      _ = try system("mount \(wanted.type) on \(wanted.place)") {
        mount(wanted.type, wanted.place, wanted.type, 0, nil)
      }
    } catch {
      // EBUSY: the kernel has mounted devtmpfs itself.
      if error.errno == EBUSY || wanted.optional { return }
      throw error
    }
  }

  private static func setControl(_ name: String, _ value: String) throws(SystemError) {
    do {
      // printk_devkmsg insists on the line's end (kernel/printk/printk.c).
      try put(Array("\(value)\n".utf8), into: "/proc/sys/\(name)")
    } catch {
      if error.errno != ENOENT { throw error }
    }
  }

  /// Errors in Swift's own runtime are printed to stderr.
  private static func takeConsole() {
    let console = open("/dev/console", O_RDWR)
    guard console >= 0 else { return }
    for number: Int32 in 0...2 where number != console { dup2(console, number) }
    if console > 2 { close(console) }
  }

  static func loadBootModules() throws {
    let library = try ModuleLibrary()
    for name in try GuestFiles.lines(of: bootModules) { try library.load(name) }
  }

  static let kernelRelease: String = {
    var names = utsname()
    uname(&names)
    return withUnsafeBytes(of: &names.release) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }()

  /// A line for the reader of the console.
  static func say(_ text: String) {
    let line = Array("panicroom: \(text)\n".utf8)
    _ = write(2, line, line.count)
  }
}
