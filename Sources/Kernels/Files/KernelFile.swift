// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A file that the user gives as a kernel: what it is, according to its bytes.
struct KernelFile {
  enum Form: String {
    /// Compressed, with a setup header: what distributions call `vmlinuz`.
    case bzImage
    /// The kernel itself, an ELF file.
    case vmlinux
  }

  var form: Form
  /// What QEMU is to start.
  var image: String
  /// The uncompressed kernel, an ELF file.
  var vmlinux: ElfImage
  /// The path of ``vmlinux``.
  var vmlinuxPath: String
  /// As `uname -r` prints it.
  var release: String
  /// Who built it and when, as the kernel prints it at boot after its release.
  var build: String

  private static let compressions = "gzip, xz, zstd, lz4, bzip2, lzma or lzo"

  /// Examines a file and unpacks it.
  ///
  /// - Parameter folder: takes the resulting files.
  /// - Throws: ``KernelError`` that says what the file is instead, and what to give.
  static func open(_ path: String, unpackingIn folder: String) async throws -> KernelFile {
    guard Files.exists(path) else {
      throw KernelError(
        what: "\(path) is not there", remedy: "give the path of a bzImage or vmlinux")
    }
    guard !Files.isFolder(path) else {
      throw KernelError(
        what: "\(path) is a folder", remedy: "give the file in it: arch/x86/boot/bzImage, vmlinuz-…"
      )
    }
    var path = path
    let head = try Files.read(path, upTo: 4096)
    if let compression = KernelImage.Compression.allCases.first(where: {
      head.starts(with: $0.magic)
    }) {
      let unpacked = "\(folder)/uncompressed"
      try await unpack(path, try Files.read(path), compression, to: unpacked)
      path = unpacked
    }
    let form = try form(of: try Files.read(path, upTo: 4096), path)
    return try await form == .bzImage
      ? bzImage(path, unpackingIn: folder) : vmlinux(path, unpackingIn: folder)
  }

  private static func bzImage(
    _ path: String, unpackingIn folder: String
  ) async throws -> KernelFile {
    let bytes = try Files.read(path)
    let header = try SetupHeader(bytes, path: path)
    guard let payload = KernelImage.payload(in: bytes) else {
      throw KernelError(
        what: "\(path) is a kernel whose compression is not known here",
        remedy: "give one that is compressed by \(compressions), or its vmlinux")
    }
    let unpacked = "\(folder)/unpacked"
    try await unpack(path, Array(bytes[payload.range]), payload.compression, to: unpacked)
    let elf = try elf(unpacked, of: path)
    let image = "\(folder)/vmlinuz"
    try Files.write(bytes, to: image)
    return KernelFile(
      form: .bzImage, image: image, vmlinux: elf, vmlinuxPath: unpacked, release: header.release,
      build: header.build)
  }

  private static func vmlinux(
    _ path: String, unpackingIn folder: String
  ) async throws -> KernelFile {
    // A kernel's debug information is ten times its size.
    let image = "\(folder)/vmlinux"
    do {
      try await Tool("strip").checked(["--strip-debug", "-o", image, path])
    } catch let error as ToolError {
      if let full = HostError(spaceFailure: error, path: folder) { throw full }
      throw KernelError(
        what: "\(path) begins like a vmlinux, but is incomplete: \(error)",
        remedy: "build or copy it again")
    }
    let elf = try elf(image, of: path)
    guard let place = ByteSearch.first("Linux version ", in: elf.bytes[...]) else {
      throw KernelError(
        what: "\(path) doesn't say which Linux it is",
        remedy: "give a kernel's vmlinux, or its bzImage")
    }
    guard elf.hasPVHEntry else {
      throw KernelError(
        what: "QEMU can't start \(path) as it is: it was built without CONFIG_PVH",
        remedy: "give its bzImage (arch/x86/boot/bzImage in the build tree)")
    }
    let banner = elf.bytes[(place + 14)...].prefix(400).prefix { $0 >= 0x20 && $0 < 0x7f }
    let words = String(decoding: banner, as: UTF8.self)
    let parts = words.split(separator: " ", maxSplits: 1)
    return KernelFile(
      form: .vmlinux, image: image, vmlinux: elf, vmlinuxPath: image,
      release: try SetupHeader.release(words, path: path),
      build: parts.count > 1 ? String(parts[1]) : "")
  }

  private static func elf(_ unpacked: String, of path: String) throws -> ElfImage {
    guard let elf = ElfImage(try Files.read(unpacked)), elf.machine == ElfImage.machineOfGuests
    else {
      throw KernelError(
        what: "the kernel packed in \(path) is incomplete, or not for x86-64",
        remedy: "build or copy it again")
    }
    return elf
  }

  private static func unpack(
    _ path: String, _ bytes: [UInt8], _ compression: KernelImage.Compression, to unpacked: String
  ) async throws {
    let (tool, arguments) = compression.command
    do {
      try await Tool(tool, bounds: .unpacking).checked(
        arguments, input: bytes, outputFile: unpacked)
    } catch let error as ToolError {
      throw error.onUnpacking(
        to: unpacked, damage: "\(path) is damaged: its content can't be unpacked",
        remedy: "build or copy it again")
    }
  }

  /// Distinguishes a kernel from what is often mistaken for one.
  private static func form(of head: [UInt8], _ path: String) throws -> Form {
    func begins(_ text: String, at offset: Int = 0) -> Bool {
      head.dropFirst(offset).starts(with: text.utf8)
    }
    func refusal(_ what: String, _ remedy: String) -> KernelError {
      KernelError(what: "\(path) is \(what)", remedy: remedy)
    }
    let ours = "give a bzImage or vmlinux for x86-64, which the guests are"
    if head.isEmpty { throw refusal("empty", "build or copy it again") }
    if begins("HdrS", at: 0x202) { return .bzImage }
    if head.starts(with: ElfImage.magic), head.count >= 20 {
      let machine = Int(head[18]) | Int(head[19]) << 8
      guard head[4] == 2, machine == ElfImage.machineOfGuests else {
        throw refusal(
          "for another architecture (ELF machine \(machine), \(head[4] == 2 ? 64 : 32) bit)", ours)
      }
      // ET_EXEC; a relocatable kernel's vmlinux is one, too.
      guard head[16] == 2 else { throw refusal("a program or an object, no kernel", ours) }
      return .vmlinux
    }
    if begins("ARMd", at: 0x38) { throw refusal("a kernel for arm64", ours) }
    if begins("RISCV", at: 0x30) || begins("RSC\u{5}", at: 0x38) {
      throw refusal("a kernel for RISC-V", ours)
    }
    if begins("zimg", at: 4) {
      throw refusal("a compressed EFI kernel of another architecture", ours)
    }
    if head.starts(with: [0x27, 0x05, 0x19, 0x56]) { throw refusal("an image for U-Boot", ours) }
    if begins("MZ") {
      throw refusal(
        "an EFI program without a kernel's header, perhaps a unified kernel image",
        "take the kernel out of it: objcopy -O binary --only-section=.linux \(path) vmlinuz")
    }
    if begins("!<arch>\ndebian") {
      throw refusal("a Debian package", "unpack it with dpkg-deb -x, and give boot/vmlinuz-… of it")
    }
    if head.starts(with: [0xed, 0xab, 0xee, 0xdb]) {
      throw refusal("an RPM package", "unpack it, and give lib/modules/…/vmlinuz of it")
    }
    throw refusal("no kernel: neither a bzImage nor a vmlinux", ours)
  }
}

/// What the setup header of a bzImage says (Linux: Documentation/arch/x86/boot.rst).
struct SetupHeader {
  var release: String
  var build: String

  init(_ bytes: [UInt8], path: String) throws(KernelError) {
    func number(_ offset: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    func cutShort(_ whole: String) -> KernelError {
      KernelError(
        what: "\(path) is truncated: it has \(bytes.count) of \(whole) bytes",
        remedy: "build or copy it again")
    }
    guard bytes.count >= 0x268 else { throw cutShort("some millions of") }
    // xloadflags, there since 3.8 (protocol 2.12): XLF_KERNEL_64.
    guard number(0x206, 2) >= 0x20c, bytes[0x236] & 1 == 1 else {
      throw KernelError(
        what: "\(path) is a kernel for 32-bit x86, or older than 3.8",
        remedy: "give one for x86-64, which the guests are")
    }
    // setup_sects and syssize, the latter in units of 16 bytes.
    let setup = ((bytes[0x1f1] == 0 ? 4 : Int(bytes[0x1f1])) + 1) * 512
    let whole = setup + number(0x1f4, 4) * 16
    guard bytes.count >= whole else { throw cutShort("\(whole)") }
    let place = number(0x20e, 2) + 0x200
    guard place > 0x200, place < setup else {
      throw KernelError(
        what: "\(path) doesn't say which Linux it is", remedy: "give its vmlinux instead")
    }
    let words = String(decoding: bytes[place..<setup].prefix { $0 != 0 }, as: UTF8.self)
    release = try Self.release(words, path: path)
    build = String(words.dropFirst(release.count).drop { $0 == " " })
  }

  /// `6.1.0-56-cloud-amd64` from a text that begins with it. It becomes a folder's name.
  static func release(_ words: String, path: String) throws(KernelError) -> String {
    let release = words.prefix { $0 != " " }
    let isPlain = release.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    guard let first = release.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
      isPlain, release.utf8.count < 65
    else {
      throw KernelError(
        what: "\(path) has no release that a Linux could have: \"\(release.prefix(80))\"",
        remedy: "build or copy it again")
    }
    return String(release)
  }
}
