// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A page that is open in a browser.
struct Tab: Sendable {
  private let browser: Chromium
  private let session: String

  enum Scheme: String, Sendable, CaseIterable {
    case light, dark
  }

  init(_ browser: Chromium) async throws {
    struct Created: Decodable {
      var result: Target
      struct Target: Decodable { var targetId: String }
    }
    struct Attached: Decodable {
      var result: Session
      struct Session: Decodable { var sessionId: String }
    }
    self.browser = browser
    let created = try await browser.call("Target.createTarget", ["url": "about:blank"])
    let target = try JSONDecoder().decode(Created.self, from: created).result.targetId
    let attached = try await browser.call(
      "Target.attachToTarget", ["targetId": target, "flatten": true])
    session = try JSONDecoder().decode(Attached.self, from: attached).result.sessionId
    for domain in ["Page", "Runtime", "Log", "Network"] {
      try await call("\(domain).enable")
    }
  }

  @discardableResult
  func call(_ method: String, _ parameters: [String: any Sendable] = [:]) async throws -> Data {
    try await browser.call(method, parameters, session: session)
  }

  /// Opens a file, with a query and a fragment if wanted, and waits until it is loaded.
  func open(_ path: String, _ behind: String = "") async throws {
    browser.forgetEvents()
    // By way of an empty page: a change of the fragment alone loads nothing.
    try await call("Page.navigate", ["url": "about:blank"])
    try await browser.event("Page.loadEventFired")
    browser.forgetEvents()
    try await call(
      "Page.navigate", ["url": URL(fileURLWithPath: path).absoluteString + behind])
    try await browser.event("Page.loadEventFired")
  }

  /// The page on paper, as a PDF with an outline.
  func print() async throws -> Data {
    struct Printed: Decodable {
      var result: Document
      struct Document: Decodable { var data: Data }
    }
    let data = try await call(
      "Page.printToPDF",
      [
        "preferCSSPageSize": true, "printBackground": true, "generateDocumentOutline": true,
        "generateTaggedPDF": true,
      ])
    return try JSONDecoder().decode(Printed.self, from: data).result.data
  }

  func resize(width: Int, height: Int = 900) async throws {
    try await call(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
  }

  func prefer(_ scheme: Scheme) async throws {
    let feature = ["name": "prefers-color-scheme", "value": scheme.rawValue]
    try await call("Emulation.setEmulatedMedia", ["features": [feature]])
  }

  /// Presses a key as a reader would, for whatever has the focus.
  func press(_ key: String) async throws {
    let text = key == "Enter" ? ["text": "\r"] : [:]
    let key = ["key": key, "code": key, "type": "keyDown"].merging(text) { $1 }
    try await call("Input.dispatchKeyEvent", key)
    try await call("Input.dispatchKeyEvent", key.merging(["type": "keyUp", "text": ""]) { $1 })
  }

  func allowScripts(_ isAllowed: Bool) async throws {
    try await call("Emulation.setScriptExecutionDisabled", ["value": !isAllowed])
  }

  /// The value of an expression of JavaScript.
  func evaluate<Value: Decodable>(_ expression: String, as type: Value.Type = Value.self)
    async throws -> Value
  {
    let data = try await call(
      "Runtime.evaluate",
      ["expression": expression, "returnByValue": true, "awaitPromise": true])
    let answer = try JSONDecoder().decode(Answer<Value>.self, from: data).result
    guard let value = answer.result?.value, answer.exceptionDetails == nil else {
      let details = answer.exceptionDetails
      throw Chromium.Failure(
        description: "\(details?.text ?? "no value") \(details?.exception?.description ?? "")")
    }
    return value
  }

  /// What the page asked for besides itself since it was opened.
  func requests() throws -> [String] {
    struct Event: Decodable {
      var params: Parameters
      struct Parameters: Decodable {
        var request: Request
        var type: String?
      }
      struct Request: Decodable { var url: String }
    }
    return try browser.events("Network.requestWillBeSent").map {
      try JSONDecoder().decode(Event.self, from: $0).params
    }.filter { $0.type != "Document" && !$0.request.url.hasPrefix("data:") }.map(\.request.url)
  }

  /// Errors and warnings of the console, exceptions, and what the page's own policy refused.
  func complaints() -> [String] {
    [
      "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded",
      "Page.javascriptDialogOpening",
    ]
    .flatMap(browser.events).map { String(decoding: $0, as: UTF8.self) }
  }
}

/// What `Runtime.evaluate` answers.
private struct Answer<Value: Decodable>: Decodable {
  var result: Evaluation

  struct Evaluation: Decodable {
    var result: Remote?
    var exceptionDetails: Details?
  }

  struct Remote: Decodable { var value: Value? }

  struct Details: Decodable {
    var text: String
    var exception: Exception?
  }

  struct Exception: Decodable { var description: String? }
}
