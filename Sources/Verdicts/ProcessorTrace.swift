/// The back trace that a kernel printed of one processor because it was asked to (Linux:
/// lib/nmi_backtrace.c, `nmi_cpu_backtrace`): `NMI backtrace for cpu 1` and what follows.
public enum ProcessorTrace {
  private static let headline: StaticString = "NMI backtrace for cpu "

  /// The frames, innermost first; none where the console has no such trace.
  public static func frames(of processor: Int, in console: some Collection<UInt8>) -> [Frame] {
    var frames: [Frame] = []
    var isOpen = false
    var splitter = LineSplitter()
    func take(_ line: Text, _ number: Int) {
      LinePrefix.messages(of: line) { message, _ in
        if message.hasPrefix(headline) {
          let digits = message.string.dropFirst(headline.utf8CodeUnitCount).prefix { $0.isNumber }
          isOpen = frames.isEmpty && Int(digits) == processor
        } else if message.hasPrefix("Kernel panic") || message.hasPrefix("Shutting down") {
          isOpen = false
        } else if isOpen, frames.count < Report.mostFrames,
          let frame = FrameReader.frame(in: message, line: number)
        {
          frames.append(frame)
        }
      }
    }
    splitter.feed(console, take)
    splitter.finish(take)
    return frames
  }
}
