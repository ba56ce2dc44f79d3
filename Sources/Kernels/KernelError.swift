/// Why a kernel can't be had.
public struct KernelError: Error, Sendable, Equatable, CustomStringConvertible {
  public var what: String
  /// What the reader can do next.
  public var remedy: String

  public init(what: String, remedy: String) {
    self.what = what
    self.remedy = remedy
  }

  public var description: String { "\(what); \(remedy)" }
}
