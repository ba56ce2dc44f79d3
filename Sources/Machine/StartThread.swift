import Foundation

/// Do work that blocks on a thread of its own: Swift's pool has one a processor, and none to lose.
func startThread(_ name: String, _ work: @escaping @Sendable () -> Void) {
  let thread = Thread(block: work)
  thread.name = name
  thread.start()
}
