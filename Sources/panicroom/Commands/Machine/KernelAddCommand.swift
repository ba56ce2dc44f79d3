// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Kernels
import Lab

struct KernelAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Add a kernel of your own: any bzImage or vmlinux for x86-64.",
    discussion: """
      Image, configuration and the few modules that guests need are copied into the cache; headers \
      are used in place. Nothing is installed on this machine. Anything missing is reported, and \
      the trials that need it are skipped: without headers the module twins, without BTF in the \
      kernel the eBPF twins that include vmlinux.h, as all of the catalogue's do.

      Release, BTF and, if it is embedded, configuration are read from the kernel itself; otherwise \
      the configuration is looked for next to image, modules and headers. Modules may be compressed \
      (.ko.xz, .ko.zst, .ko.gz). --modules may be omitted only if virtio_pci and virtio_console are \
      built in.

      Examples:
        Debian:  panicroom kernel add mine --image /boot/vmlinuz-V \\
                   --modules /lib/modules/V --headers /usr/src/linux-headers-V
        Ubuntu:  panicroom kernel add noble --image /boot/vmlinuz-V-generic \\
                   --modules /lib/modules/V-generic --headers /usr/src/linux-headers-V-generic
        Fedora:  panicroom kernel add fedora --image /lib/modules/V/vmlinuz \\
                   --modules /lib/modules/V --headers /usr/src/kernels/V
        Packages that were unpacked into P: the same with P in front of each path.
        Built from source, in the build tree:
                 make modules_install INSTALL_MOD_PATH=/tmp/m
                 panicroom kernel add next --image arch/x86/boot/bzImage \\
                   --modules /tmp/m --headers .
        Then:    panicroom run --kernel mine
      """)

  @Argument(help: "What to call it: lower-case letters, digits, dots, plus and minus signs.")
  var name: String

  @Option(help: "A bzImage (vmlinuz) or a vmlinux, compressed or not.", completion: .file())
  var image: String

  @Option(
    help: "The build tree, or the distribution's headers, that its modules are built with.",
    completion: .directory)
  var headers: String?

  @Option(help: "…/lib/modules/V, or a folder that contains it.", completion: .directory)
  var modules: String?

  @Option(help: "Its .config, if it is not found automatically.", completion: .file())
  var config: String?

  @Option(help: "Its System.map, if it is not found automatically.", completion: .file())
  var systemMap: String?

  @Flag(help: "Replace the kernel that was added under this name.")
  var replace = false

  @Flag(name: [.short, .long], help: "Print more detail.")
  var verbose = false

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    let parts = parts
    let status = try await Interruption.cancelling { [replace] in
      try await laboratory.kernels.add(parts, replacing: replace)
    }
    Terminal.standard.show(status: "")
    try Output.print(KernelCommand.lines(status))
  }

  private var parts: KernelParts {
    let given = [
      ("--image", image), ("--headers", headers), ("--modules", modules), ("--config", config),
      ("--system-map", systemMap),
    ].compactMap { option, path in path.map { (option, Self.absolute($0)) } }
    let words = given.map { "\($0) \(Self.quoted($1))" }.joined(separator: " ")
    var parts = KernelParts(
      name: name, image: Self.absolute(image),
      addedBy: "panicroom kernel add \(name) \(words) --replace")
    parts.headers = headers.map(Self.absolute)
    parts.modules = modules.map(Self.absolute)
    parts.config = config.map(Self.absolute)
    parts.systemMap = systemMap.map(Self.absolute)
    return parts
  }

  /// The cache outlives the folder that this is run in.
  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  private static func quoted(_ path: String) -> String {
    path.contains { !$0.isLetter && !$0.isNumber && !"/._+-".contains($0) }
      ? "'" + path.replacingOccurrences(of: "'", with: "'\\''") + "'" : path
  }
}
