// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How code gets into the kernel: as a loadable module, or as an eBPF program.
public enum Mechanism: String, Codable, Sendable, CaseIterable, Comparable {
  case bpf
  case lkm

  public static func < (left: Mechanism, right: Mechanism) -> Bool {
    left.rawValue < right.rawValue
  }
}
