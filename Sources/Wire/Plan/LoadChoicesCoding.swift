// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension LoadChoices: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.objects("hooks", hooks)
    writer.objects("maps", maps)
    writer.member("only", only)
    writer.member("without", without)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      only: try fields.names("only"), without: try fields.names("without"),
      hooks: try fields.objects("hooks"), maps: try fields.objects("maps"))
  }
}

extension HookChoice: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("kind", kind.rawValue)
    writer.member("place", place)
    writer.member("program", program)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    let kind = try fields.name("kind")
    guard let known = Kind(rawValue: kind) else {
      throw .malformedMessage("no hook '\(kind)' is known")
    }
    self.init(
      program: try fields.name("program"), kind: known,
      place: try fields.string("place", upTo: Bounds.path))
  }
}

extension MapChoice: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("entries", entries)
    writer.member("keySize", keySize)
    writer.member("map", map)
    writer.objects("programs", programs)
    writer.member("type", type)
    writer.member("valueSize", valueSize)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(
      map: try fields.name("map"),
      entries: fields.has("entries") ? try fields.number("entries") : nil,
      keySize: fields.has("keySize") ? try fields.number("keySize") : nil,
      valueSize: fields.has("valueSize") ? try fields.number("valueSize") : nil,
      type: fields.has("type") ? try fields.number("type") : nil,
      programs: try fields.objects("programs"))
  }
}

extension MapChoice.Slot: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("index", index)
    writer.member("program", program)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(index: try fields.number("index"), program: try fields.name("program"))
  }
}
