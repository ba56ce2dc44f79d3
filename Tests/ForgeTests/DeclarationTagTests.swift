// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import TestSupport
import Testing

@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct DeclarationTagTests {
  private static let source = """
    #define tag(text) __attribute__((btf_decl_tag(text)))
    struct pair { int a; long b; enum { one, two } c; };
    union either { int a; float f; };
    struct pair kept __attribute__((section(".data.kept")));
    tag("comment:test_expect_failure") tag("comment:test_expect_msg=0=R0 !read_ok")
    __attribute__((section("socket"))) int first(struct pair *p) { return p->a; }
    __attribute__((section("socket"))) int plain(union either *u) { return u->a; }
    tag("comment:test_retval=7") tag("comment:test_expect_msg=1=again")
    __attribute__((section("tc"))) int second(void *p tag("arg:ctx")) { return kept.c; }
    """

  private func object(in folder: String, _ more: [String] = []) async throws -> ObjectFile {
    try Files.write(Self.source, to: "\(folder)/tags.c")
    try await Tool("/usr/bin/clang").checked(
      ["-target", "bpf", "-O2", "-c", "\(folder)/tags.c", "-o", "\(folder)/tags.o"] + more)
    return try ObjectFile(path: "\(folder)/tags.o")
  }

  @Test func tagsAreReadByFunctionInTheOrderOfTheSource() async throws {
    try await withTemporaryFolder { folder in
      let tags = try DeclarationTags(try await object(in: folder, ["-g"])).tags
      #expect(
        tags["first"] == ["comment:test_expect_failure", "comment:test_expect_msg=0=R0 !read_ok"])
      #expect(tags["plain"] == nil)
      // What is said of a parameter is not said of the function.
      #expect(tags["second"] == ["comment:test_retval=7", "comment:test_expect_msg=1=again"])
    }
  }

  @Test func anObjectWithoutTypesIsRefusedInWords() async throws {
    try await withTemporaryFolder { folder in
      let object = try await object(in: folder)
      #expect { try DeclarationTags(object) } throws: { error in
        "\(error)".contains("has no BTF")
      }
    }
  }
}
