// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost

/// The process's heap.
public enum Heap {
  /// Has all threads share one heap. By default glibc gives threads heaps of their own, up to eight for each
  /// CPU, and what one thread has freed no other uses: a run of ten thousand trials, whose guests each have
  /// some threads, grew from 93 to 150 MiB, and stays at 48 with one heap.
  ///
  /// To be called before there are other threads.
  public static func share() { chost_share_heap() }
}
