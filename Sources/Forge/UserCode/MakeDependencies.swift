// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What compilers and kbuild write for make.
enum MakeDependencies {
  /// The files of a rule `object: source header …`, in which a backslash continues a line and
  /// quotes a blank.
  static func files(_ rule: String) -> [String] {
    guard let colon = rule.firstRange(of: ": ") else { return [] }
    let text = String(rule[colon.upperBound...]).replacing("\\\n", with: " ")
      .replacing("\\ ", with: "\u{0}")
    return text.split { $0 == " " || $0 == "\n" }.map { word in
      String(word).replacing("\u{0}", with: " ").replacing("$$", with: "$")
        .replacing("\\#", with: "#")
    }
  }

  /// The files of one of kbuild's `.x.o.cmd` (Linux: scripts/basic/fixdep.c).
  static func kbuildFiles(_ text: String) -> [String] {
    var files: [String] = []
    var isList = false
    for line in text.split(separator: "\n") {
      if let source = line.firstMatch(of: /^source_.*? := (.+)$/) { files.append(String(source.1)) }
      if line.hasPrefix("deps_") {
        isList = true
        continue
      }
      guard isList else { continue }
      let words = line.split(separator: " ").filter { !$0.hasPrefix("$(") && $0 != "\\" }
      files += words.map(String.init)
      if !line.hasSuffix("\\") { isList = false }
    }
    return files
  }

  /// What a Makefile says about a module that is made of several sources.
  ///
  /// - Returns: the module that `name-objs` or `name-y` makes of this object; nil if none does.
  static func module(of object: String, in makefile: String) -> String? {
    let lines = makefile.replacing("\\\n", with: " ").split(separator: "\n")
    for line in lines {
      guard let match = line.firstMatch(of: /^\s*([\w-]+)-(?:objs|y)\s*[:+?]?=(.*)$/),
        !["obj", "ccflags", "asflags", "ldflags", "subdir"].contains(match.1)
      else { continue }
      let objects = match.2.split { $0 == " " || $0 == "\t" }.map {
        String($0).replacing("$(src)/", with: "")
      }
      if objects.contains(object) { return String(match.1) }
    }
    return nil
  }

  /// Whether kbuild finds modules in it.
  static func namesModules(_ makefile: String) -> Bool {
    makefile.firstMatch(of: /(?m)^\s*obj-(m|\$[({]\w+[)}])\s*[:+?]?=/) != nil
  }

  /// Whether it sets flags of the compiler.
  static func setsFlags(_ makefile: String) -> Bool {
    makefile.firstMatch(of: /(?m)^\s*(ccflags-(y|m)|EXTRA_CFLAGS|CFLAGS_[\w.-]+)\s*[:+?]?=/) != nil
  }
}
