// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import Glibc
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct MemoryFileTests {
  /// As the kernel itself does while it moves a page.
  @Test func aFileIsSealedThoughSomebodyHoldsOneOfItsPages() throws {
    let file = chost_memory_file("test")
    try #require(file >= 0)
    defer { close(file) }
    try #require(pwrite(file, "held", 4, 0) == 4)
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    // Where the page in the pipe is the file's own.
    var place: off_t = 0
    try #require(sendfile(ends[1], file, &place, 4) == 4)
    #expect(chost_seal(file) == 0)
    #expect(pwrite(file, "lost", 4, 0) == -1)
    #expect(errno == EPERM)
  }
}
