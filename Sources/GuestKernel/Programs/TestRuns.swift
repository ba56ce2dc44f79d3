// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

extension ProgramObject {
  /// Runs a program once through BPF_PROG_TEST_RUN, with a packet if its type needs one.
  ///
  /// - Returns: what the program returned.
  @discardableResult
  public func testRun(_ program: String) throws(SystemError) -> UInt32 {
    guard let found = bpf_object__find_program_by_name(object, program) else {
      throw SystemError("find program \(program)", errno: ENOENT)
    }
    var options = bpf_test_run_opts()
    options.sz = optionsSize(through: \bpf_test_run_opts.batch_size)
    let type = bpf_program__type(found)
    let packet = TestPacket.bytes
    var context = [UInt8](repeating: 0, count: TestContext.size(for: type))
    let result = packet.withUnsafeBytes { packet in
      context.withUnsafeMutableBytes { context in
        if TestPacket.isWanted(by: type) {
          options.data_in = packet.baseAddress
          options.data_size_in = UInt32(packet.count)
        }
        if !context.isEmpty {
          options.ctx_in = UnsafeRawPointer(context.baseAddress)
          options.ctx_size_in = UInt32(context.count)
        }
        return bpf_prog_test_run_opts(bpf_program__fd(found), &options)
      }
    }
    if result < 0 { throw SystemError("test-run program \(program)", errno: -result) }
    return options.retval
  }

  /// Runs each loaded program once that nothing sets off, if the kernel can test-run its type.
  public mutating func runIdlePrograms() {
    let called = tailCalled()
    for program in programs() {
      let name = name(of: program)
      var info = bpf_prog_info()
      // Alone it would find what its caller has not prepared.
      if JITedCode.ask(bpf_program__fd(program), &info), called.contains(info.id) { continue }
      guard bpf_program__fd(program) >= 0, attached[name] == nil, !testRuns.contains(name),
        TestContext.isKnown(to: bpf_program__type(program))
      else { continue }
      do throws(SystemError) {
        try testRun(name)
        attached[name] = ProgramObject.testRunWord
      } catch {
        // A type can be known, and this way to attach it not: XDP programs of a devmap, say.
        notes[name] = "the kernel's test run refused it: \(errorText(error.errno))"
      }
    }
  }

  /// What sets a program off that is only test-run.
  public static let testRunWord = "test run"
}

/// What a program gets from BPF_PROG_TEST_RUN instead of a packet.
private enum TestContext {
  /// Zeros: a system-call program may read as many as it likes, a raw tracepoint has at most twelve
  /// arguments (kernel/bpf/syscall.c; net/bpf/test_run.c, `bpf_prog_test_run_raw_tp`).
  static func size(for type: bpf_prog_type) -> Int {
    switch type {
    case BPF_PROG_TYPE_SYSCALL: 256
    case BPF_PROG_TYPE_RAW_TRACEPOINT, BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE: 12 * 8
    default: 0
    }
  }

  /// Whether the kernel can run a program of this type by itself.
  static func isKnown(to type: bpf_prog_type) -> Bool {
    size(for: type) > 0 || TestPacket.isWanted(by: type) && type != BPF_PROG_TYPE_SK_SKB
  }
}

/// A UDP datagram from 127.0.0.1 to itself, ports 9, checksums right, 18 bytes of zeros in it: the
/// least that Ethernet carries.
private enum TestPacket {
  static let bytes: [UInt8] =
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00]
    + [0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0x7c, 0xbd, 127, 0, 0, 1, 127, 0, 0, 1]
    + [0, 9, 0, 9, 0, 26, 0x01, 0xa6]
    + Array(repeating: 0, count: 18)

  /// BPF_PROG_TYPE_NETFILTER, which came with 6.4.
  private static let netfilter = bpf_prog_type(32)

  static func isWanted(by type: bpf_prog_type) -> Bool {
    [
      BPF_PROG_TYPE_SCHED_CLS, BPF_PROG_TYPE_SCHED_ACT, BPF_PROG_TYPE_XDP,
      BPF_PROG_TYPE_SOCKET_FILTER, BPF_PROG_TYPE_CGROUP_SKB, BPF_PROG_TYPE_SK_SKB,
      BPF_PROG_TYPE_LWT_IN, BPF_PROG_TYPE_LWT_OUT, BPF_PROG_TYPE_LWT_XMIT,
      BPF_PROG_TYPE_FLOW_DISSECTOR, BPF_PROG_TYPE_LWT_SEG6LOCAL, netfilter,
    ].contains(type)
  }
}
