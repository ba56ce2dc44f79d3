import Host
import Kernels
import Logging
import Record
import Scenarios
import Verdicts

/// The kernel's own annotated verifier programs, `tools/testing/selftests/bpf/progs/verifier_*.c` of
/// 6.6 and later, made from a source tree that the user names.
struct VerifierSelftests: Suite {
  let tree: SelftestTree
  let cache: CacheDirectory
  let logger: Logger
  let emit: @Sendable (Event) -> Void

  init(
    source: String, cache: CacheDirectory, logger: Logger, emit: @escaping @Sendable (Event) -> Void
  ) async throws {
    tree = try SelftestTree(source)
    self.cache = cache
    self.logger = logger
    self.emit = emit
  }

  var header: RunHeader.Suite {
    RunHeader.Suite(
      name: SuiteChoice.Name.verifierSelftests.rawValue, source: tree.root,
      about: ["programs of Linux \(tree.version)"])
  }

  var kernel: String? { tree.series }
  var profile: String? { nil }

  func items(on kernel: PreparedKernel) async throws -> [SuiteItem] {
    guard kernel.kernel.release.hasPrefix(tree.series + ".") else {
      throw LabError(
        "\(tree.root) is the source of Linux \(tree.version), and kernel \(kernel.kernel.name) is "
          + "\(kernel.kernel.release): what the programs expect holds for their own series only. "
          + "Choose a kernel of \(tree.series) with --kernel, or another source.")
    }
    return []
  }
}
