// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The commands that docs/try.md gives work, in a repository as it describes one.
@Suite(.lane, .tags(.guest), .timeLimit(.minutes(10))) struct TryHandbookTests {
  private static let program = """
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>
    SEC("xdp") int pass(struct xdp_md *packet) { return XDP_PASS; }
    char LICENSE[] SEC("license") = "GPL";
    """
  private static let gate = """
    #include <linux/fs.h>
    #include <linux/miscdevice.h>
    #include <linux/module.h>
    static ssize_t gate_write(struct file *f, const char __user *from, size_t n, loff_t *at)
    {
      return n;
    }
    static ssize_t gate_read(struct file *f, char __user *to, size_t n, loff_t *at)
    {
      return 0;
    }
    static const struct file_operations operations = {
      .owner = THIS_MODULE, .read = gate_read, .write = gate_write,
    };
    static struct miscdevice gate = {
      .minor = MISC_DYNAMIC_MINOR, .name = "gate", .fops = &operations,
    };
    module_misc_device(gate);
    MODULE_LICENSE("GPL");
    """

  /// The lines in boxes that are commands, without their remarks.
  private static func commands() throws -> [Substring] {
    var isBox = false
    return try Files.text(Harness.repository + "/docs/try.md").split(separator: "\n").filter {
      if $0.hasPrefix("```") { isBox.toggle() }
      return isBox && $0.hasPrefix("./panicroom ")
    }.map { $0.prefix { $0 != "#" } }
  }

  @Test func everyCommandWorks() async throws {
    let commands = try Self.commands()
    #expect(commands.count > 4)
    try await Harness.use { harness in
      let repository = harness.folder + "/path/to/repository"
      for folder in [".git", "src", "driver"] { try Files.makeFolder("\(repository)/\(folder)") }
      try Files.write(Self.program, to: "\(repository)/src/filter.bpf.c")
      try Files.write("obj-m := gate.o\n", to: "\(repository)/driver/Makefile")
      try Files.write(Self.gate, to: "\(repository)/driver/gate.c")
      try Files.write("int main(void) { return 0; }\n", to: "\(repository)/src/main.c")
      try Files.write(Self.program, to: "\(harness.folder)/filter.bpf.c")
      try Files.write(Self.gate, to: "\(harness.folder)/gate.c")
      for command in commands {
        // The other kernels are not this test's.
        let line = command.dropFirst("./panicroom".count).replacing("--kernel all", with: "")
        let output = try await Tool("sh").run(
          ["-c", "cd '\(harness.folder)' && exec '\(Harness.program)' \(line)"],
          environment: [
            "PANICROOM_REPOSITORY": .some(Harness.repository),
            "XDG_CACHE_HOME": .some(Files.parent(of: harness.cache.root)),
          ])
        #expect(output.status == 0, "\(command): \(output.errorText)")
        #expect(output.text.contains("✓"), "\(command): \(output.text)")
        if line.contains("/dev/gate") {
          #expect(output.text.contains("gate_read (1), gate_write (1)"), "\(output.text)")
        }
        if line.split(separator: " ").last?.hasSuffix("/repository") == true {
          #expect(output.text.contains("src/main.c"), "\(command): \(output.text)")
        }
      }
    }
  }
}
