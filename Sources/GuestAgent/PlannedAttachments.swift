internal import GuestKernel
internal import Wire

extension ProgramObject {
  /// Attaches all programs: those that the plan names as it says, the others by their section.
  mutating func attach(_ attachments: [Attachment]) throws {
    var named: Set<String> = []
    for attachment in attachments {
      switch attachment {
      case .trafficControl(let name, let device, let ingress):
        named.insert(name)
        try attachTrafficControl(name, device: device, ingress: ingress)
      case .xdp(let name, let device):
        named.insert(name)
        try attachXDP(name, device: device)
      case .cgroup(let name):
        named.insert(name)
        try attachCgroup(name, path: GuestSetup.cgroupRoot)
      case .socketFilter(let name):
        named.insert(name)
        try attachSocketFilter(name)
      case .perfEvent(let name):
        named.insert(name)
        try attachPerfEvent(name)
      case .mapIterator(let name, let map):
        named.insert(name)
        try attachIterator(name, map: map)
      case .networkNamespace(let name):
        named.insert(name)
        try attachNetworkNamespace(name)
      case .testRun(let name):
        named.insert(name)
        testRuns.append(name)
      }
    }
    try attachBySection(except: named)
  }
}
