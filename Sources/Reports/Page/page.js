"use strict";
// The page reads without this: it only filters, sorts, opens what a link points into, and takes
// keys.
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const sections = all(".scenario");
  const form = byId("filters");
  const table = byId("matrix-table");
  let filters = null;

  // MARK: Filters
  const makeFilters = () => {
    const own = new Map(sections.map((section) => [section.dataset.name, section]));
    const entries = new Map(all(".toc li").map((entry) => [entry.dataset.name, entry]));
    const list = (text, separator = " ") => text.split(separator).filter(Boolean);
    const rows = [...table.tBodies[0].rows].map((row) => ({
      row, data: row.dataset, parts: [row, own.get(row.dataset.name), entries.get(row.dataset.name)].filter(Boolean),
      kernels: list(row.dataset.kernels), outcomes: list(row.dataset.outcomes),
      faults: list(row.dataset.faults).map((code) => {
        const [kernel, bpf, lkm, by] = code.split(":");
        return { kernel, bpf, lkm, by: list(by, ",") };
      }),
    }));
    const chips = all(".chip", form);
    const groups = ["family", "bpf", "lkm"];
    const fields = ["text", "weakness", "by", "kernel", "outcome"].filter((name) => byId("filter-" + name));
    const field = (name) => byId("filter-" + name);
    // Its place among the kernels, or among the gates and guards: rows know them by number.
    const place = (name) => (field(name) && field(name).selectedIndex > 0 ? String(field(name).selectedIndex - 1) : "");
    const words = (row) => {
      if (row.words === undefined) {
        const texts = all("[data-search]", own.get(row.data.name) || row.row);
        row.words = [row.row, ...texts].map((part) => part.textContent).join("\n").toLowerCase();
      }
      return row.words;
    };
    const read = () => {
      const want = {};
      for (const name of fields) want[name] = field(name).value;
      for (const group of groups)
        want[group] = chips.filter((chip) => chip.dataset.filter === group && chip.ariaPressed === "true").map((chip) => chip.dataset.value);
      return want;
    };
    const fits = (wanted, value) => wanted.length === 0 || wanted.includes(value);
    const apply = () => {
      const want = read();
      const [kernel, by] = [place("kernel"), place("by")];
      const text = want.text.trim().toLowerCase();
      for (const row of rows)
        row.fits = (!text || words(row).includes(text)) &&
          (!want.weakness || row.data.weakness === want.weakness) &&
          (!want.outcome || row.outcomes.includes(want.outcome)) && (!kernel || row.kernels.includes(kernel));
      const fault = (one, skipped) => (!kernel || one.kernel === kernel) && (!by || one.by.includes(by)) &&
        (skipped === "bpf" || fits(want.bpf, one.bpf)) && (skipped === "lkm" || fits(want.lkm, one.lkm));
      const ofFaults = by || want.bpf.length > 0 || want.lkm.length > 0;
      let [shown, faults] = [0, 0];
      for (const row of rows) {
        const count = row.faults.filter((one) => fault(one)).length;
        const isShown = row.fits && fits(want.family, row.data.family) && (!ofFaults || count > 0);
        for (const part of row.parts) part.hidden = !isShown;
        if (isShown) [shown, faults] = [shown + 1, faults + count];
      }
      // How many faults each chip would show, the other filters being as they are.
      for (const chip of chips) {
        const { filter, value } = chip.dataset;
        let count = 0;
        for (const row of rows) {
          if (!row.fits || (filter === "family" ? row.data.family !== value : !fits(want.family, row.data.family))) continue;
          count += row.faults.filter((one) => fault(one, filter) && (filter === "family" || one[filter] === value)).length;
        }
        chip.querySelector("b").textContent = count;
      }
      byId("filter-count").textContent = faults + (faults === 1 ? " fault" : " faults") + " in " + shown + " of " + rows.length + " scenarios";
      const set = [...fields.filter((name) => want[name]).map((name) => [name, want[name]]),
        ...groups.filter((group) => want[group].length).map((group) => [group, want[group].join(",")])];
      const query = new URLSearchParams(set).toString();
      try {
        history.replaceState(null, "", (query ? "?" + query : location.pathname) + location.hash);
      } catch (error) {
        // A page from disk may not rewrite its address in every browser; the filters work all the same.
      }
    };
    const set = (query) => {
      const asked = new URLSearchParams(query);
      for (const name of fields) field(name).value = asked.get(name) || "";
      for (const chip of chips)
        chip.ariaPressed = String((asked.get(chip.dataset.filter) || "").split(",").includes(chip.dataset.value));
      apply();
    };
    form.hidden = false;
    form.addEventListener("input", apply);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(() => set("")));
    form.addEventListener("click", (event) => {
      const chip = event.target.closest(".chip");
      if (!chip) return;
      chip.ariaPressed = String(chip.ariaPressed !== "true");
      apply();
    });
    set(location.search);
    return { set };
  };

  const makeSorting = () => {
    for (const head of all("th[data-sort]", table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        for (const other of all("th[aria-sort]", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const key = head.dataset.sort;
        const order = [...table.tBodies[0].rows].sort((a, b) => a.dataset[key].localeCompare(b.dataset[key]) * (up ? 1 : -1));
        table.tBodies[0].append(...order);
      });
    }
  };
  if (form && table) {
    filters = makeFilters();
    makeSorting();
  }

  // MARK: Going somewhere
  // Sections have their true height only when they come into view: what lies above may still grow.
  const bring = (target, frames = 3) => {
    target.scrollIntoView();
    if (frames > 0) requestAnimationFrame(() => bring(target, frames - 1));
  };
  const open = () => {
    const target = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    if (filters && target.closest("[hidden]")) filters.set("");
    bring(target);
  };
  /// The scenario at the top of the window, or the last one above it.
  const reading = () => sections.filter((section) => !section.hidden && section.getBoundingClientRect().top < 150).pop();
  const step = (by, from = reading()) => {
    const shown = sections.filter((section) => !section.hidden);
    const next = shown[from ? shown.indexOf(from) + by : 0];
    if (next) location.hash = next.id;
  };
  const matrix = () => {
    const heading = byId("matrix-title");
    if (!heading) return;
    bring(heading);
    heading.focus({ preventScroll: true });
  };
  addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const address = link.getAttribute("href") || "";
    if (filters && address.startsWith("?")) {
      event.preventDefault();
      filters.set(address.slice(0, address.indexOf("#")));
      matrix();
    } else if (link.dataset.step) {
      event.preventDefault();
      step(Number(link.dataset.step), link.closest(".scenario"));
    }
  });
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof Element && event.target.closest("input, select, textarea")) return;
    const does = { n: () => step(1), p: () => step(-1), m: matrix, "/": () => form && byId("filter-text").focus() }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
  addEventListener("hashchange", open);

  // MARK: Contents
  const toc = document.querySelector(".toc");
  if (toc) {
    const beside = matchMedia("(min-width: 100rem)");
    const fit = () => { toc.open = beside.matches; };
    beside.addEventListener("change", fit);
    fit();
    const marks = new Map(all("li a", toc).map((link) => [link.getAttribute("href").slice(1), link]));
    const watch = new IntersectionObserver((changes) => {
      for (const { target, isIntersecting } of changes) {
        const link = marks.get(target.id);
        if (link && isIntersecting) link.setAttribute("aria-current", "location");
        else if (link) link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-15% 0px -80% 0px" });
    for (const section of sections) watch.observe(section);
    toc.addEventListener("click", (event) => { if (!beside.matches && event.target.closest("a")) toc.open = false; });
    document.querySelector(".keys").hidden = false;
  }
  open();
})();
