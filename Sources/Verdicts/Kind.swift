// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The kernel's own finding for a verdict: the cause, not what followed from it.
public enum Kind: String, Codable, Sendable, CaseIterable {
  case nullDereference = "null-dereference"
  case pageFault = "page-fault"
  case generalProtection = "general-protection"
  case divideError = "divide-error"
  case invalidOpcode = "invalid-opcode"
  case kernelBug = "kernel-bug"
  case doubleFault = "double-fault"
  case stackOverflow = "stack-overflow"
  case stackCorruption = "stack-corruption"
  case listCorruption = "list-corruption"
  case slabCorruption = "slab-corruption"
  case badPage = "bad-page"
  case usercopy
  case refcount
  case outOfBounds = "out-of-bounds"
  case useAfterFree = "use-after-free"
  case doubleFree = "double-free"
  case invalidFree = "invalid-free"
  case wildAccess = "wild-access"
  case memoryCorruption = "memory-corruption"
  case uninitialisedValue = "uninitialised-value"
  case informationLeak = "information-leak"
  case undefinedBehaviour = "undefined-behaviour"
  case dataRace = "data-race"
  case memoryLeak = "memory-leak"
  case warning
  case atomicSleep = "atomic-sleep"
  case lockMisuse = "lock-misuse"
  case lockdep
  case softLockup = "soft-lockup"
  case hardLockup = "hard-lockup"
  case rcuStall = "rcu-stall"
  case hungTask = "hung-task"
  case workqueueLockup = "workqueue-lockup"
  case outOfMemory = "out-of-memory"
  case initDied = "init-died"
  case mountFailure = "mount-failure"
  /// A panic of any other kind.
  case panic
  case reboot
  case noOutput = "no-output"
}

/// Which rule of the verifier was broken, in the words of the nine headings that Linux prints from
/// 7.3; older kernels' messages are mapped to them.
public enum Category: String, Codable, Sendable, CaseIterable {
  case memorySafety = "memory-safety"
  case registerTypeSafety = "register-type-safety"
  case callTypeSafety = "call-type-safety"
  case resourceLifetimeSafety = "resource-lifetime-safety"
  case executionContextSafety = "execution-context-safety"
  case programStructure = "program-structure"
  case policy
  case verifierLimit = "verifier-limit"
  case verifierInternalError = "verifier-internal-error"
}
