// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

/// An eBPF object: its programs, maps and links, given back when this value goes.
public struct ProgramObject: ~Copyable {
  let object: OpaquePointer
  /// libbpf reads the object's sections out of this memory until they are loaded.
  private let bytes: UnsafeMutableRawBufferPointer
  var links: [AttachedLink] = []
  /// The links among these that are iterators.
  var iterators: [OpaquePointer] = []
  /// The descriptor of the program that is to filter sockets.
  public internal(set) var socketFilter: Int32?
  /// The programs that are not attached, but run by ``testRun(_:)``.
  public var testRuns: [String] = []
  /// What sets programs off, by name, as far as this value has attached them.
  public var attached: [String: String] = [:]
  /// Why a program could not be run, by name.
  var notes: [String: String] = [:]
  /// Whether what libbpf pinned goes with this value, as an application's own `unlink` would.
  public var removesPins = false
  /// What TCP connections used before they used the object's; they hold on to it as long as they do.
  var formerCongestionControl: String?
  /// Open while the kernel counts how often programs run.
  var statistics: Descriptor?

  /// Opens and parses an object; the kernel is not asked for anything yet.
  ///
  /// - Throws: a refusal by libbpf.
  public init(opening object: [UInt8], name: String) throws(LoadRefusal) {
    cguest_forget_libbpf_messages()
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: object.count, alignment: 8)
    bytes.copyBytes(from: object)
    var options = bpf_object_open_opts()
    options.sz = optionsSize(through: \bpf_object_open_opts.kernel_log_level)
    let opened = name.withCString { name in
      options.object_name = name
      return bpf_object__open_mem(bytes.baseAddress, bytes.count, &options)
    }
    guard let opened else {
      let number = Glibc.errno
      bytes.deallocate()
      throw LoadRefusal(gate: .libbpf, errno: number, message: libbpfMessage(number))
    }
    self.object = opened
    self.bytes = bytes
  }

  deinit {
    if let former = formerCongestionControl {
      // If the kernel doesn't take it back, the map that stays is counted.
      try? CongestionControl.choose(former)
    }
    // Links first, since they hold their programs.
    for link in links.reversed() { link.destroy() }
    if removesPins { bpf_object__unpin_maps(object, nil) }
    bpf_object__close(object)
    bytes.deallocate()
  }

  /// Opens, arms and loads an object.
  ///
  /// `prepare` may change what is loaded; it is called again if the load is repeated.
  ///
  /// If the verifier's log overflows, kernels before 6.4 refuse with ENOSPC whatever the answer
  /// would have been (kernel/bpf/verifier.c, `bpf_check`), so the load is repeated with more room, and
  /// at last without the instructions that the verifier follows: its reason needs little.
  public static func loading(
    _ bytes: [UInt8], name: String, armed: Bool,
    variables: [(name: String, value: String)] = [],
    prepare: (borrowing ProgramObject) throws(LoadRefusal) -> Void = { _ in }
  ) throws(LoadRefusal) -> ProgramObject {
    func load(_ size: Int, isBrief: Bool = false) throws(LoadRefusal) -> ProgramObject {
      let object = try ProgramObject(opening: bytes, name: name)
      object.arm(armed)
      for variable in variables { try object.set(variable.name, to: variable.value) }
      try prepare(object)
      try object.load(logSize: size, isBrief: isBrief)
      return object
    }
    for size in VerifierLogBuffer.sizes {
      do {
        return try load(size)
      } catch  where error.errno == ENOSPC && !error.verifierLog.isEmpty {
        continue
      }
    }
    return try load(VerifierLogBuffer.sizes[0], isBrief: true)
  }

  /// Sets the object's `armed` in `.rodata`; to be called before ``load(logSize:isBrief:)``.
  ///
  /// - Returns: false if the object has no such variable: it was built for one variant only.
  @discardableResult
  public func arm(_ armed: Bool) -> Bool {
    guard let place = place(of: "armed", in: [".rodata"]) else { return false }
    var size = 0
    guard let values = bpf_map__initial_value(place.map, &size),
      place.offset + place.size <= size
    else { return false }
    let target = UnsafeMutableRawPointer(mutating: values) + place.offset
    memset(target, 0, place.size)
    target.storeBytes(of: armed ? 1 : 0, as: UInt8.self)
    return true
  }

  /// Loads maps and programs into the kernel.
  ///
  /// libbpf first loads without a log and asks for one only if that is refused (libbpf.c,
  /// `bpf_object_load_prog`, "if log_level is zero").
  ///
  /// - Parameter isBrief: whether the log is to have the verifier's reason and statistics only.
  func load(logSize: Int, isBrief: Bool = false) throws(LoadRefusal) {
    cguest_forget_libbpf_messages()
    let log: VerifierLogBuffer
    do {
      log = try VerifierLogBuffer(size: logSize)
    } catch {
      throw LoadRefusal(gate: .libbpf, errno: error.errno, message: "\(error)")
    }
    for program in programs() {
      bpf_program__set_log_buf(program, log.buffer, log.size)
      // include/linux/bpf_verifier.h, BPF_LOG_STATS; `verbose()` prints at any level but 0.
      if isBrief { bpf_program__set_log_level(program, 4) }
    }
    let result = bpf_object__load(object)
    // libbpf keeps the pointer, and would write there again.
    for program in programs() { bpf_program__set_log_buf(program, nil, 0) }
    guard result < 0 else { return }
    let words = log.contents()
    let gate: LoadRefusal.Gate =
      if !words.isEmpty { .verifier } else if result == -EPERM { .policy } else { .libbpf }
    throw LoadRefusal(
      gate: gate, errno: -result, message: libbpfMessage(-result), verifierLog: words)
  }

  func programs() -> [OpaquePointer] {
    Array(
      sequence(state: OpaquePointer?.none) { [object] last in
        last = bpf_object__next_program(object, last)
        return last
      })
  }

  func program(_ name: String) throws(LoadRefusal) -> OpaquePointer {
    guard let program = bpf_object__find_program_by_name(object, name) else {
      throw LoadRefusal(
        gate: .attach, errno: ENOENT, message: "the object has no program \(name)")
    }
    return program
  }
}

/// The size of one of libbpf's option structures, up to its last field. libbpf refuses any later
/// byte that isn't zero (`libbpf_validate_opts`), and Swift doesn't clear padding.
func optionsSize<Options, Field>(through last: KeyPath<Options, Field>) -> Int {
  MemoryLayout<Options>.offset(of: last)! + MemoryLayout<Field>.size
}

/// libbpf's message, or the C library's if libbpf printed nothing.
func libbpfMessage(_ errno: Int32) -> String {
  let said = String(cString: cguest_libbpf_messages())
  let lines = said.split(separator: "\n")
  return lines.isEmpty ? errorText(errno) : lines.joined(separator: "\n")
}

/// Keeps libbpf's messages for refusals, and off the console.
public func captureLibbpfMessages() {
  cguest_capture_libbpf_messages()
}

/// Parses the kernel's BTF ahead of the load that needs it.
public func parseKernelTypes() throws(SystemError) {
  let result = cguest_parse_kernel_btf()
  if result < 0 { throw SystemError("parse the kernel's BTF", errno: -result) }
}
