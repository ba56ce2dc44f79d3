// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

extension ProgramObject {
  /// Sets a global variable, a member or an element of one; to be called before the load.
  ///
  /// - Parameters:
  ///   - path: `limit`, `config.port`, `table[3].name`.
  ///   - text: a number, `true` or `false`, an enumerator's name, or for an array of characters a
  ///     string.
  func set(_ path: String, to text: String) throws(LoadRefusal) {
    guard let types = bpf_object__btf(object) else {
      throw LoadRefusal.ofRequest("the object has no type information, so no variable can be set")
    }
    let (root, steps) = try VariablePath.parts(of: path)
    guard var place = variablePlace(root, in: types) else {
      throw LoadRefusal.ofRequest("the object has no global variable \(root)")
    }
    for step in steps { try place.follow(step, of: path, in: types) }
    let bytes = try VariableText.bytes(of: text, type: place.type, in: types, path)
    var size = 0
    guard let values = bpf_map__initial_value(place.map, &size), place.offset + bytes.count <= size
    else {
      throw LoadRefusal.ofRequest("the variable \(root) holds nothing before the load")
    }
    bytes.withUnsafeBytes {
      UnsafeMutableRawPointer(mutating: values + place.offset)
        .copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
  }

  /// In any of the object's sections of variables, `.data.mine` among them.
  private func variablePlace(_ name: String, in types: OpaquePointer) -> TypedPlace? {
    for id in 1..<btf__type_cnt(types) {
      guard let section = btf__type_by_id(types, id), UInt32(btf_kind(section)) == dataSectionKind,
        let sectionName = btf__name_by_offset(types, section.pointee.name_off),
        let map = bpf_object__find_map_by_name(object, sectionName),
        let entries = btf_var_secinfos(section)
      else { continue }
      for index in 0..<Int(btf_vlen(section)) {
        guard let variable = btf__type_by_id(types, entries[index].type),
          let found = btf__name_by_offset(types, variable.pointee.name_off),
          strcmp(found, name) == 0
        else { continue }
        return TypedPlace(map: map, offset: Int(entries[index].offset), type: variable.pointee.type)
      }
    }
    return nil
  }
}

/// `table[3].name` as its variable and the steps into it.
private enum VariablePath {
  enum Step {
    case member(String)
    case element(Int)
  }

  static func parts(of path: String) throws(LoadRefusal) -> (root: String, steps: [Step]) {
    let pieces = path.split(separator: ".").flatMap { piece in
      piece.split(separator: "[", omittingEmptySubsequences: false).enumerated().map {
        $0 == 0 ? String($1) : "[" + $1
      }
    }.filter { !$0.isEmpty }
    guard let root = pieces.first, !root.hasPrefix("[") else {
      throw LoadRefusal.ofRequest("\(path) names no variable")
    }
    var steps: [Step] = []
    for piece in pieces.dropFirst() {
      guard piece.hasPrefix("[") else {
        steps.append(.member(piece))
        continue
      }
      guard piece.hasSuffix("]"), let index = Int(piece.dropFirst().dropLast()), index >= 0 else {
        throw LoadRefusal.ofRequest("\(path): \(piece) is no element such as [3]")
      }
      steps.append(.element(index))
    }
    return (root, steps)
  }
}

/// A place in a section of variables, and the id of its type.
private struct TypedPlace {
  var map: OpaquePointer
  var offset: Int
  var type: UInt32

  mutating func follow(
    _ step: VariablePath.Step, of path: String, in types: OpaquePointer
  ) throws(LoadRefusal) {
    guard let own = VariableText.resolved(type, in: types) else {
      throw LoadRefusal.ofRequest("\(path) has a type that can't be followed")
    }
    switch step {
    case .element(let index):
      guard btf_is_array(own), let array = btf_array(own), index < Int(array.pointee.nelems) else {
        throw LoadRefusal.ofRequest("\(path): there is no element \(index)")
      }
      type = array.pointee.type
      offset += index * Int(btf__resolve_size(types, type))
    case .member(let name):
      guard btf_is_composite(own), let members = btf_members(own) else {
        throw LoadRefusal.ofRequest("\(path): only a struct has a member \(name)")
      }
      let names = (0..<Int(btf_vlen(own))).map { index in
        btf__name_by_offset(types, members[index].name_off).map { String(cString: $0) } ?? ""
      }
      guard let index = names.firstIndex(of: name) else {
        throw LoadRefusal.ofRequest(
          "\(path): there is no member \(name), but \(names.joined(separator: ", "))")
      }
      let bits = btf_member_bit_offset(own, UInt32(index))
      guard btf_member_bitfield_size(own, UInt32(index)) == 0, bits.isMultiple(of: 8) else {
        throw LoadRefusal.ofRequest("\(path): \(name) is a bit field, which can't be set")
      }
      type = members[index].type
      offset += Int(bits / 8)
    }
  }
}

/// A value as it was typed, as the bytes of its type.
private enum VariableText {
  static func resolved(_ id: UInt32, in types: OpaquePointer) -> UnsafePointer<btf_type>? {
    let resolved = btf__resolve_type(types, id)
    return resolved < 0 ? nil : btf__type_by_id(types, UInt32(resolved))
  }

  static func bytes(
    of text: String, type id: UInt32, in types: OpaquePointer, _ path: String
  ) throws(LoadRefusal) -> [UInt8] {
    guard let type = resolved(id, in: types) else {
      throw LoadRefusal.ofRequest("\(path) has a type that can't be set")
    }
    let size = Int(btf__resolve_size(types, id))
    if btf_is_array(type), let array = btf_array(type),
      btf__resolve_size(types, array.pointee.type) == 1
    {
      guard text.utf8.count < size else {
        throw LoadRefusal.ofRequest(
          "\(path) has room for \(size - 1) characters, and \"\(text)\" has \(text.utf8.count)")
      }
      return Array(text.utf8) + [UInt8](repeating: 0, count: size - text.utf8.count)
    }
    guard btf_is_int(type) || btf_is_any_enum(type), [1, 2, 4, 8].contains(size) else {
      throw LoadRefusal.ofRequest(
        "\(path) is \(noun(type)), which --arg can't set: name a part of it")
    }
    let signed = btf_is_int(type) && Int32(btf_int_encoding(type)) & BTF_INT_SIGNED != 0
    guard let bits = enumerator(text, of: type, in: types) ?? number(text, size, signed: signed)
    else {
      throw LoadRefusal.ofRequest(
        "\(text) does not fit \(path), \(signed ? "a signed" : "an unsigned") number of \(size) bytes"
      )
    }
    return withUnsafeBytes(of: bits.littleEndian) { Array($0.prefix(size)) }
  }

  private static func noun(_ type: UnsafePointer<btf_type>) -> String {
    if btf_is_array(type) { return "an array" }
    return btf_is_composite(type) ? "a struct" : "no number"
  }

  private static func enumerator(
    _ text: String, of type: UnsafePointer<btf_type>, in types: OpaquePointer
  ) -> UInt64? {
    guard btf_is_enum(type), let values = btf_enum(type) else { return nil }
    for index in 0..<Int(btf_vlen(type)) {
      guard let name = btf__name_by_offset(types, values[index].name_off), strcmp(name, text) == 0
      else { continue }
      return UInt64(bitPattern: Int64(values[index].val))
    }
    return nil
  }

  /// Nil if it is no number, or does not fit the size.
  private static func number(_ text: String, _ size: Int, signed: Bool) -> UInt64? {
    if text == "true" || text == "false" { return text == "true" ? 1 : 0 }
    if text.hasPrefix("0x") {
      guard let bits = UInt64(text.dropFirst(2), radix: 16) else { return nil }
      return size == 8 || bits >> UInt64(size * 8) == 0 ? bits : nil
    }
    if signed {
      guard let value = Int64(text),
        size == 8 || value >> Int64(size * 8 - 1) == 0
          || value >> Int64(size * 8 - 1) == -1
      else { return nil }
      return UInt64(bitPattern: value)
    }
    guard let value = UInt64(text), size == 8 || value >> UInt64(size * 8) == 0 else { return nil }
    return value
  }
}
