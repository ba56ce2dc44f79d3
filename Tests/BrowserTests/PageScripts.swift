// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// JavaScript that looks at an open page.
enum PageScripts {
  /// The page lets the browser lay out a scenario's section only when it comes into view; what isn't
  /// laid out can't be measured.
  static let layOutAll = """
    (() => {
      const style = document.createElement("style");
      style.textContent = ".scenario { content-visibility: visible !important }";
      document.head.append(style);
      return true;
    })()
    """

  /// Elements that reach over the page's right edge and can't be scrolled to within their own box.
  static let overflow = """
    (() => {
      const width = document.documentElement.clientWidth;
      const found = document.documentElement.scrollWidth > width ? ["the page itself"] : [];
      const scrolls = (element) => {
        for (let at = element.parentElement; at; at = at.parentElement)
          if (["auto", "scroll", "hidden"].includes(getComputedStyle(at).overflowX)) return true;
        return false;
      };
      for (const element of document.body.querySelectorAll("*")) {
        const box = element.getBoundingClientRect();
        if (box.width === 0 || box.right <= width + 1 || scrolls(element)) continue;
        if (element.closest("svg") && element.tagName !== "svg") continue;
        if (element.classList.contains("skip")) continue;
        found.push(element.tagName + "." + element.className + " " + Math.round(box.right));
      }
      return found.slice(0, 10);
    })()
    """

  /// Texts whose contrast is less than WCAG 2.2's level AA asks for (1.4.3): 4.5, or 3 for large
  /// ones. `checked` counts the texts, so that none checked is no pass.
  static let contrast = """
    (() => {
      const colour = (text) => {
        const parts = text.match(/[\\d.]+/g).map(Number);
        return { r: parts[0], g: parts[1], b: parts[2], a: parts.length > 3 ? parts[3] : 1 };
      };
      const over = (top, under) => ({
        r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a),
        b: top.b * top.a + under.b * (1 - top.a), a: 1 });
      const luminance = (c) => {
        const part = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
        return 0.2126 * part(c.r) + 0.7152 * part(c.g) + 0.0722 * part(c.b);
      };
      const ratio = (a, b) => {
        const [x, y] = [luminance(a), luminance(b)];
        return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
      };
      const behind = (element) => {
        const layers = [];
        for (let at = element; at; at = at.parentElement) {
          const layer = colour(getComputedStyle(at).backgroundColor);
          if (layer.a > 0) layers.push(layer);
          if (layer.a === 1) break;
        }
        return layers.reverse().reduce((under, top) => over(top, under), { r: 255, g: 255, b: 255, a: 1 });
      };
      const found = [];
      let checked = 0;
      for (const details of document.querySelectorAll("details")) details.open = true;
      for (const element of document.body.querySelectorAll("*")) {
        if (["SCRIPT", "STYLE", "TITLE", "OPTION"].includes(element.tagName)) continue;
        if (![...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
        const style = getComputedStyle(element);
        if (style.visibility === "hidden" || !element.getClientRects().length) continue;
        const isDrawn = element.closest("svg");
        const ink = colour(isDrawn ? style.fill : style.color);
        const grounds = [behind(element)];
        if (isDrawn)
          for (const cell of isDrawn.querySelectorAll("rect.cell"))
            grounds.push(colour(getComputedStyle(cell).fill));
        const size = parseFloat(style.fontSize);
        const isLarge = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
        checked += 1;
        const least = Math.min(...grounds.map((ground) => ratio(over(ink, ground), ground)));
        if (least < (isLarge ? 3 : 4.5))
          found.push(element.tagName + "." + element.getAttribute("class") + " " + least.toFixed(2)
            + " " + element.textContent.slice(0, 30));
      }
      return { checked, found: [...new Set(found)].slice(0, 10) };
    })()
    """

  struct Contrast: Decodable {
    var checked: Int
    var found: [String]
  }

  /// Sets a filter as a reader would.
  static func filter(_ name: String, _ value: String) -> String {
    """
    (() => {
      const field = document.getElementById("filter-\(name)");
      field.value = "\(value)";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      return true;
    })()
    """
  }

  /// Presses a chip as a reader would.
  static func press(_ filter: String, _ value: String) -> String {
    """
    document.querySelector('.chip[data-filter="\(filter)"][data-value="\(value)"]').click() ?? true
    """
  }

  /// The number in each chip of a group, by its value.
  static func counts(_ filter: String) -> String {
    """
    Object.fromEntries([...document.querySelectorAll('.chip[data-filter="\(filter)"]')]
      .map((chip) => [chip.dataset.value, Number(chip.querySelector("b").textContent)]))
    """
  }

  static let countText = "document.getElementById('filter-count').textContent"

  static let shownRows = """
    [...document.querySelectorAll("#matrix-table tbody tr")].filter((row) => row.offsetParent)
      .map((row) => row.dataset.name)
    """

  static let shownSections = """
    [...document.querySelectorAll(".scenario")].filter((section) => section.offsetParent)
      .map((section) => section.dataset.name)
    """
}
