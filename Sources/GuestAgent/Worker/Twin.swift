// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// What a twin counted.
struct Observation {
  var value: Int64
  var faults: Int64?
}

/// A twin in the kernel.
enum Twin: ~Copyable {
  case module(KernelModule)
  case program(ProgramObject)

  /// The twin's own count of faulty operations, if it keeps one.
  private static let faults = "faults"

  /// What a twin counted from which nothing is expected: nil if it has no such number.
  func observeIfAny(_ source: ObservationSource) -> Observation? {
    do {
      return try observe(source)
    } catch {
      return nil
    }
  }

  func observe(_ source: ObservationSource) throws(SystemError) -> Observation {
    let name =
      switch source {
      case .variable(let name), .map(let name): name
      }
    let value: Int64?
    let faults: Int64?
    switch self {
    case .module(let module):
      value = try module.parameter(name)
      faults = try module.parameter(Twin.faults)
    case .program(let program):
      switch source {
      case .variable: value = try program.variable(name)
      case .map: value = try program.sum(ofMap: name)
      }
      faults = try program.variable(Twin.faults)
    }
    guard let value else {
      throw SystemError("the twin has no \(name) to observe", errno: 0)
    }
    return Observation(value: value, faults: faults)
  }

  func trigger(times: Int) throws(SystemError) {
    for _ in 0..<times {
      switch self {
      case .module(let module):
        try module.setParameter("trigger", to: "1")
      case .program(let program):
        guard !program.testRuns.isEmpty else {
          throw SystemError("the workload triggers, but the plan names no test run", errno: 0)
        }
        for name in program.testRuns { try program.testRun(name) }
      }
    }
  }

  func iterate(times: Int) throws(SystemError) {
    for _ in 0..<times {
      switch self {
      case .module(let module): try module.readFile()
      case .program(let program): try program.readIterators()
      }
    }
  }

  /// Every program of an object; nil for a module.
  func programStates() -> [ProgramState]? {
    switch self {
    case .module: nil
    case .program(let program): program.states()
    }
  }

  /// The program that filters the workload's sockets.
  func socketFilter() -> Int32? {
    switch self {
    case .module: nil
    case .program(let program): program.socketFilter
    }
  }

  consuming func unload() throws(SystemError) {
    switch consume self {
    case .module(let module): try module.remove()
    case .program(let program): _ = consume program
    }
  }
}
