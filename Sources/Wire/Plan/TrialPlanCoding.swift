// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension TrialPlan: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.objects("arguments", arguments)
    writer.member("armed", armed)
    writer.objects("attachments", attachments)
    if let choices { writer.object("choices", choices) }
    writer.member("inspected", inspected)
    writer.member("isShared", isShared)
    writer.member("isUndeclared", isUndeclared)
    writer.member("mechanism", mechanism.rawValue)
    writer.member("modules", modules)
    writer.member("objectName", objectName)
    writer.member("objectSize", objectSize)
    writer.object("observation", observation)
    writer.member("scenario", scenario)
    if let test { writer.object("test", test) }
    writer.member("unprivileged", unprivileged)
    writer.member("watchedCaches", watchedCaches)
    writer.objects("workload", workload)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    let mechanism = try fields.name("mechanism")
    guard let known = Mechanism(rawValue: mechanism) else {
      throw .malformedMessage("no mechanism '\(mechanism)' is known")
    }
    self.init(
      scenario: try fields.name("scenario"), mechanism: known,
      armed: try fields.bool("armed"), unprivileged: try fields.bool("unprivileged"),
      inspected: try fields.bool("inspected"),
      objectName: try fields.name("objectName"), objectSize: try fields.number("objectSize"),
      modules: try fields.names("modules"), attachments: try fields.objects("attachments"),
      workload: try fields.objects("workload"),
      observation: try ObservationSource(fields.value("observation")),
      watchedCaches: try fields.names("watchedCaches"),
      isUndeclared: try fields.bool("isUndeclared"), arguments: try fields.objects("arguments"),
      choices: fields.has("choices") ? try LoadChoices(fields.value("choices")) : nil,
      test: fields.has("test") ? try ProgramTest(fields.value("test")) : nil,
      isShared: try fields.bool("isShared"))
  }
}

extension TrialPlan.Argument: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("name", name)
    writer.member("value", value)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(name: try fields.name("name"), value: try fields.words("value"))
  }
}

extension Attachment: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("device", device)
    writer.member("map", map)
    writer.member("program", program)
    writer.member("to", to.rawValue)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    let target = try fields.name("to")
    guard let known = Target(rawValue: target) else {
      throw .malformedMessage("no attachment to '\(target)' is known")
    }
    self.init(
      program: try fields.name("program"), to: known,
      device: fields.has("device") ? try fields.name("device") : nil,
      map: fields.has("map") ? try fields.name("map") : nil)
  }
}

extension WorkStep: JSONCase {
  func write(to writer: inout JSONWriter) {
    switch self {
    case .systemCall(let name, let times, let callers):
      writer.object("systemCall") {
        $0.member("callers", callers)
        $0.member("name", name)
        $0.member("times", times)
      }
    case .files(let count): writer.object("files") { $0.member("count", count) }
    case .packets(let count): writer.object("packets") { $0.member("count", count) }
    case .connections(let count): writer.object("connections") { $0.member("count", count) }
    case .held(let count): writer.object("held") { $0.member("count", count) }
    case .release: writer.object("release") { _ in }
    case .processes(let count): writer.object("processes") { $0.member("count", count) }
    case .sleep(let milliseconds):
      writer.object("sleep") { $0.member("milliseconds", milliseconds) }
    case .signals(let count): writer.object("signals") { $0.member("count", count) }
    case .bystander(let writes): writer.object("bystander") { $0.member("writes", writes) }
    case .iterate(let times): writer.object("iterate") { $0.member("times", times) }
    case .trigger(let times): writer.object("trigger") { $0.member("times", times) }
    case .crashPoint(let name, let times):
      writer.object("crashPoint") {
        $0.member("name", name)
        $0.member("times", times)
      }
    case .shell(let line): writer.object("shell") { $0.member("line", line) }
    case .devices(let times): writer.object("devices") { $0.member("times", times) }
    case .unload: writer.object("unload") { _ in }
    }
  }

  init(_ name: String, _ fields: inout JSONFields) throws(WireError) {
    switch name {
    case "systemCall":
      self = .systemCall(
        name: try fields.name("name"), times: try fields.number("times"),
        callers: try fields.number("callers"))
    case "files": self = .files(count: try fields.number("count"))
    case "packets": self = .packets(count: try fields.number("count"))
    case "connections": self = .connections(count: try fields.number("count"))
    case "held": self = .held(count: try fields.number("count"))
    case "release": self = .release
    case "processes": self = .processes(count: try fields.number("count"))
    case "sleep": self = .sleep(milliseconds: try fields.number("milliseconds"))
    case "signals": self = .signals(count: try fields.number("count"))
    case "bystander": self = .bystander(writes: try fields.number("writes"))
    case "iterate": self = .iterate(times: try fields.number("times"))
    case "trigger": self = .trigger(times: try fields.number("times"))
    case "crashPoint":
      self = .crashPoint(name: try fields.name("name"), times: try fields.number("times"))
    case "shell": self = .shell(line: try fields.string("line", upTo: Bounds.path))
    case "devices": self = .devices(times: try fields.number("times"))
    case "unload": self = .unload
    default: throw .malformedMessage("no step '\(name)' is known")
    }
  }
}

extension ObservationSource: JSONCase {
  func write(to writer: inout JSONWriter) {
    switch self {
    case .variable(let name): writer.object("variable") { $0.member("_0", name) }
    case .map(let name): writer.object("map") { $0.member("_0", name) }
    }
  }

  init(_ name: String, _ fields: inout JSONFields) throws(WireError) {
    switch name {
    case "variable": self = .variable(try fields.name("_0"))
    case "map": self = .map(try fields.name("_0"))
    default: throw .malformedMessage("no observation '\(name)' is known")
    }
  }
}

extension ProgramTest: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("auxiliaries", auxiliaries)
    writer.objects("fills", fills)
    writer.member("flags", flags)
    writer.member("isRun", isRun)
    writer.objects("kinds", kinds)
    writer.member("logLevel", logLevel)
    writer.member("program", program)
    writer.member("showsRewritten", showsRewritten)
    writer.member("unprivileged", unprivileged)
    writer.member("withoutCapabilities", withoutCapabilities)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      program: try fields.name("program"), auxiliaries: try fields.names("auxiliaries"),
      logLevel: try fields.number("logLevel"), flags: try fields.number("flags"),
      kinds: try fields.objects("kinds"),
      withoutCapabilities: try fields.numbers("withoutCapabilities", upTo: Bounds.words),
      unprivileged: try fields.bool("unprivileged"), isRun: try fields.bool("isRun"),
      fills: try fields.objects("fills"), showsRewritten: try fields.bool("showsRewritten"))
  }
}

extension ProgramTest.Kind: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("attachType", attachType)
    writer.member("program", program)
    writer.member("type", type)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      program: try fields.name("program"), type: try fields.number("type"),
      attachType: try fields.number("attachType"))
  }
}

extension ProgramTest.Fill: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("map", map)
    writer.member("value", value)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(map: try fields.name("map"), value: try fields.numbers("value", upTo: Bounds.words))
  }
}
