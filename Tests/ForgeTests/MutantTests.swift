// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Scenarios
import TestSupport
import Testing
import Verdicts

/// Where operators fit into a small source, by the real compiler's syntax tree.
@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct MutantTests {
  private static let source = """
    #include "vmlinux.h"

    #define SEC(name) __attribute__((section(name), used))
    #define TWICE(x) ((x) + (x))

    const volatile bool armed;
    __u64 events;

    static __attribute__((noinline)) int take(int number)
    {
    \tevents += number;
    \treturn number;
    }

    SEC("socket") int count(void *context)
    {
    \tint limit = 8;
    \tint i;

    \tif (!armed && events < 5)
    \t\ttake(events & 7);
    \tif (armed)
    \t\ttake(99);
    \tfor (i = 0; i < limit; i++)
    \t\tevents++;
    \ttake(TWICE(limit));
    \treturn 0;
    }

    """

  private func bases(in folder: String) async throws -> (Forge, [Scenario], [MutantBase]) {
    let fixture = try await ForgeFixture(folder)
    try fixture.write("one")
    try Files.write(Self.source, to: "\(fixture.repository)/bpf/one.bpf.c")
    let scenarios = [try ForgeFixture.scenario("one")]
    let forge = fixture.forge()
    return (forge, scenarios, try await forge.mutantBases(scenarios) { $0 == "one.bpf" })
  }

  @Test func operatorsFindTheirPlacesAndMakeOneChangeEach() async throws {
    try await withTemporaryFolder { folder in
      let (_, _, bases) = try await bases(in: folder)
      #expect(bases.map(\.name) == ["one.bpf"])
      #expect(bases[0].obstacle == nil)
      let changes = Set(bases[0].places.map { "\($0.code): \($0.before) → \($0.after)" })
      // A constant alone would pair with any other one of the same value.
      let constants = bases[0].places.filter { $0.code == "WCV" }.map(\.construct)
      #expect(constants.contains("0 at 1 of CompoundStmt: return 0"))
      for change in [
        "MIFS: if (!armed && events < 5) take(events & 7); → ;",
        "MIA: if (!armed && events < 5) take(events & 7); → take(events & 7);",
        "WLEC: if (!armed && events < 5) → if (!armed && events > 5)",
        "WREL: if (!armed && events < 5) → if (!armed && events <= 5)",
        "WREL: for (i = 0; i < limit; i++) → for (i = 0; i <= limit; i++)",
        "MLB: for (i = 0; i < limit; i++) → for (i = 0; ; i++)",
        "MMSK: take(events & 7); → take(events);",
        "MFC: take(events & 7); → ;",
        "MVIV: int limit = 8; → int limit ;",
        "WVAV: int limit = 8; → int limit = (8) + 1;",
        "WSGN: int limit = 8; → unsigned int limit = 8;",
        "WCV: return 0; → return 1;",
      ] {
        #expect(changes.contains(change), "\(change) is not among \(changes.sorted())")
      }
    }
  }

  @Test func theSwitchThatArmsATwinStaysAsItIs() async throws {
    try await withTemporaryFolder { folder in
      let (_, _, bases) = try await bases(in: folder)
      for place in bases[0].places {
        #expect(!place.before.contains("99") && !place.before.contains("if (armed)"))
        // A check goes as a whole, or stays with the switch in it.
        #expect(
          place.after.contains("armed") || !place.before.contains("armed")
            || ["MIA", "MIFS"].contains(place.code))
      }
    }
  }

  @Test func whatAMacroSpansIsCountedAndLeft() async throws {
    try await withTemporaryFolder { folder in
      let (_, _, bases) = try await bases(in: folder)
      #expect(bases[0].spanned > 0)
      #expect(!bases[0].places.contains { $0.after.contains("TWICE") && $0.code == "WAEP" })
    }
  }

  @Test func mutantsAreCompiledOnceAndEqualCodeIsNone() async throws {
    try await withTemporaryFolder { folder in
      let (forge, scenarios, bases) = try await bases(in: folder)
      let made = try await forge.mutants(bases, of: scenarios)
      #expect(made[0].objects["base"] != nil)
      #expect(made[0].objects["MIFS.1"] != nil)
      #expect(Set(made[0].objects.values).count == made[0].objects.count)
      let names = Set(bases[0].places.map(\.name) + ["base"])
      let all =
        Array(made[0].objects.keys) + made[0].equivalent + Array(made[0].refused.keys)
        + Array(made[0].duplicates.keys)
      #expect(all.count == names.count && Set(all) == names)
      for name in made[0].objects.keys { #expect(Files.exists(made[0].path(name, .bpf))) }
      let again = try await forge.mutants(bases, of: scenarios)
      #expect(again[0].objects == made[0].objects && again[0].folder == made[0].folder)
    }
  }

  @Test func aSourceThatClangCantReadHasAReasonAndNoMutants() async throws {
    try await withTemporaryFolder { folder in
      let fixture = try await ForgeFixture(folder)
      try fixture.write("one")
      try Files.write("#include \"gone.h\"\n", to: "\(fixture.repository)/bpf/one.bpf.c")
      let scenarios = [try ForgeFixture.scenario("one")]
      let forge = fixture.forge()
      let bases = try await forge.mutantBases(scenarios) { $0 == "one.bpf" }
      #expect(bases[0].obstacle?.contains("gone.h") == true)
      #expect(try await forge.mutants(bases, of: scenarios)[0].objects.isEmpty)
    }
  }
}
