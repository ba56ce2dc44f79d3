// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// One report of the kernel's on a console.
public struct Finding: Codable, Sendable, Equatable {
  public var kind: Kind
  /// The kind and the frame to blame: `null-dereference in count_getpgid`.
  public var title: String
  /// The frame that is to blame, without its offset.
  public var frame: String?
  /// `read` or `write`, if the report says so.
  public var access: Access?
  /// The address that was touched, as printed.
  public var address: String?
  /// The line of the report's headline, counted from 1.
  public var line: Int
  /// Whether this is the cause; all other findings of the log follow from it or came later.
  public var primary: Bool
  /// Whether the kernel killed the running context over it (`die()`: an oops), instead of only
  /// reporting it.
  public var fatal: Bool
  /// The headline as the kernel printed it, without the timestamp.
  public var text: String
  /// The call trace's frames, innermost first.
  public var frames: [Frame]
  /// The frame whose symbol ``frame`` is.
  public var blamed: Frame?
  /// What the report says of machine and task.
  public var context = MachineContext()
  /// What it says of locks, objects and victims.
  public var details = ReportDetails()
  /// How often the log has a report of this kind, at this function.
  public var count = 1
  /// The headline stood inside of somebody's sentence.
  public var isQuoted = false
  /// A panic's headline, though it is not spelt like one.
  var isMisreadPanic = false
  /// A panic over this very finding followed.
  var endsMachine = false

  /// What records keep; the rest is for the reader of a log.
  enum CodingKeys: CodingKey {
    case kind, title, frame, access, address, line, primary, fatal, text, frames
  }

  public enum Access: String, Codable, Sendable {
    case read, write
  }

  public init(
    kind: Kind, title: String, frame: String? = nil, access: Access? = nil,
    address: String? = nil, line: Int, primary: Bool, fatal: Bool = false, text: String,
    frames: [Frame] = [], blamed: Frame? = nil
  ) {
    self.kind = kind
    self.title = title
    self.frame = frame
    self.access = access
    self.address = address
    self.line = line
    self.primary = primary
    self.fatal = fatal
    self.text = text
    self.frames = frames
    self.blamed = blamed
  }
}

/// A frame of a call trace: `symbol+0xoffset/0xsize [module]`.
public struct Frame: Codable, Sendable, Hashable {
  public var symbol: String
  public var offset: UInt64
  /// The module that the symbol lives in; `nil` for the kernel itself.
  public var module: String?
  /// Printed with a question mark: the unwinder found the address but does not vouch for it.
  public var uncertain: Bool
  /// The line of the log, counted from 1.
  public var line: Int

  /// `symbol+0xoffset`, the form in which frames are resolved to source lines.
  public var place: String { "\(symbol)+0x\(String(offset, radix: 16))" }

  public init(
    symbol: String, offset: UInt64, module: String? = nil, uncertain: Bool = false, line: Int
  ) {
    self.symbol = symbol
    self.offset = offset
    self.module = module
    self.uncertain = uncertain
    self.line = line
  }
}

/// What a verifier's (or loader's) log says.
public struct Rejection: Codable, Sendable, Equatable {
  public var by: Gate
  public var category: Category?
  /// The finding in plain words.
  public var headline: String
  /// The kernel's message.
  public var message: String
  /// The instruction that was refused, counted from 0, and its text.
  public var instruction: Instruction?
  /// The C line the log shows for it, as printed (no line number before Linux 6.8).
  public var sourceText: String?
  /// The C line's file and number, if the log prints them (`; text @ file.c:12`).
  public var source: SourcePlace?
  public var explanation: String
  public var suggestion: String
  /// The line of the log that holds ``message``, counted from 1.
  public var line: Int
  /// What the registers and stack slots held before the refused instruction, as far as the log
  /// shows it.
  public var registers: [Register] = []
  /// How the registers that the message is about came to hold that, in the order of the path.
  public var path: [PathStep] = []
  /// Which explanation it is: stays the same when its words are improved.
  public var id: String?
  /// Where the remedy lies.
  public var origin: Origin?

  /// Whose matter a refusal is.
  public enum Origin: String, Codable, Sendable, CaseIterable {
    /// What the author wrote.
    case source
    /// What the compiler made of it, or its options.
    case compiler
    /// What this kernel's verifier can follow at most, or gets wrong.
    case limit
    /// The kernel, the machine, the rights, the loader.
    case environment
  }

  public struct Register: Codable, Sendable, Equatable {
    /// The verifier's name: `R1`, `fp-8`.
    public var name: String
    /// The verifier's notation: `map_value_or_null(id=1,…)`.
    public var state: String

    public init(name: String, state: String) {
      self.name = name
      self.state = state
    }
  }

  /// An instruction before the refused one that mattered.
  public struct PathStep: Codable, Sendable, Equatable {
    public var instruction: Int
    /// Its line in the C source, if the log prints it (from Linux 6.8).
    public var line: Int?
    public var text: String
    public var why: String

    public init(instruction: Int, line: Int? = nil, text: String, why: String) {
      self.instruction = instruction
      self.line = line
      self.text = text
      self.why = why
    }
  }

  public struct Instruction: Codable, Sendable, Equatable {
    public var index: Int
    public var text: String

    public init(index: Int, text: String) {
      self.index = index
      self.text = text
    }
  }

  public init(
    by: Gate, category: Category? = nil, headline: String, message: String,
    instruction: Instruction? = nil, sourceText: String? = nil, source: SourcePlace? = nil,
    explanation: String, suggestion: String, line: Int
  ) {
    self.by = by
    self.category = category
    self.headline = headline
    self.message = message
    self.instruction = instruction
    self.sourceText = sourceText
    self.source = source
    self.explanation = explanation
    self.suggestion = suggestion
    self.line = line
  }
}
