import GuestAgent

Agent.main(arguments: CommandLine.arguments)
