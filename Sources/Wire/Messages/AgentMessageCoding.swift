// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The keys of each message are sorted, so that equal messages are equal bytes.
extension AgentMessage: JSONCase {
  public func write(to writer: inout JSONWriter) {
    switch self {
    case .hello(let version, let release, let places):
      writer.object("hello") {
        $0.member("kernelRelease", release)
        if let places { $0.object("places", places) }
        $0.member("version", version)
      }
    case .heartbeat(let uptime, let step, let state, let ticks):
      writer.object("heartbeat") {
        $0.member("processState", state)
        $0.member("step", step)
        if let ticks { $0.member("ticks", ticks) }
        $0.member("uptimeMilliseconds", uptime)
      }
    case .step(let name): writer.object("step") { $0.member("_0", name) }
    case .refused(let refusal): writer.object("refused") { $0.object("_0", refusal) }
    case .verifierLog(let size): writer.object("verifierLog") { $0.member("size", size) }
    case .loaded: writer.object("loaded") { _ in }
    case .compiled(let function): writer.object("compiled") { $0.object("_0", function) }
    case .attached: writer.object("attached") { _ in }
    case .programs(let states): writer.object("programs") { $0.objects("_0", states) }
    case .functions(let functions, let areAll):
      writer.object("functions") {
        $0.objects("_0", functions)
        $0.member("areAll", areAll)
      }
    case .observed(let value, let faults):
      writer.object("observed") {
        $0.member("faults", faults)
        $0.member("value", value)
      }
    case .unloaded: writer.object("unloaded") { _ in }
    case .unloadFailed(let errno, let message):
      writer.object("unloadFailed") {
        $0.member("errno", errno)
        $0.member("message", message)
      }
    case .workerEnded(let status, let signal):
      writer.object("workerEnded") {
        $0.member("exitStatus", status)
        $0.member("signal", signal)
      }
    case .state(let moment, let state):
      writer.object("state") {
        $0.object("_1", state)
        $0.member("moment", moment)
      }
    case .health(let check, let detail):
      writer.object("health") {
        $0.member("check", check)
        $0.member("detail", detail)
      }
    case .finished: writer.object("finished") { _ in }
    case .toolOutput(let name, let status, let size):
      writer.object("toolOutput") {
        $0.member("name", name)
        $0.member("size", size)
        $0.member("status", status)
      }
    case .shellTaken(let bytes): writer.object("shellTaken") { $0.member("bytes", bytes) }
    case .shellEnded(let status): writer.object("shellEnded") { $0.member("status", status) }
    case .failed(let reason): writer.object("failed") { $0.member("_0", reason) }
    }
  }

  init(_ name: String, _ fields: inout JSONFields) throws(WireError) {
    switch name {
    case "hello":
      self = .hello(
        version: try fields.number("version"), kernelRelease: try fields.name("kernelRelease"),
        places: fields.has("places") ? try KernelPlaces(fields.value("places")) : nil)
    case "heartbeat":
      self = .heartbeat(
        uptimeMilliseconds: try fields.number("uptimeMilliseconds"),
        step: fields.has("step") ? try fields.words("step") : nil,
        processState: fields.has("processState") ? try fields.name("processState") : nil,
        ticks: fields.has("ticks") ? try fields.numbers("ticks", upTo: Bounds.processors) : nil)
    case "step": self = .step(try fields.words("_0"))
    case "refused": self = .refused(try Refusal(fields.value("_0")))
    case "verifierLog":
      self = .verifierLog(size: try fields.number("size", in: 0...Bounds.verifierLog))
    case "loaded": self = .loaded
    case "compiled": self = .compiled(try CompiledFunction(fields.value("_0")))
    case "attached": self = .attached
    case "programs": self = .programs(try fields.objects("_0"))
    case "functions":
      self = .functions(try fields.objects("_0"), areAll: try fields.bool("areAll"))
    case "observed":
      self = .observed(
        value: try fields.number("value"),
        faults: fields.has("faults") ? try fields.number("faults") : nil)
    case "unloaded": self = .unloaded
    case "unloadFailed":
      self = .unloadFailed(
        errno: try fields.number("errno", in: Bounds.errno), message: try fields.words("message"))
    case "workerEnded":
      self = .workerEnded(
        exitStatus: fields.has("exitStatus")
          ? try fields.number("exitStatus", in: Bounds.status) : nil,
        signal: fields.has("signal") ? try fields.number("signal", in: Bounds.signal) : nil)
    case "state":
      self = .state(
        moment: try fields.name("moment"), try KernelState(fields.value("_1")))
    case "health":
      self = .health(
        check: try fields.name("check"),
        detail: fields.has("detail") ? try fields.words("detail") : nil)
    case "finished": self = .finished
    case "toolOutput":
      self = .toolOutput(
        name: try fields.name("name"), status: try fields.number("status", in: Bounds.status),
        size: try fields.number("size", in: 0...Bounds.toolBytes))
    case "shellTaken": self = .shellTaken(bytes: try fields.number("bytes", in: 1...Int.max))
    case "shellEnded":
      self = .shellEnded(status: try fields.number("status", in: Bounds.status))
    case "failed": self = .failed(try fields.words("_0"))
    default: throw .malformedMessage("no message '\(name)' is known")
    }
  }
}

extension KernelPlaces: JSONObject {
  func write(to writer: inout JSONWriter) {
    if let note { writer.object("note", note) }
    writer.dictionary("symbols", symbols) { $0.member($1, $2) }
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    note = fields.has("note") ? try Stretch(fields.value("note")) : nil
    symbols = try fields.addressesByName("symbols")
  }
}

extension KernelPlaces.Stretch: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("address", address)
    writer.member("size", size)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    address = try fields.number("address")
    size = try fields.number("size", in: 0...Bounds.note)
  }
}

extension Refusal: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("errno", errno)
    writer.member("gate", gate.rawValue)
    writer.member("message", message)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    let gate = try fields.name("gate")
    guard let known = Gate(rawValue: gate) else {
      throw .malformedMessage("no gate '\(gate)' is known")
    }
    self.init(
      gate: known, errno: try fields.number("errno", in: Bounds.errno),
      message: try fields.words("message"))
  }
}

extension CompiledFunction: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("files", files)
    writer.member("lines", lines)
    writer.member("name", name)
    writer.member("size", size)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      name: try fields.name("name"), size: try fields.number("size", in: Bounds.machineCode),
      files: try fields.strings("files", upTo: Bounds.path),
      lines: try fields.numbers("lines", upTo: WireFrame.largestPayload, in: 0...Int(Int32.max)))
    guard lines.count.isMultiple(of: 3) else {
      throw .malformedMessage("'lines' has \(lines.count) figures, not three for each line")
    }
    for place in stride(from: 0, to: lines.count, by: 3) {
      guard lines[place] <= size, files.indices.contains(lines[place + 1]),
        place == 0 || lines[place - 3] <= lines[place]
      else { throw .malformedMessage("'lines' has one outside the function, or out of order") }
    }
  }
}

extension KernelState: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.dictionary("figures", figures) { $0.member($1, $2) }
    writer.member("links", links)
    writer.member("maps", maps)
    writer.member("memoryAvailableKiB", memoryAvailableKiB)
    writer.dictionary("moduleReferences", moduleReferences) { $0.member($1, $2) }
    writer.member("modules", modules)
    writer.member("programs", programs)
    writer.dictionary("slabObjects", slabObjects) { $0.member($1, $2) }
    writer.dictionary("slabs", slabs) { $0.object($1, $2) }
    writer.member("taint", taint)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      taint: try fields.number("taint"), modules: try fields.names("modules"),
      programs: try fields.number("programs", in: Bounds.identifiers),
      maps: try fields.number("maps", in: Bounds.identifiers),
      links: try fields.number("links", in: Bounds.identifiers),
      slabObjects: try fields.numbersByName("slabObjects"),
      memoryAvailableKiB: try fields.number("memoryAvailableKiB"),
      moduleReferences: try fields.numbersByName("moduleReferences"),
      slabs: try fields.dictionary("slabs") { value throws(WireError) in try SlabUse(value) },
      figures: try fields.numbersByName("figures"))
  }
}

extension SlabUse: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("objects", objects)
    writer.member("size", size)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(objects: try fields.number("objects"), size: try fields.number("size"))
  }
}
