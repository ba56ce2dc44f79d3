// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How much there may be of anything that comes over the wire. Anything larger is malformed, and
/// the trial is the laboratory's failure: a guest may be damaged or hostile, and nothing that it
/// sends may cost the host more than this.
///
/// | what | at most | where it is checked |
/// | --- | --- | --- |
/// | a frame's payload | 1 MiB (``WireFrame/largestPayload``) | ``FrameDecoder`` |
/// | levels of JSON | 16 | the parser |
/// | a name: a module's, a cache's, a program's, a check's | ``name`` bytes | each message's decoding |
/// | a path | ``path`` bytes | each message's decoding |
/// | free text | ``words`` bytes | each message's decoding |
/// | names, figures or caches in one state | ``listed`` | each message's decoding |
/// | the kernel's note VMCOREINFO | ``note`` bytes | each message's decoding |
/// | CPUs | ``processors`` | each message's decoding |
/// | programs, maps and links of a kernel | ``identifiers`` | each message's decoding |
/// | an errno | ``errno`` | each message's decoding |
/// | a function's machine code | ``machineCode`` bytes | each message's decoding |
/// | the lines of one function | a frame's worth, in order, in files that it names | its decoding |
/// | messages of one trial | ``messages``, and ``messagesPerSecond`` | ``AgentIntake`` |
/// | bytes of messages of one trial | ``messageBytes`` | ``AgentIntake`` |
/// | bytes of verifier's log of one trial | ``verifierLog`` | ``AgentIntake`` |
/// | outputs of tools of one trial | ``toolOutputs``, each name once, only those requested |
/// ``AgentIntake`` |
/// | bytes of these outputs | ``toolBytes`` | ``AgentIntake`` |
/// | the shell's output that has not been acknowledged | ``ShellPlan/window`` bytes |
/// ``AgentIntake`` |
/// | what the host has not processed yet | ``unread`` bytes; the guest then waits | the host's end
/// |
public enum Bounds {
  /// In bytes of UTF-8.
  static let name = 512
  static let path = 4096
  /// libbpf's messages, which the agent keeps, are at most 16 KiB.
  static let words = 64 << 10

  /// The kernel's note about its own layout is at most a page or two.
  static let note = 64 << 10

  static let listed = 4096
  static let processors = 256
  static let identifiers = 0...Int(UInt32.max)
  /// The kernel's are below 4096 (include/linux/err.h, `MAX_ERRNO`), and so are libbpf's.
  static let errno: ClosedRange<Int32> = 0...4095
  static let status: ClosedRange<Int32> = 0...255
  static let signal: ClosedRange<Int32> = 1...127
  /// A million instructions become less than 64 MiB.
  static let machineCode = 0...(64 << 20)

  /// A busy trial has some hundreds; heartbeats come five times a second.
  static let messages = 4096
  static let messagesPerSecond = 50.0
  /// The lines of a large object's programs are some megabytes.
  static let messageBytes = 16 << 20
  /// As much as the kernel gives the agent room for.
  static let verifierLog = 128 << 20
  static let toolOutputs = 1024
  static let toolBytes = 64 << 20
  /// Between the thread that reads a guest's messages and the code that acts on them.
  public static let unread = 2 << 20
}
