// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The memory that the verifier writes its log to. Pages come into being as they are written, so
/// room that isn't used costs nothing.
struct VerifierLogBuffer: ~Copyable {
  /// Tried in turn. The kernel takes up to UINT_MAX >> 2 bytes (kernel/bpf/verifier.c), more than a
  /// guest of 256 MiB has.
  static let sizes = [16 << 20, 128 << 20]

  let buffer: UnsafeMutablePointer<CChar>
  let size: Int

  init(size: Int) throws(SystemError) {
    let memory = mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    guard let memory, memory != MAP_FAILED else {
      throw SystemError("make room for the verifier's log", errno: errno)
    }
    buffer = memory.bindMemory(to: CChar.self, capacity: size)
    self.size = size
  }

  deinit { munmap(buffer, size) }

  /// What was written, up to its final NUL. The buffer gives its pages back as they are copied, and is
  /// empty afterwards: a guest has no room for a large log and its copy.
  consuming func contents() -> [UInt8] {
    let (source, count, piece) = (buffer, strnlen(buffer, size), 1 << 20)
    return Array(unsafeUninitializedCapacity: count) { target, filled in
      while filled < count {
        let length = min(piece, count - filled)
        memcpy(target.baseAddress! + filled, source + filled, length)
        madvise(source + filled, length, MADV_DONTNEED)
        filled += length
      }
    }
  }
}
