// swift-tools-version: 6.1
// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// Panic Room: which target may import which is fixed in docs/architecture.md.
// Only the guest side (GuestKernel and what stands on it) links libbpf and libkmod.

import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
    resources: resources, swiftSettings: strict)
}

let fixtures: [Resource] = [.copy("Fixtures")]

let package = Package(
  name: "panicroom",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // The host side.
    .executableTarget(
      name: "panicroom",
      dependencies: [
        argumentParser, logging,
        "Host", "Kernels", "Lab", "Machine", "Record", "Reports", "Scenarios", "Verdicts",
        "Interactive",
      ],
      swiftSettings: strict),
    library(
      "Interactive", ["Lab", "Machine", "Record", "Reports", "Scenarios", "Trials", "Verdicts"]),
    .target(
      name: "Reports", dependencies: [mustache, "Record", "Scenarios", "Verdicts", "Wire"],
      resources: [.embedInCode("Page"), .embedInCode("Parts")], swiftSettings: strict),
    library(
      "Lab",
      [
        logging, yaml,
        "Forge", "Host", "Kernels", "Machine", "Record", "Scenarios", "Trials", "Verdicts", "Wire",
      ]),
    library(
      "Trials",
      [logging, "Forge", "Host", "Machine", "Record", "Scenarios", "Verdicts", "Wire"]),
    library("Record", ["Scenarios", "Verdicts"]),
    library("Machine", [logging, "CHost", "CMachine", "Host", "Wire"]),
    library("Forge", [logging, "CLibelf", "Host", "Kernels", "Scenarios", "Verdicts"]),
    library("Kernels", [logging, yaml, "Host"]),
    library("Scenarios", [yaml, "Verdicts", "Wire"]),
    library("Host", [subprocess, system, "CHost"]),
    library("Verdicts"),

    // Spoken by both sides.
    library("Wire"),

    // The guest side: PID 1 of every guest, linked with Swift's static standard library.
    .executableTarget(
      name: "guest-init",
      dependencies: ["GuestAgent"],
      swiftSettings: strict,
      linkerSettings: [
        .unsafeFlags(["-static-stdlib", "-use-ld=lld"])
      ]),
    library("GuestAgent", ["CGuest", "GuestKernel", "Wire"]),
    library("GuestKernel", ["CGuest", "CLibbpf", "CLibkmod"]),

    // C.
    .systemLibrary(
      name: "CLibbpf", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
    .systemLibrary(
      name: "CLibkmod", pkgConfig: "libkmod", providers: [.apt(["libkmod-dev"])]),
    .systemLibrary(
      name: "CLibelf", pkgConfig: "libelf", providers: [.apt(["libelf-dev"])]),
    .target(name: "CGuest", dependencies: ["CLibbpf"]),
    .target(name: "CMachine"),
    // Hundreds of MiB are digested: in a debug build, too.
    .target(name: "CHost", cSettings: [.unsafeFlags(["-O2"])]),

    .target(
      name: "TestSupport", dependencies: ["Host"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("Forge", [logging, "Host", "Kernels", "Scenarios", "Verdicts"]),
    tests("GuestAgent", ["GuestKernel", "Scenarios", "Wire"]),
    tests("GuestKernel", ["Host"]),
    tests("Host", ["CHost"]),
    tests("Kernels", [logging, "Host"]),
    tests(
      "Lab", ["Forge", "Host", "Kernels", "Machine", "Record", "Scenarios", "Verdicts", "Wire"]),
    tests(
      "Trials",
      [
        logging, "Forge", "Host", "Kernels", "Lab", "Machine", "Record", "Reports", "Scenarios",
        "Verdicts", "Wire",
      ], resources: fixtures),
    tests("Machine", ["Host", "Wire"]),
    tests("Record", ["Scenarios", "Verdicts"]),
    tests("Reports", ["Host", "Record", "Scenarios", "Verdicts"], resources: fixtures),
    tests("Scenarios", ["Verdicts", "Wire"]),
    .testTarget(
      name: "TestSupportTests", dependencies: ["TestSupport"], swiftSettings: strict),
    tests("Verdicts", resources: fixtures),
    tests("Wire", resources: fixtures),
    tests(
      "Interactive", ["Lab", "Record", "Reports", "Scenarios", "Trials", "Verdicts"],
      resources: fixtures),
    .testTarget(
      name: "RepositoryTests", dependencies: ["Host", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "BrowserTests",
      dependencies: ["Host", "Record", "Reports", "Scenarios", "TestSupport", "Verdicts"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Host", "Kernels", "Machine", "Record", "Scenarios", "TestSupport", "Verdicts",
      ],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
