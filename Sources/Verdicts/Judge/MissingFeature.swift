// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Whether a refusal means that the kernel lacks something, and not that the twin is wrong.
///
/// Applied only to disarmed twins, which another kernel accepts. What a kernel says about a program
/// from its future is not always plain: it sees a field that must be zero, or a wrong count.
public enum MissingFeature {
  private struct Sign {
    /// A part of the line.
    var words: String
    var meaning: String
  }

  /// Linux: kernel/bpf/verifier.c (`check_helper_call`, `check_func_call`, `check_btf_func`,
  /// `do_check`) of 5.10; libbpf: src/libbpf.c.
  private static let signs = [
    Sign(words: "invalid func unknown#", meaning: "it has no helper of this number"),
    Sign(
      words: "unknown func bpf_", meaning: "it offers this helper to no program of this type"),
    Sign(
      words: "number of funcs in func_info doesn't match number of subprogs",
      meaning: "it knows no callbacks, such as bpf_loop() takes (from 5.13 on)"),
    Sign(
      words: "BPF_CALL uses reserved fields",
      meaning: "programs can't call functions of the kernel (from 5.13 on)"),
    Sign(
      words: "BPF_STX uses reserved fields",
      meaning: "it has no atomic operations that return the old value (from 5.12 on)"),
    Sign(words: "not found in kernel or module BTFs", meaning: "it has no such function"),
    Sign(words: "points to disabled hook", meaning: "it lets no program into this hook"),
    Sign(words: "is not found in vmlinux BTF", meaning: "it has no such hook"),
    Sign(words: "failed to find kernel BTF type ID of", meaning: "it has no such type"),
    Sign(
      words: "BPF program load failed: Invalid argument",
      meaning: "it doesn't know this type of program or where it attaches"),
    Sign(words: "field has incomplete type 'struct", meaning: "its types lack this one"),
    Sign(words: "use of undeclared identifier", meaning: "its types lack this one"),
    Sign(words: "unknown type name", meaning: "its types lack this one"),
    Sign(words: "undeclared here", meaning: "its headers lack this"),
    Sign(words: "implicit declaration of function", meaning: "its headers lack this"),
  ]

  /// What is missing, in words; nil if the refusal doesn't say so.
  ///
  /// - Parameters:
  ///   - verdict: `rejected`.
  ///   - verifierSpoke: whether the verifier left a log; a kernel that doesn't know a program's
  ///     type refuses it before the verifier runs.
  public static func reason(for verdict: Verdict, verifierSpoke: Bool) -> String? {
    guard verdict.ruling == .rejected else { return nil }
    for text in [verdict.reason ?? ""] + verdict.evidence.map(\.text) {
      for sign in signs {
        if verifierSpoke, sign.words.hasPrefix("BPF program load failed") { continue }
        guard let line = text.split(separator: "\n").first(where: { $0.contains(sign.words) })
        else { continue }
        return "this kernel lacks what the twin needs: \(sign.meaning): \(line)"
      }
    }
    return nil
  }
}
