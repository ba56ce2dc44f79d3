// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

/// BTF_KIND_DATASEC of linux/btf.h, which is both an enumerator and a macro and so can't be named.
let dataSectionKind: UInt32 = 15

/// The place of a global variable.
struct VariablePlace {
  var map: OpaquePointer
  var offset: Int
  var size: Int
  var signed: Bool
}

extension ProgramObject {
  /// The sections that hold what a program can change.
  private static let variableSections = [".bss", ".data", ".rodata"]

  /// A global variable's value; nil if the object has no variable of this name.
  public func variable(_ name: String) throws(SystemError) -> Int64? {
    guard let place = place(of: name, in: ProgramObject.variableSections) else { return nil }
    guard [1, 2, 4, 8].contains(place.size) else {
      throw SystemError("variable \(name) is no integer: it has \(place.size) bytes", errno: 0)
    }
    // The map as the kernel has it: libbpf's own copy has the values at load time.
    var values = [UInt8](repeating: 0, count: Int(bpf_map__value_size(place.map)))
    var key: UInt32 = 0
    let result = bpf_map_lookup_elem(bpf_map__fd(place.map), &key, &values)
    if result < 0 { throw SystemError("read variable \(name)", errno: -result) }
    return integer(values[place.offset..<place.offset + place.size], signed: place.signed)
  }

  /// What a global variable holds before the load; nil if the object has none of this name.
  public func initialValue(of name: String) -> Int64? {
    guard let place = place(of: name, in: ProgramObject.variableSections) else { return nil }
    var size = 0
    guard let values = bpf_map__initial_value(place.map, &size), place.offset + place.size <= size
    else { return nil }
    let bytes = Array(UnsafeRawBufferPointer(start: values + place.offset, count: place.size))
    return integer(bytes[...], signed: place.signed)
  }

  /// The sum of all values in a map (an array or a hash, one value for all CPUs or one for each);
  /// nil if the object has no map of this name.
  public func sum(ofMap name: String) throws(SystemError) -> Int64? {
    guard let map = bpf_object__find_map_by_name(object, name) else { return nil }
    let valueSize = Int(bpf_map__value_size(map))
    guard [1, 2, 4, 8].contains(valueSize) else {
      throw SystemError("map \(name) holds no integers: values of \(valueSize) bytes", errno: 0)
    }
    let descriptor = bpf_map__fd(map)
    let copies = try copies(of: map)
    // The kernel pads each CPU's value to eight bytes (kernel/bpf/arraymap.c).
    let stride = (valueSize + 7) / 8 * 8
    var values = [UInt8](repeating: 0, count: stride * copies)
    var key = [UInt8](repeating: 0, count: Int(bpf_map__key_size(map)))
    var next = key
    var sum: Int64 = 0
    var result = bpf_map_get_next_key(descriptor, nil, &next)
    while result == 0 {
      swap(&key, &next)
      let found = bpf_map_lookup_elem(descriptor, &key, &values)
      // A key can go between the two calls.
      if found < 0, found != -ENOENT {
        throw SystemError("read map \(name)", errno: -found)
      }
      if found == 0 {
        for start in Swift.stride(from: 0, to: values.count, by: stride) {
          sum &+= integer(values[start..<start + valueSize], signed: false)
        }
      }
      result = bpf_map_get_next_key(descriptor, &key, &next)
    }
    if result != -ENOENT { throw SystemError("walk map \(name)", errno: -result) }
    return sum
  }

  private func copies(of map: OpaquePointer) throws(SystemError) -> Int {
    let perCPU = [
      BPF_MAP_TYPE_PERCPU_HASH, BPF_MAP_TYPE_PERCPU_ARRAY, BPF_MAP_TYPE_LRU_PERCPU_HASH,
    ]
    guard perCPU.contains(bpf_map__type(map)) else { return 1 }
    let count = libbpf_num_possible_cpus()
    if count < 0 { throw SystemError("count the CPUs", errno: -count) }
    return Int(count)
  }

  /// Looks a variable up in the object's BTF, which lists for each data section its variables and
  /// their offsets.
  func place(of name: String, in sections: [String]) -> VariablePlace? {
    guard let types = bpf_object__btf(object) else { return nil }
    for section in sections {
      let id = btf__find_by_name_kind(types, section, dataSectionKind)
      guard id > 0, let list = btf__type_by_id(types, UInt32(id)),
        let entries = btf_var_secinfos(list),
        let map = bpf_object__find_map_by_name(object, section)
      else { continue }
      for index in 0..<Int(btf_vlen(list)) {
        guard let variable = btf__type_by_id(types, entries[index].type),
          let found = btf__name_by_offset(types, variable.pointee.name_off),
          strcmp(found, name) == 0
        else { continue }
        return VariablePlace(
          map: map, offset: Int(entries[index].offset), size: Int(entries[index].size),
          signed: isSigned(variable.pointee.type, in: types))
      }
    }
    return nil
  }

  private func isSigned(_ id: UInt32, in types: OpaquePointer) -> Bool {
    let resolved = btf__resolve_type(types, id)
    guard resolved > 0, let type = btf__type_by_id(types, UInt32(resolved)), btf_is_int(type)
    else { return false }
    return Int32(btf_int_encoding(type)) & BTF_INT_SIGNED != 0
  }

  private func integer(_ bytes: ArraySlice<UInt8>, signed: Bool) -> Int64 {
    let raw = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let unused = 64 - bytes.count * 8
    return signed ? Int64(bitPattern: raw << unused) >> unused : Int64(bitPattern: raw)
  }
}
