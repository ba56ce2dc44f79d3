// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import TestSupport
import Testing

/// Objects in which thousands of names begin in one long string: read as they ask for, each of these
/// takes gigabytes.
@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct HostileObjectTests {
  /// The object with other contents of its sections `.BTF` and `.BTF.ext`.
  private func replace(_ object: ObjectFile, _ contents: [String: [UInt8]]) throws -> [UInt8] {
    var bytes = try Files.read(object.path)
    for (name, new) in contents {
      let old = try #require(object.contents(of: name))
      let headers = bytes.number(0x28, 8)
      let header = try #require(
        (0..<bytes.number(0x3c, 2)).map { headers + 64 * $0 }
          .first { bytes.number($0 + 0x18, 8) == old.startIndex && old.count > 0 })
      bytes += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
      bytes.put(header + 0x18, 8, bytes.count)
      bytes.put(header + 0x20, 8, new.count)
      bytes += new
    }
    return bytes
  }

  /// - Parameters:
  ///   - length: of the string that is added.
  ///   - step: how far apart the records' strings begin.
  private func bomb(_ object: ObjectFile, length: Int, records: Int, step: Int) throws -> [UInt8] {
    var types = Array(try #require(object.contents(of: ".BTF")))
    let big = types.number(20, 4)
    types += [UInt8](repeating: 0x41, count: length) + [0]
    types.put(20, 4, big + length + 1)
    var lines = Array(try #require(object.contents(of: ".BTF.ext")))
    let head = lines.number(4, 4)
    let section = lines.number(head + lines.number(16, 4) + 4, 4)
    lines += [UInt8](repeating: 0, count: (4 - (lines.count - head) % 4) % 4)
    lines.put(16, 4, lines.count - head)
    lines.put(20, 4, 12 + 16 * records)
    for word in [16, section, records] { lines.append(word: word) }
    for index in 0..<records {
      for word in [8 * index, 1, big + step * index, 1 << 10] { lines.append(word: word) }
    }
    return try replace(object, [".BTF": types, ".BTF.ext": lines])
  }

  @Test(arguments: [
    (4 << 20, 5000, 1), (900_000, 5000, 1), (1000, 60_000, 0), (4 << 20, 5000, 0),
  ])
  func linesOfOneLongStringAreADamage(length: Int, records: Int, step: Int) async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      let twins = try await fixture.forge().forge([try ForgeFixture.scenario("one")])
      guard case .success(let made) = twins[0].result else {
        Issue.record("\(twins[0])")
        return
      }
      let object = try ObjectFile(path: made.object)
      let path = "\(folder)/bomb.bpf.o"
      try Files.write(
        try bomb(object, length: length, records: records, step: step), to: path)
      let read = try ObjectFile(path: path)
      if length == 1000 {
        // One line may well have many instructions.
        #expect(try LineTable(read).lines.count == records)
      } else {
        #expect(throws: ForgeError.self) { try LineTable(read) }
      }
    }
  }

  /// An ELF file of sections without contents, but for the names and what is added.
  private func elf(names: [UInt8], sections: [(name: Int, type: Int, contents: [UInt8])]) -> [UInt8]
  {
    var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 57)
    bytes.put(16, 2, 1)
    bytes.put(18, 2, 247)
    bytes.put(20, 4, 1)
    bytes.put(52, 2, 64)
    bytes.put(58, 2, 64)
    var table = [UInt8](repeating: 0, count: 64)
    func add(_ name: Int, _ type: Int, _ contents: [UInt8]) {
      var header = [UInt8](repeating: 0, count: 64)
      header.put(0, 4, name)
      header.put(4, 4, type)
      header.put(24, 8, bytes.count)
      header.put(32, 8, contents.count)
      // The link is to the names; a symbol has 24 bytes.
      header.put(40, 4, 1)
      header.put(56, 8, type == 2 ? 24 : 0)
      table += header
      bytes += contents
    }
    add(0, 3, names)
    for section in sections { add(section.name, section.type, section.contents) }
    bytes += [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
    bytes.put(40, 8, bytes.count)
    bytes.put(60, 2, table.count / 64)
    bytes.put(62, 2, 1)
    return bytes + table
  }

  private func read(_ bytes: [UInt8]) async throws -> ObjectFile {
    try await withTemporaryFolder { folder in
      try Files.write(bytes, to: "\(folder)/made.o")
      return try ObjectFile(path: "\(folder)/made.o")
    }
  }

  private func symbols(_ count: Int, step: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in 0..<count {
      bytes.append(word: 1 + step * index)
      // A global function of section 2.
      bytes += [0x12, 0, 2, 0] + [UInt8](repeating: 0, count: 16)
    }
    return bytes
  }

  private let long = [0] + [UInt8](repeating: 0x41, count: 900_000) + [0]

  @Test func sectionsNamedByOneLongStringAreADamage() async throws {
    let few = elf(names: long, sections: [(1, 1, []), (2, 1, [])])
    #expect(try await read(few).sections.count == 3)
    let many = elf(names: long, sections: (0..<20_000).map { (1 + $0, 1, []) })
    await #expect(throws: ForgeError.self) { try await read(many) }
  }

  @Test func symbolsNamedByOneLongStringAreADamage() async throws {
    let names = long
    func object(_ symbols: [UInt8]) -> [UInt8] {
      elf(names: names, sections: [(0, 1, []), (0, 2, symbols)])
    }
    // All of one name: that is one string.
    #expect(try await read(object(symbols(20_000, step: 0))).functions.count == 20_000)
    await #expect(throws: ForgeError.self) { try await read(object(symbols(20_000, step: 1))) }
  }

  @Test func anObjectHasOneTableOfSymbols() async throws {
    let table = symbols(10, step: 0)
    let two = elf(names: [0, 0x41, 0], sections: [(0, 1, []), (0, 2, table), (0, 2, table)])
    await #expect(throws: ForgeError.self) { try await read(two) }
  }
}

extension [UInt8] {
  fileprivate func number(_ offset: Int, _ size: Int) -> Int {
    (0..<size).reduce(0) { $0 | Int(self[offset + $1]) << (8 * $1) }
  }

  fileprivate mutating func put(_ offset: Int, _ size: Int, _ value: Int) {
    for index in 0..<size { self[offset + index] = UInt8(value >> (8 * index) & 0xff) }
  }

  fileprivate mutating func append(word: Int) {
    self += (0..<4).map { UInt8(word >> (8 * $0) & 0xff) }
  }
}
