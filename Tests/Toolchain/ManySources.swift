// Sets up and tears down read sources on several threads at once. libdispatch's epoll loop uses freed
// memory now and then, and the program dies (swift-corelibs-libdispatch issue 949): here, or in the
// harness once in some ten thousand guests.
import Dispatch
import Glibc

@main struct ManySources {
  static func main() {
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      for _ in 0..<20_000 { readToTheEnd() }
    }
    print("160,000 sources came and went")
  }

  private static func readToTheEnd() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { fatalError("no pipe") }
    let reading = ends[0]
    let ended = DispatchSemaphore(value: 0)
    let source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: .global())
    source.setEventHandler {
      var byte: UInt8 = 0
      if read(reading, &byte, 1) <= 0 { source.cancel() }
    }
    source.setCancelHandler {
      close(reading)
      ended.signal()
    }
    source.resume()
    var byte: UInt8 = 1
    write(ends[1], &byte, 1)
    close(ends[1])
    ended.wait()
  }
}
