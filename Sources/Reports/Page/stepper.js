"use strict";
// The verifier's way to a refusal: source, log and registers side by side.
(() => {
  const all = (selector, root) => [...root.querySelectorAll(selector)];
  const make = (tag, name, ...parts) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...parts);
    return element;
  };

  // What is known after each step, by name; a step says only what it changed.
  const fold = (steps) => {
    const known = new Map();
    return steps.map((step, index) => {
      for (const name of (step.dataset.lost || "").split(" ")) known.delete(name);
      for (const change of all(".state > span", step)) {
        const { from, means } = change.dataset;
        known.set(change.firstChild.textContent, { value: change.lastChild.data.trim(), means, from: from && Number(from), changed: index });
      }
      return new Map(known);
    });
  };
  const rank = (name) => (name.startsWith("R") ? 0 : 16) + Number(name.match(/[0-9]+/)[0]);
  const centre = (pane, part) => { if (part) pane.scrollTop = part.offsetTop - (pane.clientHeight - part.offsetHeight) / 2; };

  const start = (box) => {
    const steps = all(".way li", box);
    const known = fold(steps);
    const part = (name) => box.querySelector(name);
    const [source, log, registers] = [part(".c-pane"), part(".log-pane"), part(".known-pane")];
    const last = steps.length - 1;
    const complaint = part(".complaint").textContent;
    let at = last;
    // R1 and R10 are there when the program begins.
    const isGiven = (name) => !part(".omitted") && (name === "R1" || name === "R10");

    const original = document.querySelector("#" + CSS.escape(box.dataset.twin) + " pre.code");
    const code = original && original.cloneNode(true);
    if (code) {
      for (const name of ["tabindex", "role", "aria-label", "data-search"]) code.removeAttribute(name);
      source.append(code);
      source.hidden = false;
    }

    const where = (index) => "step " + (index + 1) + (steps[index].dataset.line ? ", line " + steps[index].dataset.line : "");
    const row = ([name, { value, means, from, changed }]) => {
      const button = make("button", "register", name);
      button.type = "button";
      button.dataset.name = name;
      button.title = "Go to where its value comes from";
      button.addEventListener("click", () => origin(name, from));
      const told = make("td", "", make("code", "", value));
      if (means) told.append(make("span", "means", means));
      const came = from === undefined ? (isGiven(name) ? "there from the start" : "no step here writes it by name") : from === at ? "written in this step" : "from " + where(from);
      told.append(make("span", "from", changed === at && from !== at ? came + "; learned in this step" : came));
      const head = make("th", "", button);
      head.scope = "row";
      const isBlamed = at === last && new RegExp("\\b" + name + "\\b").test(complaint);
      return make("tr", isBlamed ? "blamed" : changed === at ? "changed" : "", head, told);
    };
    const tell = () => {
      const had = registers.contains(document.activeElement) && document.activeElement.dataset.name;
      const frame = steps[at].dataset.frame;
      const title = "Registers and stack " + (at === last ? "at the refusal" : "after step " + (at + 1)) + (frame ? ", in the function called" : "");
      const rows = [...known[at]].sort(([one], [other]) => rank(one) - rank(other)).map(row);
      registers.replaceChildren(make("p", "pane-title", title), make("table", "plain", make("tbody", "", ...rows)),
        make("p", "dim", rows.length ? "A register leads to the step that wrote it." : "The log shows nothing of them."));
      // The table is another one now: who goes from register to register stays among them.
      if (had) (all("button", registers).find((button) => button.dataset.name === had) || registers).focus();
    };
    const show = (to, note = "") => {
      at = Math.max(0, Math.min(last, to));
      steps.forEach((step, index) => {
        step.classList.toggle("current", index === at);
        if (index === at) step.setAttribute("aria-current", "step");
        else step.removeAttribute("aria-current");
      });
      centre(log, steps[at]);
      if (code) {
        const line = steps[at].dataset.line && code.children[steps[at].dataset.line - 1];
        for (const lit of all(".current", code)) lit.classList.remove("current");
        if (line) line.classList.add("current");
        centre(source, line);
      }
      tell();
      part(".position").textContent = "Step " + (at + 1) + " of " + steps.length + (steps[at].dataset.line ? ", line " + steps[at].dataset.line : "") + note;
    };
    const origin = (name, from) => {
      if (from === undefined) show(at, isGiven(name) ? ": " + name + " was there from the start" : ": no step here writes " + name + " by name");
      else show(from, ": writes " + name);
    };

    part(".back").addEventListener("click", () => show(at - 1));
    part(".on").addEventListener("click", () => show(at + 1));
    part(".end").addEventListener("click", () => show(last));
    log.addEventListener("click", (event) => {
      const step = event.target.closest(".way li");
      if (step && getSelection().isCollapsed) show(steps.indexOf(step));
    });
    log.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: last }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      show(to);
    });
    for (const hidden of [part(".stepper"), part(".keys-here"), registers]) hidden.hidden = false;
    return () => show(at);
  };

  for (const box of document.querySelectorAll(".steps")) {
    let refresh = null;
    box.addEventListener("toggle", () => {
      if (!box.open) return;
      refresh = refresh || start(box);
      refresh();
    });
  }
})();
