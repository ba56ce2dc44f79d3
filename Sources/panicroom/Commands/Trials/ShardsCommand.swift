// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Host
import Lab
public import Reports

struct ShardsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shards",
    abstract: "Print a job that carries out a run in parts on several machines.",
    discussion: """
      The job starts run --shard for each part, continues a part that was interrupted, and merges the \
      parts. It is made of a file in templates/shards, and says itself how to start it.

      Examples:
        panicroom shards 8 --for slurm -- run --kernel all > job.sh
        panicroom shards 16 --for kubernetes -- run > job.yaml
        panicroom shards 8 --for github -- run --family locks > workflow.yml
      """)

  @Argument(help: "The number of parts.")
  var count: Int

  @Option(name: .customLong("for"), help: "slurm, kubernetes, github or gitlab.")
  var service: ShardService

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The run, after --, as on the command line.", valueName: "run"))
  var command: [String] = []

  func validate() throws {
    guard command.first == "run" else {
      throw ValidationError("After -- comes the run, such as: -- run --kernel all")
    }
    for word in command {
      switch word.prefix(while: { $0 != "=" }) {
      case "--shard", "--resume", "--runs":
        throw ValidationError("The job sets --shard, --resume and --runs itself: omit them.")
      case "--junit", "--format":
        throw ValidationError(
          "--junit and --format would be of one part: omit them, and use them with merge.")
      default: continue
      }
    }
    do {
      // As a part would be started.
      _ = try RunCommand.parse(command.dropFirst() + ["--shard", "1/1"])
    } catch {
      throw ValidationError("After --: " + RunCommand.message(for: error))
    }
  }

  func run() throws {
    let job: ShardJob
    do {
      job = try ShardJob(service, count: count, command: command)
    } catch {
      throw ValidationError(error.description)
    }
    let repository = try Setup.repository()
    try Output.print(job.render(try Files.text(repository.shardTemplate(service.template))))
  }
}

extension ShardService: ExpressibleByArgument {}
