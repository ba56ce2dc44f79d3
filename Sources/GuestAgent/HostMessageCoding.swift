package import Wire

/// The host's messages out of JSON, as Swift's synthesised `Codable` writes them.
extension HostMessage {
  package init(compact frame: Frame) throws(WireError) {
    guard case .message(let bytes) = frame else {
      throw .unexpected("a blob where a message was due")
    }
    let member = try JSONValue(parsing: bytes).onlyCase()
    switch member.key {
    case "hello": self = .hello(version: try member.value.integer("version"))
    case "trial": self = .trial(try TrialPlan(member.value.member("_0")))
    case "rehearse": self = .rehearse
    case "tool":
      self = .tool(
        arguments: try member.value.list("arguments") { value throws(WireError) in
          guard case .string(let text) = value else {
            throw .malformedMessage("an argument is no string")
          }
          return text
        })
    case "file":
      self = .file(
        path: try member.value.string("path"), size: try member.value.integer("size"),
        executable: try member.value.bool("executable"))
    case "shell": self = .shell(try ShellPlan(member.value.member("_0")))
    case "shellSize": self = .shellSize(try TerminalSize(member.value.member("_0")))
    case "shellTaken": self = .shellTaken(bytes: try member.value.integer("bytes"))
    case "shellInputEnded": self = .shellInputEnded
    default: throw .malformedMessage("no message '\(member.key)' is known")
    }
  }
}

extension ShellPlan {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    self.init(
      terminal: try value.string("terminal"),
      size: value["size"] != nil ? try TerminalSize(value.member("size")) : nil)
  }
}

extension TerminalSize {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    self.init(rows: try value.integer("rows"), columns: try value.integer("columns"))
  }
}

extension TrialPlan {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    let mechanism = try value.string("mechanism")
    guard let known = Mechanism(rawValue: mechanism) else {
      throw .malformedMessage("no mechanism '\(mechanism)' is known")
    }
    let name: (JSONValue) throws(WireError) -> String = { value throws(WireError) in
      guard case .string(let name) = value else { throw .malformedMessage("a name is no string") }
      return name
    }
    self.init(
      scenario: try value.string("scenario"), mechanism: known,
      armed: try value.bool("armed"), unprivileged: try value.bool("unprivileged"),
      inspected: try value.bool("inspected"),
      objectName: try value.string("objectName"), objectSize: try value.integer("objectSize"),
      modules: try value.list("modules", name),
      attachments: try value.list("attachments") { value throws(WireError) in
        try Attachment(value)
      },
      workload: try value.list("workload") { value throws(WireError) in try WorkStep(value) },
      observation: try ObservationSource(value.member("observation")),
      watchedCaches: try value.list("watchedCaches", name),
      isTried: try value.bool("isTried"),
      arguments: try value.list("arguments") { value throws(WireError) in
        Argument(name: try value.string("name"), value: try value.string("value"))
      },
      onlyProgram: value["onlyProgram"] != nil ? try value.string("onlyProgram") : nil,
      test: value["test"] != nil ? try ProgramTest(value.member("test")) : nil)
  }
}

extension ProgramTest {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    let number: (JSONValue) throws(WireError) -> Int = { value throws(WireError) in
      guard case .number(let number) = value else {
        throw .malformedMessage("a member of a list is no whole number")
      }
      return number
    }
    self.init(
      program: try value.string("program"),
      auxiliaries: try value.list("auxiliaries") { value throws(WireError) in
        guard case .string(let name) = value else { throw .malformedMessage("a name is no string") }
        return name
      },
      logLevel: try value.integer("logLevel"), flags: try value.integer("flags"),
      kinds: try value.list("kinds") { value throws(WireError) in
        Kind(
          program: try value.string("program"), type: try value.integer("type"),
          attachType: try value.integer("attachType"))
      },
      withoutCapabilities: try value.list("withoutCapabilities", number),
      unprivileged: try value.bool("unprivileged"), isRun: try value.bool("isRun"),
      fills: try value.list("fills") { value throws(WireError) in
        Fill(map: try value.string("map"), value: try value.list("value", number))
      },
      showsRewritten: try value.bool("showsRewritten"))
  }
}

extension Attachment {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    let member = try value.onlyCase()
    let program = try member.value.string("program")
    switch member.key {
    case "trafficControl":
      self = .trafficControl(
        program: program, device: try member.value.string("device"),
        ingress: try member.value.bool("ingress"))
    case "xdp": self = .xdp(program: program, device: try member.value.string("device"))
    case "cgroup": self = .cgroup(program: program)
    case "socketFilter": self = .socketFilter(program: program)
    case "perfEvent": self = .perfEvent(program: program)
    case "mapIterator":
      self = .mapIterator(program: program, map: try member.value.string("map"))
    case "networkNamespace": self = .networkNamespace(program: program)
    case "testRun": self = .testRun(program: program)
    default: throw .malformedMessage("no attachment '\(member.key)' is known")
    }
  }
}

extension WorkStep {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    let member = try value.onlyCase()
    let value = member.value
    switch member.key {
    case "systemCall":
      self = .systemCall(
        name: try value.string("name"), times: try value.integer("times"),
        callers: try value.integer("callers"))
    case "files": self = .files(count: try value.integer("count"))
    case "packets": self = .packets(count: try value.integer("count"))
    case "connections": self = .connections(count: try value.integer("count"))
    case "held": self = .held(count: try value.integer("count"))
    case "release": self = .release
    case "processes": self = .processes(count: try value.integer("count"))
    case "sleep": self = .sleep(milliseconds: try value.integer("milliseconds"))
    case "signals": self = .signals(count: try value.integer("count"))
    case "bystander": self = .bystander(writes: try value.integer("writes"))
    case "iterate": self = .iterate(times: try value.integer("times"))
    case "trigger": self = .trigger(times: try value.integer("times"))
    case "crashPoint":
      self = .crashPoint(name: try value.string("name"), times: try value.integer("times"))
    case "unload": self = .unload
    default: throw .malformedMessage("no step '\(member.key)' is known")
    }
  }
}

extension ObservationSource {
  fileprivate init(_ value: JSONValue) throws(WireError) {
    let member = try value.onlyCase()
    switch member.key {
    case "variable": self = .variable(try member.value.string("_0"))
    case "map": self = .map(try member.value.string("_0"))
    default: throw .malformedMessage("no observation '\(member.key)' is known")
    }
  }
}
