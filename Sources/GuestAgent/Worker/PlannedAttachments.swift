// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import GuestKernel
internal import Wire

extension ProgramObject {
  /// Attaches all programs: those that the plan names as it says, the others by their section.
  mutating func attach(_ attachments: [Attachment], hooks: [HookChoice] = []) throws {
    var named = Set(hooks.map(\.program))
    try attach(hooks)
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
      attached[name] = attachment.words
    }
    try attachBySection(except: named)
  }
}

extension Attachment {
  /// What sets the program off, in words.
  fileprivate var words: String {
    switch to {
    case .tcIngress, .tcEgress, .xdp: "\(to.rawValue) on \(device ?? "lo")"
    case .cgroup: "the root cgroup"
    case .socketFilter: "the workload's sockets"
    case .perfEvent: "the CPU's clock"
    case .iterator: "an iterator over \(map ?? "its section's objects")"
    case .networkNamespace: "the network namespace"
    case .testRun: ProgramObject.testRunWord
    }
  }
}
