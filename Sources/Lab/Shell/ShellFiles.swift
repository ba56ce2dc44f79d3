// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Host
package import Scenarios
import Trials
import Verdicts
import Wire

/// A file that a shell finds in its guest.
package struct ShellFile: Sendable, Equatable {
  package var path: String
  package var bytes: [UInt8]
  package var executable = false

  package init(_ path: String, _ text: String, executable: Bool = false) {
    self.init(path, bytes: Array(text.utf8), executable: executable)
  }

  package init(_ path: String, bytes: [UInt8], executable: Bool = false) {
    self.path = path
    self.bytes = bytes
    self.executable = executable
  }
}

/// What a shell finds: its profile, and in `/scenario` both twins of a scenario with what loads them.
package enum ShellFiles {
  package static let folder = "/scenario"

  /// The prompt; busybox puts the current folder in for `\w`.
  package static let profile = ShellFile(
    "/etc/profile", "PS1='guest:\\w# '\nHISTFILE=/tmp/.history\nexport PS1\n")

  /// - Parameters:
  ///   - twins: what the forge made of the scenario.
  ///   - repository: the sources' top folder.
  /// - Throws: `HostError`, `ForgeError`, if a file can't be read.
  package static func of(
    _ scenario: Scenario, twins: [ForgedTwin], repository: String
  ) throws -> [ShellFile] {
    let name = scenario.objectName
    var files: [ShellFile] = []
    var refused: [String] = []
    for mechanism in Mechanism.allCases {
      let source = Scenario.sourcePath(mechanism, of: name)
      files.append(
        ShellFile(
          "\(folder)/\(Files.name(of: source))", bytes: try Files.read("\(repository)/\(source)")))
      let plan = scenario.plan(mechanism, armed: false, objectSize: 1)
      files.append(
        ShellFile(
          "\(folder)/.plans/\(mechanism.rawValue)",
          bytes: HostMessage.trial(plan).frame.payload))
    }
    for twin in twins {
      let suffix = twin.mechanism == .lkm ? "ko" : "bpf.o"
      let file = "\(name)\(twin.armed == true ? ".armed" : "").\(suffix)"
      guard case .success(let object) = twin.result else {
        refused.append(file)
        continue
      }
      let bytes = try Files.read(object.object)
      files.append(ShellFile("\(folder)/\(file)", bytes: bytes))
      if twin.mechanism == .bpf, twin.armed == nil,
        let armed = try ObjectFile(path: object.object).armed()
      {
        files.append(ShellFile("\(folder)/\(name).armed.bpf.o", bytes: armed))
      }
    }
    let paths = Set(files.map(\.path))
    files.append(
      ShellFile(
        "\(folder)/README",
        readme(scenario, refused: refused) { file in
          paths.contains("\(folder)/\(file)")
        }))
    return files + commands(name, hasArmedModule: paths.contains("\(folder)/\(name).armed.ko"))
  }

  private static func commands(_ name: String, hasArmedModule: Bool) -> [ShellFile] {
    let armed = hasArmedModule ? "\(folder)/\(name).armed.ko" : "\(folder)/\(name).ko armed=1"
    return [
      ShellFile(
        "/sbin/load",
        """
        #!/bin/sh
        # load lkm|bpf [armed]: load and attach a twin of the scenario, as the laboratory does.
        case "$1 ${2-disarmed}" in
          "lkm armed") exec insmod \(armed) ;;
          "lkm disarmed") exec insmod \(folder)/\(name).ko ;;
          "bpf armed" | "bpf disarmed") exec /init shell-tool load "$@" ;;
          *) echo "usage: load lkm|bpf [armed]" >&2; exit 2 ;;
        esac

        """, executable: true),
      ShellFile(
        "/sbin/work", "#!/bin/sh\n# The scenario's workload.\nexec /init shell-tool work\n",
        executable: true),
      ShellFile(
        "/sbin/unload",
        """
        #!/bin/sh
        # Take the twins out.
        gone=
        if grep -q '^\(name) ' /proc/modules; then rmmod \(name) && gone=1; fi
        [ -n "$gone" ] && [ ! -S /run/panicroom-program ] || exec /init shell-tool unload

        """, executable: true),
    ]
  }

  private static func readme(
    _ scenario: Scenario, refused: [String], has: (String) -> Bool
  ) -> String {
    let name = scenario.objectName
    var text = """
      \(scenario.name): \(scenario.title)
      Job:   \(scenario.job)
      Fault: \(scenario.fault)


      """
    for file in refused { text += "The compiler refuses to build \(file).\n" }
    for module in scenario.modules { text += "First: modprobe \(module)\n" }
    let armedModule = has("\(name).armed.ko") ? "\(name).armed.ko" : "\(name).ko armed=1"
    text += """
      The module
        insmod \(name).ko
        insmod \(armedModule)
        rmmod \(name)

      The program, attached by libbpf as in a trial (it stays until unload)
        load bpf
        load bpf armed
        unload

      What triggers either of them: the scenario's workload
        work

      The program loaded with bpftool, which loads and pins, but attaches few programs and can't set
      variables; the second file, if there is one, has armed set to 1:
        bpftool prog loadall \(name).bpf.o /sys/fs/bpf/twin

      """
    if has("\(name).armed.bpf.o") {
      text += "  bpftool prog loadall \(name).armed.bpf.o /sys/fs/bpf/twin\n"
    }
    return text + """
        bpftool prog show
        rm -r /sys/fs/bpf/twin

      """
  }
}
