import ArgumentParser
import Lab
import Scenarios

struct PrepareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prepare",
    abstract: "Fetch, compile and boot all that a later run or try needs, and run nothing.",
    discussion: """
      Afterwards run, try and bench start at once, and need no network for these kernels.

      Examples:
        panicroom prepare                    everything, for the default kernel
        panicroom prepare --kernel all       the day before a workshop
        panicroom prepare '*-loop'           a few scenarios
      """)

  @Argument(
    help: "Names of scenarios, or patterns with * and ?. All where none is given.",
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @Option(
    help: "A kernel (see kernel list), or all. May be given more than once.",
    completion: Completions.kernels)
  var kernel: [String] = []

  @Option(
    help: "A profile of vm/profiles.yaml. May be given more than once.",
    completion: Completions.profiles)
  var profile: [String] = []

  @Flag(name: [.short, .long], help: "Say more about what is being done.")
  var verbose = false

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    var request = Request(
      scenarios: try Catalogue.load(repository: laboratory.repository.root).select(scenarios))
    request.kernels = kernel
    request.profiles = profile
    let wanted = request
    let reasons = try await Interruption.cancelling { try await laboratory.prepare(wanted) }
    Terminal.standard.show(status: "")
    for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) {
      Terminal.standard.say("panicroom: kernel \(name) could not be made ready: \(reason)")
    }
    if !reasons.isEmpty { throw ExitStatus.badRequest }
  }
}
