// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import GuestKernel
internal import Wire

/// Does in an application's place what it does before and after a load.
extension ProgramObject {
  /// Between opening and loading.
  func prepare(
    _ choices: LoadChoices, _ attachments: [Attachment]
  ) throws(LoadRefusal) {
    if !choices.only.isEmpty { try chooseOnly(choices.only) }
    try leaveOut(choices.without)
    for map in choices.maps {
      try resize(
        map: map.map, entries: map.entries, keySize: map.keySize, valueSize: map.valueSize,
        type: map.type)
    }
    for attachment in attachments {
      if let kind = attachment.to.kind { try assume(attachment.program, kind) }
    }
    for hook in choices.hooks {
      switch hook.kind {
      case .fentry: try setTarget(of: hook.program, to: hook.place, .fentry)
      case .fexit: try setTarget(of: hook.program, to: hook.place, .fexit)
      case .lsm: try setTarget(of: hook.program, to: hook.place, .lsm)
      case .kprobe, .kretprobe, .uprobe, .uretprobe: try assume(hook.program, .kprobe)
      case .tracepoint: try assume(hook.program, .tracepoint)
      case .rawTracepoint: try assume(hook.program, .rawTracepoint)
      }
    }
  }

  /// Between loading and attaching.
  func fill(_ maps: [MapChoice]) throws(LoadRefusal) {
    for map in maps {
      for slot in map.programs { try put(slot.program, into: map.map, at: slot.index) }
    }
  }

  mutating func attach(_ hooks: [HookChoice]) throws(LoadRefusal) {
    for hook in hooks {
      let (program, place) = (hook.program, hook.place)
      switch hook.kind {
      case .kprobe: try attachKprobe(program, function: place, onReturn: false)
      case .kretprobe: try attachKprobe(program, function: place, onReturn: true)
      case .uprobe: try attachUprobe(program, place: place, onReturn: false)
      case .uretprobe: try attachUprobe(program, place: place, onReturn: true)
      case .tracepoint: try attachTracepoint(program, tracepoint: place)
      case .rawTracepoint: try attachRawTracepoint(program, tracepoint: place)
      case .fentry, .fexit, .lsm:
        try attachTrampoline(
          program, words: "\(hook.kind.rawValue) \(place)", isPolicy: hook.kind == .lsm)
      }
    }
  }
}

extension Attachment.Target {
  /// What a program is that attaches there; nil if there are several possibilities.
  fileprivate var kind: ProgramKind? {
    switch self {
    case .xdp: .xdp
    case .tcIngress, .tcEgress: .trafficControl
    case .socketFilter: .socketFilter
    case .perfEvent: .perfEvent
    case .cgroup, .iterator, .networkNamespace, .testRun: nil
    }
  }
}
