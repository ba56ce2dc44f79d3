package import Wire

/// The agent's messages into JSON, as Swift's synthesised `Codable` reads them.
extension AgentMessage {
  /// The message as a frame, with a fraction of the instructions that ``Frame/encode(_:)`` takes.
  package var compact: Frame {
    var writer = JSONWriter()
    switch self {
    case .hello(let version, let release):
      writer.open("hello")
      writer.member("kernelRelease", release)
      writer.member("version", version)
    case .heartbeat(let uptime, let step, let state, let ticks):
      writer.open("heartbeat")
      writer.member("processState", state)
      writer.member("step", step)
      if let ticks { writer.member("ticks", ticks) }
      writer.member("uptimeMilliseconds", uptime)
    case .step(let name):
      writer.open("step")
      writer.member("_0", name)
    case .refused(let refusal):
      writer.open("refused")
      writer.open("_0")
      writer.member("errno", refusal.errno)
      writer.member("gate", refusal.gate.rawValue)
      writer.member("message", refusal.message)
      writer.close()
    case .verifierLog(let size):
      writer.open("verifierLog")
      writer.member("size", size)
    case .loaded: writer.open("loaded")
    case .compiled(let function):
      writer.open("compiled")
      writer.open("_0")
      writer.member("files", function.files)
      writer.member("lines", function.lines)
      writer.member("name", function.name)
      writer.member("size", function.size)
      writer.close()
    case .attached: writer.open("attached")
    case .observed(let value, let faults):
      writer.open("observed")
      writer.member("faults", faults)
      writer.member("value", value)
    case .unloaded: writer.open("unloaded")
    case .unloadFailed(let errno, let message):
      writer.open("unloadFailed")
      writer.member("errno", errno)
      writer.member("message", message)
    case .workerEnded(let status, let signal):
      writer.open("workerEnded")
      writer.member("exitStatus", status)
      writer.member("signal", signal)
    case .state(let moment, let state):
      writer.open("state")
      writer.open("_1")
      state.write(to: &writer)
      writer.close()
      writer.member("moment", moment)
    case .health(let check, let detail):
      writer.open("health")
      writer.member("check", check)
      writer.member("detail", detail)
    case .finished: writer.open("finished")
    case .toolOutput(let name, let status, let size):
      writer.open("toolOutput")
      writer.member("name", name)
      writer.member("size", size)
      writer.member("status", status)
    case .shellTaken(let bytes):
      writer.open("shellTaken")
      writer.member("bytes", bytes)
    case .shellEnded(let status):
      writer.open("shellEnded")
      writer.member("status", status)
    case .failed(let reason):
      writer.open("failed")
      writer.member("_0", reason)
    }
    return .message(writer.finished())
  }
}

extension KernelState {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.open("figures")
    for (name, value) in figures { writer.member(name, value) }
    writer.close()
    writer.member("links", links)
    writer.member("maps", maps)
    writer.member("memoryAvailableKiB", memoryAvailableKiB)
    writer.open("moduleReferences")
    for (name, count) in moduleReferences { writer.member(name, count) }
    writer.close()
    writer.member("modules", modules)
    writer.member("programs", programs)
    writer.open("slabObjects")
    for (cache, count) in slabObjects { writer.member(cache, count) }
    writer.close()
    writer.open("slabs")
    for (cache, use) in slabs {
      writer.open(cache)
      writer.member("objects", use.objects)
      writer.member("size", use.size)
      writer.close()
    }
    writer.close()
    writer.member("taint", taint)
  }
}

/// Writes one JSON object, member by member.
private struct JSONWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]
  private var levels = 1

  /// Begins an object inside the current one.
  mutating func open(_ key: String) {
    name(key)
    bytes.append(UInt8(ascii: "{"))
    levels += 1
  }

  mutating func close() {
    bytes.append(UInt8(ascii: "}"))
    levels -= 1
  }

  mutating func member(_ key: String, _ value: String?) {
    guard let value else { return }
    name(key)
    quote(value)
  }

  mutating func member(_ key: String, _ value: (some BinaryInteger)?) {
    guard let value else { return }
    name(key)
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func member(_ key: String, _ values: [String]) {
    name(key)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      quote(value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  mutating func member(_ key: String, _ values: [some BinaryInteger]) {
    name(key)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes.append(contentsOf: String(value).utf8)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// The bytes, with all that is still open closed.
  mutating func finished() -> [UInt8] {
    while levels > 0 { close() }
    return bytes
  }

  private mutating func name(_ key: String) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    quote(key)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case 0..<0x20:
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: Array("\\u00".utf8))
        bytes.append(digits[Int(byte >> 4)])
        bytes.append(digits[Int(byte & 15)])
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
