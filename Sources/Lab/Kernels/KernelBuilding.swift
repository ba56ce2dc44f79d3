// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Machine
import Record
import Scenarios

/// An order to build a kernel.
public struct KernelOrder: Sendable {
  /// Of `vm/builds.yaml`.
  public var name: String
  /// Nil for the default one.
  public var series: String?
  /// Compilers side by side; nil for one for each core.
  public var jobs: Int?
  /// Whether what an earlier build left is discarded first.
  public var fromScratch: Bool
  /// Whether source and objects are kept for the next build.
  public var keeping: Bool

  public init(
    name: String, series: String? = nil, jobs: Int? = nil, fromScratch: Bool = false,
    keeping: Bool = false
  ) {
    self.name = name
    self.series = series
    self.jobs = jobs
    self.fromScratch = fromScratch
    self.keeping = keeping
  }
}

/// The result of an order.
public struct KernelOrderAnswer: Sendable {
  /// What the command line calls the kernel.
  public var name: String
  public var release: String
  /// Whether there was nothing to do.
  public var wasThere: Bool
  /// What is kept of it on disk, in MiB.
  public var mebibytes: Int
}

extension KernelShelf {
  /// Builds a kernel of `vm/builds.yaml`, and adds it to the cache as a local kernel.
  ///
  /// - Throws: ``LabError`` if the order is wrong; `KernelError`, `ToolError`, `HostError`, and
  ///   `CancellationError`: what is done by then stays, and the next order continues from there.
  public func build(_ order: KernelOrder) async throws -> KernelOrderAnswer {
    let (plan, series) = try find(order)
    let build = KernelBuild(
      plan, series, fragmentsIn: repository.root + "/vm", cache: cache,
      wishes: .ofEnvironment(), logger: logger)
    var kernel = order.fromScratch ? nil : try build.built()
    let wasThere = kernel != nil
    if kernel == nil {
      let began = ContinuousClock.now
      let what = "kernel \(build.name)"
      kernel = try await build.build(
        jobs: order.jobs ?? ProcessInfo.processInfo.activeProcessorCount,
        fromScratch: order.fromScratch, keeping: order.keeping
      ) { stage in
        switch stage {
        case .fetching(let package): emit(.preparing("\(what): source of \(package)"))
        case .configuring: emit(.preparing("\(what): configuration"))
        case .compiling(let done, let left):
          emit(.advanced("building \(what)", done: done, secondsLeft: left))
        case .collecting: emit(.preparing("\(what): what is kept of it"))
        }
      }
      emit(.prepared(what, seconds: (ContinuousClock.now - began).seconds))
    }
    guard let kernel else { throw LabError("There is no kernel \(build.name) after its build.") }
    let known = store.isLocal(build.name) ? store.cached(.local(build.name)) : nil
    if !wasThere || known?.release != kernel.release || known?.lacks != KernelLacks()
      || known?.parameters != plan.parameters
    {
      _ = try await add(parts(of: kernel, build.name, plan, series), replacing: true)
    }
    return KernelOrderAnswer(
      name: build.name, release: kernel.release, wasThere: wasThere,
      mebibytes: try await size(of: kernel.folder))
  }

  private func parts(
    of kernel: BuiltKernel, _ name: String, _ plan: KernelBuildPlan,
    _ series: KernelBuildPlan.Series
  ) -> KernelParts {
    var parts = KernelParts(
      name: name, image: kernel.image,
      addedBy: plan.command(series))
    parts.headers = kernel.headers
    parts.modules = kernel.modules
    parts.config = kernel.config
    parts.systemMap = kernel.systemMap
    parts.parameters = plan.parameters
    return parts
  }

  private func find(
    _ order: KernelOrder
  ) throws -> (KernelBuildPlan, KernelBuildPlan.Series) {
    let list = try BuildList.load(from: repository.buildsFile)
    guard let plan = list[order.name] else {
      throw LabError(
        "vm/builds.yaml has no kernel \"\(order.name)\""
          + didYouMeanOneOf(order.name, list.builds.map(\.name)))
    }
    guard let series = plan.series(order.series) else {
      throw LabError(
        "\(plan.name) has no series \"\(order.series ?? "")\""
          + didYouMeanOneOf(order.series ?? "", plan.series.map(\.name)))
    }
    return (plan, series)
  }
}

extension KernelOrderAnswer {
  /// For people.
  public var text: String {
    """
    \(name)  \(release)  \(mebibytes) MiB \(wasThere ? "already in the cache" : "now in the cache")
    Run trials on it with: panicroom run --kernel \(name)

    """
  }
}
