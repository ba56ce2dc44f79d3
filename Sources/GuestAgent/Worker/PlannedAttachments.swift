// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import GuestKernel
internal import Wire

extension ProgramObject {
  /// Attaches all programs: those that the plan names as it says, the others by their section.
  mutating func attach(_ attachments: [Attachment]) throws {
    var named: Set<String> = []
    // An iterator without a map is its section's business.
    for attachment in attachments where attachment.to != .iterator || attachment.map != nil {
      let name = attachment.program
      named.insert(name)
      switch attachment.to {
      case .tcIngress, .tcEgress:
        try attachTrafficControl(
          name, device: attachment.device ?? "lo", ingress: attachment.to == .tcIngress)
      case .xdp: try attachXDP(name, device: attachment.device ?? "lo")
      case .cgroup: try attachCgroup(name, path: GuestSetup.cgroupRoot)
      case .socketFilter: try attachSocketFilter(name)
      case .perfEvent: try attachPerfEvent(name)
      case .iterator: if let map = attachment.map { try attachIterator(name, map: map) }
      case .networkNamespace: try attachNetworkNamespace(name)
      case .testRun: testRuns.append(name)
      }
    }
    try attachBySection(except: named)
  }
}
