"use strict";
// The page reads without this: it only filters, sorts, steps, and opens what a link points into.
(() => {
  const form = document.getElementById("filters");
  const table = document.getElementById("matrix-table");
  if (form && table) {
    const rows = [...table.tBodies[0].rows];
    const sections = new Map([...document.querySelectorAll(".scenario")].map((s) => [s.dataset.name, s]));
    const field = (name) => document.getElementById("filter-" + name);
    const names = ["text", "family", "class", "kernel", "outcome"].filter(field);
    const has = (list, value) => list.split(" ").includes(value);
    const shows = (row, want) =>
      (!want.text || (row.dataset.name + " " + row.dataset.title).toLowerCase().includes(want.text.toLowerCase())) &&
      (!want.family || row.dataset.family === want.family) &&
      (!want.class || has(row.dataset.classes, want.class)) &&
      (!want.kernel || has(row.dataset.kernels, want.kernel)) &&
      (!want.outcome || has(row.dataset.outcomes, want.outcome));
    const apply = () => {
      const want = Object.fromEntries(names.map((name) => [name, field(name).value]));
      let count = 0;
      for (const row of rows) {
        const shown = shows(row, want);
        row.hidden = !shown;
        const section = sections.get(row.dataset.name);
        if (section) section.hidden = !shown;
        if (shown) count += 1;
      }
      document.getElementById("filter-count").textContent = count + " of " + rows.length + " scenarios";
      const query = new URLSearchParams(names.filter((n) => want[n]).map((n) => [n, want[n]])).toString();
      try {
        history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash);
      } catch (error) {
        // A page from disk may not rewrite its address in every browser; the filters work all the same.
      }
    };
    const asked = new URLSearchParams(location.search);
    for (const name of names) if (asked.has(name)) field(name).value = asked.get(name);
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(apply));
    apply();

    for (const head of table.querySelectorAll("th[data-sort]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const key = head.dataset.sort;
        const order = [...rows].sort((a, b) => a.dataset[key].localeCompare(b.dataset[key]) * (up ? 1 : -1));
        table.tBodies[0].append(...order);
      });
    }
  }

  for (const box of document.querySelectorAll(".steps")) {
    const steps = [...box.querySelectorAll("li")];
    let at = steps.length - 1;
    const code = box.closest(".twin").querySelector("pre.code");
    const light = (number) => {
      for (const line of code.querySelectorAll(".current")) line.classList.remove("current");
      const line = number && code.children[number - 1];
      if (!line) return;
      line.classList.add("current");
      // Within the source only: the page itself stays where the reader is.
      code.scrollTop = line.offsetTop - code.offsetTop - code.clientHeight / 2;
    };
    const show = (to) => {
      at = Math.max(0, Math.min(steps.length - 1, to));
      steps.forEach((step, index) => {
        step.classList.toggle("current", index === at);
        step.hidden = index > at;
      });
      const line = steps[at].dataset.line;
      light(box.open && line);
      box.querySelector(".position").textContent =
        "step " + (at + 1) + " of " + steps.length + (line ? ", line " + line : "");
    };
    box.querySelector(".stepper").hidden = false;
    box.querySelector(".back").addEventListener("click", () => show(at - 1));
    box.querySelector(".on").addEventListener("click", () => show(at + 1));
    box.addEventListener("toggle", () => show(at));
    show(at);
  }

  const open = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    // Sections have their true height only when they come into view: what lies above may still grow.
    const show = (frames) => {
      target.scrollIntoView();
      if (frames > 0) requestAnimationFrame(() => show(frames - 1));
    };
    if (!target.hidden || !form) return show(3);
    // What the form's own timer shows again has to be there first.
    form.reset();
    setTimeout(() => show(3));
  };
  addEventListener("hashchange", open);
  open();
})();
