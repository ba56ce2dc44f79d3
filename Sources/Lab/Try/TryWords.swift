// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Forge
import Scenarios
public import Wire

/// Reads a try's options from a command line.
public enum TryWords {
  /// `PROGRAM=TARGET`, `PROGRAM=TARGET:DEVICE`, `PROGRAM=iterator:MAP`.
  public static func attach(_ text: String) throws -> Attachment {
    let (program, place) = try pair(text, "--attach", "PROGRAM=TARGET")
    let parts = place.split(separator: ":", maxSplits: 1).map(String.init)
    guard let target = parts.first.flatMap(Attachment.Target.init(rawValue:)) else {
      let targets = Attachment.Target.allCases.map(\.rawValue)
      let known = targets.joined(separator: ", ")
      throw LabError(
        "--attach \(text): unknown target \"\(place)\""
          + "\(didYouMeanOrStop(parts.first ?? place, among: targets)) There are \(known).")
    }
    let detail = parts.count > 1 ? parts[1] : nil
    let takesDevice = [.tcIngress, .tcEgress, .xdp].contains(target)
    guard detail == nil || takesDevice || target == .iterator else {
      throw LabError("--attach \(text): \(target.rawValue) takes nothing after a colon.")
    }
    return Attachment(
      program: program, to: target, device: takesDevice ? detail : nil,
      map: target == .iterator ? detail : nil)
  }

  /// A step as in a scenario's file.
  public static func step(_ text: String) throws -> WorkStep {
    do {
      return try WorkStep.reading(text)
    } catch let error as InvalidScenario {
      throw LabError(
        "--workload '\(text)': \(error.problems.map(\.message).joined(separator: "; "))")
    } catch {
      throw LabError("--workload '\(text)' is not a step such as 'files: 8': \(error)")
    }
  }

  /// What compilers get besides.
  ///
  /// - Parameters:
  ///   - flags: arguments, several in a word if blanks part them, with quotes as in a shell.
  ///   - machine: `-mcpu` of a program; nil for the usual one.
  public static func compiler(
    includes: [String], definitions: [String], flags: [String], machine: String?
  ) throws -> CompilerOptions {
    var options = CompilerOptions()
    (options.includes, options.definitions, options.machine) = (includes, definitions, machine)
    for text in flags {
      guard let words = CompilerOptions.words(text) else {
        throw LabError("--cflags '\(text)': a quotation doesn't end.")
      }
      options.flags += words
    }
    return options
  }

  /// `NAME=VALUE`.
  public static func argument(_ text: String) throws -> TrialPlan.Argument {
    let (name, value) = try pair(text, "--arg", "NAME=VALUE")
    return TrialPlan.Argument(name: name, value: value)
  }

  private static func pair(
    _ text: String, _ option: String, _ form: String
  ) throws -> (String, String) {
    guard let sign = text.firstIndex(of: "="), sign > text.startIndex,
      text.index(after: sign) < text.endIndex
    else { throw LabError("\(option) \(text): use the form \(form).") }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
