// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Reports
import Trials
import Verdicts

/// A recorded demo as one page that needs nothing else: its pictures one after the other, turned by
/// keys and buttons, or all below each other without scripts.
package enum DemoPage {
  /// - Parameter size: of the terminal that the pictures are made for.
  package static func render(
    _ recording: DemoRecording, size: ScreenSize = ScreenSize(columns: 100, rows: 30)
  ) -> String {
    let pictures = Self.pictures(of: recording, size)
    let sections = pictures.enumerated().map { index, picture in
      // The last line shows keys that a page doesn't have.
      let text = picture.dropLast().map(html).joined(separator: "\n")
      let label = "picture \(index + 1) of \(pictures.count)"
      return "<section aria-label=\"\(label)\"><pre>\(text)</pre></section>\n"
    }
    return head(columns: size.columns) + sections.joined() + foot
  }

  /// Plays it with a clock of its own.
  private static func pictures(
    of recording: DemoRecording, _ size: ScreenSize
  ) -> [[StyledText]] {
    var state = DemoState(
      scenarios: recording.header.scenarios, setting: recording.header.setting, size: size,
      isReplay: true)
    var now = 0.0
    var pictures: [[StyledText]] = []
    while true {
      pictures.append(DemoScreen(state).lines)
      let actions = state.handle(.key(.character(" ")), at: now)
      if actions.contains(where: { if case .quit = $0 { true } else { false } }) { return pictures }
      for (seconds, event) in events(of: actions, in: recording) {
        _ = state.handle(event, at: now + seconds)
      }
      // So that no picture is of the moment in which something happens.
      now = state.now + 1
    }
  }

  /// What happens in the trials that were ordered, in time, in seconds since then.
  private static func events(
    of actions: [DemoState.Action], in recording: DemoRecording
  ) -> [(Double, DemoState.Event)] {
    var events: [(Double, DemoState.Event)] = []
    for case .run(let id) in actions {
      guard let trial = recording.trials[id] else {
        events.append((0, .failed(id, "the recording has no trial of this twin")))
        continue
      }
      events += trial.events.map { ($0.seconds, .news(id, $0.news)) }
      events.append((trial.answer.seconds, .answered(id, trial.answer)))
    }
    return events.enumerated().sorted {
      ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
    }.map(\.element)
  }

  private static func html(_ line: StyledText) -> String {
    line.parts.map { text, style in
      guard let style else { return escape(text) }
      return "<span class=\"s\(style.rawValue.replacing(";", with: "-"))\">\(escape(text))</span>"
    }.joined()
  }

  private static func escape(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  private static func head(columns: Int) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <title>Panic Room: a recorded demo</title>
    <style>
    body { margin: 0 auto; padding: 1rem; max-width: 64rem; background: #10141a; color: #d6dbe1;
      font: 1rem/1.5 system-ui, sans-serif; }
    h1 { font-size: 1.2rem; margin: 0 0 .25rem; }
    p { margin: 0 0 1rem; }
    a { color: #79b8ff; }
    nav { display: flex; gap: .5rem; align-items: center; margin: 0 0 1rem; }
    button { font: inherit; color: inherit; background: #262d36; border: 1px solid #59636e; border-radius: .4rem;
      padding: .3rem .9rem; cursor: pointer; }
    button:focus-visible { outline: 3px solid #79b8ff; }
    section { margin: 0 0 1rem; overflow-x: auto; }
    section[hidden] { display: none; }
    pre { margin: 0; padding: .6rem; border: 1px solid #59636e; border-radius: .4rem; width: fit-content;
      font: min(.875rem, calc((100vw - 4rem) / \(columns) / .61))/1.3 ui-monospace, "DejaVu Sans Mono", monospace; }
    .s1 { font-weight: bold; color: #fff; }
    .s2 { color: #9aa5b1; }
    .s31, .s1-31 { color: #ff8182; }
    .s1-31 { font-weight: bold; }
    .s32 { color: #56d364; }
    .s33 { color: #e3b341; }
    .s35 { color: #d2a8ff; }
    .s36 { color: #76e3ea; }
    .s7 { background: #d6dbe1; color: #10141a; }
    </style>
    </head>
    <body>
    <h1>Panic Room: the same fault, as kernel module and as eBPF program</h1>
    <p>A demo in real guests, recorded in a terminal. Left is the module, right the program. Turn the pictures with
    ← and →.</p>
    <nav hidden><button id="back">← back</button><button id="on">on →</button><button id="play">play</button>
    <span id="place" role="status"></span></nav>

    """
  }

  private static let foot = """
    <script>
    const pictures = [...document.querySelectorAll("section")];
    const part = (name) => document.getElementById(name);
    let at = 0, timer;
    function show(next) {
      at = Math.min(Math.max(next, 0), pictures.length - 1);
      pictures.forEach((picture, index) => { picture.hidden = index !== at; });
      part("place").textContent = `${at + 1} of ${pictures.length}`;
      if (at === pictures.length - 1) stop();
    }
    function stop() {
      clearInterval(timer);
      timer = undefined;
      part("play").textContent = "play";
    }
    function play() {
      if (timer) return stop();
      if (at === pictures.length - 1) show(0);
      timer = setInterval(() => show(at + 1), 6000);
      part("play").textContent = "pause";
    }
    part("back").addEventListener("click", () => show(at - 1));
    part("on").addEventListener("click", () => show(at + 1));
    part("play").addEventListener("click", play);
    document.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") show(at - 1);
      if (event.key === "ArrowRight") show(at + 1);
    });
    document.querySelector("nav").hidden = false;
    show(0);
    </script>
    </body>
    </html>

    """
}
