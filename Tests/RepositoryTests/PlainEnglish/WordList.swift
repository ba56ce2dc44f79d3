// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A phrase that costs a native reader a second pass, and what to write instead.
struct Habit: Sendable {
  let rule: Rule
  let instead: String

  /// - Parameter pattern: one blank in it matches a line break of a paragraph, too.
  init(_ pattern: String, _ instead: String) {
    rule = Rule(pattern)
    self.instead = instead
  }
}

/// The words that our documents and messages do without.
enum WordList {
  static let habits: [Habit] = conditions + time + saying + numbers + doing + terms

  /// "Where" is a place. A condition is "if", a repeated event "when".
  private static let conditions = [
    Habit(#"(?<=[.:;] )where (?![^.?|]*\?)"#, "if, or when"),
    Habit(#"\bwhere (?:an?|one|none|nothing|some|any|no)\b"#, "if, or when"),
    Habit(#"\bwhere there (?:is|are|was|were)\b"#, "if there is"),
    Habit(#"\b(?:also|only|except|even|but|not|or) where\b"#, "if, or when"),
    Habit(
      #"\bwhere (?:it|this|that|they|you) (?:is ?n[o']t|are ?n[o']t|was|has|have|doesn't|does|can)\b"#,
      "if, or when"),
    Habit(
      #"\bwhere (?:it|this|that|they) (?:is|are) (?:given|missing|needed|known|set|\w+able)\b"#,
      "if, or when"),
    Habit(#"\bwhere the [\w' ]{1,30}(?:isn't|doesn't|can't|hasn't|is not|has no)\b"#, "if"),
    Habit(#"\b(?:is|are)n't (?:given|said|told)\b"#, "by default, or if it is omitted"),
  ]

  private static let time = [
    Habit(#"(?<!left |leaves |leave |falls |fell )\bbehind\b"#, "after, past, or next to"),
    Habit(#"\bmeanwhile\b"#, "during that time, or at the same time"),
    Habit(#"\bfrom (?:v?\d[\d.]*|there|sid|\d+ columns) on\b"#, "from X"),
    Habit(#"\b(?:go|goes|went|going) on with\b"#, "continue, or resume"),
    Habit(#"\bas ever\b"#, "as always"),
  ]

  private static let saying = [
    Habit(#"\btells\b"#, "reports, prints, or says"),
    Habit(#"\btold\b"#, "reported, printed, or said; apart: distinguished"),
    Habit(#"\btell(?:ing)? of\b"#, "report"),
    Habit(#"\bown words\b"#, "message, or text"),
    Habit(#"\bwithout a word\b"#, "silently"),
    Habit(#"\bstandard (?:output|error|input)\b"#, "stdout, stderr, or stdin"),
    Habit(#"\b(?:becomes?|became|become) of\b"#, "happens to"),
    Habit(#"\b(?:comes?|came) of (?:it|them|each|that)\b"#, "results from, or happens to"),
  ]

  private static let numbers = [
    Habit(#"\bso many\b"#, "N, or that many"),
    Habit(#"\bso much that\b"#, "as much as, or limited to"),
    Habit(#"\bhow often each\b"#, "repetitions"),
    Habit(#"\b(?:two|three|four|\d+) or more\b"#, "at least"),
    Habit(#"\breckon(?:s|ed|ing)?\b"#, "estimate, or count"),
  ]

  private static let doing = [
    Habit(#"\bmend(?:s|ed|ing)?\b"#, "fix"),
    Habit(#"\balike\b"#, "also, equally, or in the same way"),
    Habit(#"\banew\b"#, "again"),
    Habit(#"\ble(?:ave|aves|ft|aving) (?:(?:it|them|this|that) )?away\b"#, "omit"),
    Habit(#"\bleave the [a-z ]{1,30} away\b"#, "omit"),
    Habit(#"\bhad again\b"#, "regenerated"),
    Habit(#"\bcan(?:not|'t)? be had\b"#, "is available, or can be fetched"),
    Habit(#"\b(?:is|are) (?:not )?in order\b"#, "valid, or working"),
    Habit(#"\bof one's own\b"#, "your own"),
    Habit(#"\bh(?:eld|olds?) against\b"#, "compare with"),
    Habit(#"\binstead of finding out\b"#, "default: detect"),
    Habit(#"\bthe same all\b|\ball the same\b"#, "still, or anyway"),
    Habit(
      #"\bby and by\b|\bno matter of\b|\bfor good\b"#, "gradually; independent of; permanently"),
    Habit(#"\bnobody['a-z]* trouble\b|\bin nobody's way\b"#, "is ignored"),
    Habit(#"\bwhich there are\b"#, "lists"),
    Habit(#"\bone that isn'?t\b"#, "name the thing"),
    Habit(#"\bcut short\b"#, "truncated"),
    Habit(#"\bwhat (?:isn't|is not) (?:there|here)\b"#, "what is missing"),
  ]

  /// The field has a word.
  private static let terms = [
    Habit(#"\bback[ -]traces?\b"#, "backtrace"),
    Habit(#"\btime[- ]outs?\b"#, "timeout"),
    Habit(#"\btime stamps?\b"#, "timestamp"),
    Habit(#"\bexit codes?\b"#, "exit status"),
    Habit(#"\bsymbolic links?\b"#, "symlink"),
    Habit(#"\bprocessor time\b"#, "CPU time"),
    Habit(#"\b(?:white|black)lists?\b"#, "allow-list, deny-list"),
    Habit(#"\bset-up\b"#, "setup"),
  ]
}
