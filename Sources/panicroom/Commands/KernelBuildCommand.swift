import ArgumentParser
import Lab

extension KernelCommand {
  struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Build a kernel from Debian's source, with checks that no stock kernel has.",
      discussion: """
        vm/builds.yaml says which there are. What was fetched and compiled when a build was stopped \
        is not done again: give the command again to go on. Time left is reckoned from the files \
        that are still to be compiled.

        Examples:
          panicroom kernel build debug
          panicroom kernel build debug --series 6.12
          panicroom run --kernel debug
        """)

    @Argument(help: "A name of vm/builds.yaml.")
    var name: String

    @Option(
      help: ArgumentHelp(
        "The series of Linux; the default one where it isn't said.", valueName: "series"))
    var series: String?

    @Option(
      name: [.short, .long],
      help: "Compilers side by side, 1 to 256; one for each core where it isn't said.")
    var jobs: Int?

    @Flag(help: "Throw away what an earlier build has left, and fetch the source again.")
    var fromScratch = false

    @Flag(help: "Keep source and objects (3 GiB), so that the next build is quick.")
    var keep = false

    @Flag(name: [.short, .long], help: "Say more about what is being done.")
    var verbose = false

    func validate() throws {
      if let jobs, !(1...256).contains(jobs) {
        throw ValidationError("--jobs is from 1 to 256.")
      }
    }

    func run() async throws {
      let progress = Progress(Terminal.standard)
      let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
      let order = KernelOrder(
        name: name, series: series, jobs: jobs, fromScratch: fromScratch, keeping: keep)
      let answer = try await Interruption.cancelling { try await laboratory.buildKernel(order) }
      Terminal.standard.show(status: "")
      try Output.print(answer.text)
    }
  }
}
