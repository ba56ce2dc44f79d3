// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The error number in a loader's words: as a number, by its name, or in words. Loaders write
/// `strerror(3)` as it is, Go's in small letters, and some only the number.
enum ErrorNumber {
  static func named(in text: Text) -> Int32? {
    // Old tools print what the system call returned, which is always -1, before the words.
    if let number = number(in: text), number != 1 { return number }
    return word(in: text) ?? number(in: text)
  }

  private static let marks: [StaticString] = [
    "os error ", "errno: ", "errno=", "errno ", "err=", "err: ", "err ", "error code: ", "error ",
    "ret=", "ret: ", "rc=", "returned ", "(", ": ",
  ]

  /// `(-12)`, `(os error 22)`, `err -2`, `err=-22`, `: -22`, `(7)`. A number without a sign only
  /// counts after a word that says what it is.
  private static func number(in text: Text) -> Int32? {
    for mark in marks {
      var search = 0
      while let place = text.find(mark, from: search) {
        search = place + 1
        var rest = text.dropFirst(place + mark.utf8CodeUnitCount)
        let isNegative = rest.hasPrefix("-")
        if isNegative { rest = rest.dropFirst(1) }
        let needsSign = mark.utf8CodeUnitCount <= 2
        let digits = rest.upTo { !$0.isDigit }.count
        guard (1...3).contains(digits), let value = rest.leadingNumber(), isErrno(value) else {
          continue
        }
        let isClosed = rest.count == digits || !rest[digits].isSymbol
        // tc: `rejected: Permission denied (13)!`
        let isInParentheses =
          mark.utf8Start[0] == UInt8(ascii: "(") && rest.hasPrefix(")", at: digits)
        if isClosed, isNegative || !needsSign || isInParentheses { return Int32(value) }
      }
    }
    return nil
  }

  /// include/uapi/asm-generic/errno.h, and the kernel's own ENOTSUPP.
  private static func isErrno(_ value: Int) -> Bool { (1...133).contains(value) || value == 524 }

  private static func word(in text: Text) -> Int32? {
    var best: (place: Int, value: Int32)?
    for (words, value) in names {
      guard let place = text.findIgnoringCase(words) else { continue }
      if best.map({ place < $0.place }) ?? true { best = (place, value) }
    }
    return best?.value ?? symbols.first { text.contains($0.0) }?.1
  }

  private static let names: [(StaticString, Int32)] = [
    ("operation not permitted", 1), ("no such file", 2), ("no such process", 3),
    ("file does not exist", 2), ("file already exists", 17), ("interrupted system call", 4),
    ("input/output error", 5), ("too many open files", 24),
    ("inappropriate ioctl", 25), ("no data available", 61), ("value too large for defined", 75),
    ("no such device or address", 6), ("argument list too long", 7), ("exec format error", 8),
    ("invalid module format", 8), ("bad file descriptor", 9), ("resource temporarily", 11),
    ("cannot allocate memory", 12), ("out of memory", 12), ("permission denied", 13),
    ("bad address", 14), ("device or resource busy", 16), ("file exists", 17),
    ("no such device", 19), ("invalid argument", 22), ("invalid parameter", 22),
    ("no space left on device", 28), ("numerical result out of range", 34),
    ("function not implemented", 38), ("too many levels of symbolic", 40), ("bad message", 74),
    ("address family not supported", 97), ("operation not supported", 95),
    ("cannot assign requested address", 99), (": not supported", 95), ("read-only file system", 30),
    ("not a directory", 20), ("message too long", 90), ("connection timed out", 110),
    ("no buffer space", 105), ("protocol not supported", 93), ("required key not available", 126),
    ("key has expired", 127), ("key has been revoked", 128), ("key was rejected", 129),
    ("unknown error 524", 524),
  ]

  /// `ENODEV`; nil if it is not one that loaders name.
  static func symbol(of number: Int32) -> String? {
    symbols.first { $0.1 == number }?.0.description
  }

  private static let symbols: [(StaticString, Int32)] = [
    ("EPERM", 1), ("ENOENT", 2), ("ESRCH", 3), ("E2BIG", 7), ("ENOEXEC", 8), ("EAGAIN", 11),
    ("ENOMEM", 12), ("EACCES", 13), ("EFAULT", 14), ("EBUSY", 16), ("EEXIST", 17), ("ENODEV", 19),
    ("EINVAL", 22), ("ENOSPC", 28), ("ERANGE", 34), ("ENOSYS", 38), ("EOPNOTSUPP", 95),
    ("EADDRNOTAVAIL", 99), ("ENOKEY", 126), ("EKEYREJECTED", 129), ("ENOTSUPP", 524),
    ("EMFILE", 24), ("EOVERFLOW", 75), ("ETIMEDOUT", 110), ("EBADF", 9), ("EMSGSIZE", 90),
  ]
}

extension Text {
  /// Where `pattern` stands, all its places.
  func places(of pattern: StaticString) -> [Int] {
    var found: [Int] = []
    var search = 0
    while found.count < 8, let place = find(pattern, from: search) {
      found.append(place)
      search = place + 1
    }
    return found
  }

  func findIgnoringCase(_ pattern: StaticString) -> Int? {
    let last = count - pattern.utf8CodeUnitCount
    guard last >= 0 else { return nil }
    let other = pattern.utf8Start
    let length = pattern.utf8CodeUnitCount
    var index = 0
    while index <= last {
      var matched = 0
      while matched < length,
        start[index + matched].lowerCased == other[matched].lowerCased
      {
        matched += 1
      }
      if matched == length { return index }
      index += 1
    }
    return nil
  }
}

extension UInt8 {
  var lowerCased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
