// Looks through a page for what keeps people out who use a keyboard, a screen reader, or eyes that need contrast. The rules are
// those of WCAG 2.2 (A and AA) that a program can decide. `accessibilityProblems()` gives a line for each thing found.
"use strict";
globalThis.accessibilityProblems = () => {
  const problems = [];
  const describe = (node) => {
    const id = node.id ? `#${node.id}` : "", text = (node.textContent || "").trim().replace(/\s+/g, " ").slice(0, 30);
    return `<${node.localName}${id}${node.getAttribute("class") ? ` class="${node.getAttribute("class")}"` : ""}>`
      + (text ? ` "${text}"` : "");
  };
  const report = (rule, node) => problems.push(`${rule}: ${describe(node)}`);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isShown = (node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })
    && !node.closest("[aria-hidden=true]");

  // Names

  const textOf = (ids) => ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ");
  const nameOf = (node) => [
    node.getAttribute("aria-label"), textOf(node.getAttribute("aria-labelledby") || ""),
    ...[...(node.labels || [])].map((label) => label.textContent), node.getAttribute("alt"),
    node.querySelector?.(":scope > title")?.textContent, node.getAttribute("title"),
    // What stands in a group, a dialogue or a drawing is not what it is called.
    node.matches("button, a, summary, [role=button], [role=link], [role=checkbox], [role=tab], [role=switch]")
      ? node.textContent : "",
  ].join(" ").trim();
  const native = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const node of all(`${native}, [role=button], [role=link], [role=checkbox], [role=slider], [role=tab], [role=switch], `
    + "[role=img], [role=dialog], dialog, svg[role], img:not([alt='']), area, iframe, nav ~ nav")) {
    if (!node.closest("[aria-hidden=true]") && !nameOf(node)) report("has no name", node);
  }
  for (const node of all("svg:not([role]):not([aria-hidden=true])")) {
    if (!node.parentElement.closest("svg, [aria-hidden=true]")) report("a drawing without role and name", node);
  }
  for (const node of all("[role=group], [role=region]")) if (!nameOf(node)) report("a group without a name", node);

  // Roles and states

  const roles = new Set(("alert alertdialog application article button cell checkbox columnheader combobox complementary dialog "
    + "document figure form grid gridcell group heading img link list listbox listitem log main menu menuitem navigation none "
    + "note option presentation progressbar radio radiogroup region row rowgroup rowheader search separator slider spinbutton "
    + "status switch tab table tablist tabpanel textbox timer toolbar tooltip tree treeitem").split(" "));
  for (const node of all("[role]")) if (!roles.has(node.getAttribute("role"))) report("an unknown role", node);
  for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "for", "list", "headers"]) {
    for (const node of all(`[${name}]`)) {
      for (const id of node.getAttribute(name).split(/\s+/).filter(Boolean)) {
        if (!document.getElementById(id)) report(`${name} names '${id}', which is not there`, node);
      }
    }
  }
  const states = {
    "aria-pressed": /^(true|false|mixed)$/, "aria-expanded": /^(true|false)$/, "aria-hidden": /^(true|false)$/,
    "aria-current": /^(true|false|page|step|location|date|time)$/, "aria-live": /^(off|polite|assertive)$/,
    "aria-sort": /^(ascending|descending|none|other)$/,
  };
  for (const name in states) {
    for (const node of all(`[${name}]`)) {
      if (!states[name].test(node.getAttribute(name))) report(`${name} has no such value`, node);
    }
  }
  for (const node of all("[aria-hidden=true]")) {
    if (node.matches(native) || node.querySelector(native)) report("hidden from readers, but the keyboard gets there", node);
  }

  // Structure

  if (!document.documentElement.lang) report("says no language", document.documentElement);
  if (!document.title.trim()) report("has no title", document.documentElement);
  if (all("main").length !== 1) report(`${all("main").length} main parts`, document.body);
  const viewport = document.querySelector("meta[name=viewport]")?.content || "";
  if (/user-scalable\s*=\s*no|maximum-scale\s*=\s*1(\D|$)/.test(viewport)) report("forbids to zoom", document.body);
  let level = 0;
  for (const node of all("h1, h2, h3, h4, h5, h6").filter((node) => isShown(node) && !node.closest("dialog"))) {
    const next = Number(node.localName[1]);
    if (next > level + 1) report(`a heading of level ${next} after one of level ${level}`, node);
    if (!node.textContent.trim()) report("an empty heading", node);
    level = next;
  }
  const ids = new Set();
  for (const node of all("[id]")) {
    if (ids.has(node.id)) report("an id given twice", node);
    ids.add(node.id);
  }
  for (const node of all("li")) if (!node.parentElement.matches("ul, ol, menu")) report("an item outside of a list", node);
  for (const node of all("ul > *, ol > *")) if (!node.matches("li, script, template")) report("no item, but in a list", node);
  for (const node of all("dt, dd")) if (!node.parentElement.matches("dl, dl > div")) report("outside of a dl", node);
  for (const node of all("table")) if (!node.querySelector("th")) report("a table without headings", node);
  for (const node of all(`:is(button, a[href]) :is(${native})`)) report("a control in a control", node);
  for (const node of all("[tabindex]")) if (node.tabIndex > 0) report("changes the order of the keyboard", node);
  for (const node of all("body *").filter((node) => isShown(node) && node.scrollHeight > node.clientHeight + 1)) {
    const overflow = getComputedStyle(node).overflowY;
    if (!/auto|scroll/.test(overflow) || node.clientHeight === 0) continue;
    if (node.tabIndex < 0 && !node.querySelector(native)) report("scrolls, but not with the keyboard", node);
  }

  // Sizes: 24 pixels, unless it stands in a line of text.

  for (const node of all("button, select, input:not([type=hidden]), summary").filter(isShown)) {
    const target = node.matches("[type=checkbox], [type=radio]") && node.labels.length ? node.labels[0] : node;
    const box = target.getBoundingClientRect();
    if (box.width > 0 && (box.width < 24 || box.height < 24)) {
      report(`${Math.round(box.width)} x ${Math.round(box.height)} pixels to hit`, node);
    }
  }

  // Contrast

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parse = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = "#000";
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [red, green, blue], alpha: alpha / 255 };
  };
  const over = (top, alpha, bottom) => bottom.map((value, index) => top[index] * alpha + value * (1 - alpha));
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const isDark = getComputedStyle(document.documentElement).colorScheme.includes("dark");
  /** What lies behind an element; nil where it is a picture. */
  const ground = (node) => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return null;
      const { rgb, alpha } = parse(style.backgroundColor);
      if (alpha > 0) layers.push([rgb, alpha]);
      if (alpha === 1) break;
    }
    let result = isDark ? [18, 18, 18] : [255, 255, 255];
    for (const [rgb, alpha] of layers.reverse()) result = over(rgb, alpha, result);
    return result;
  };
  /** What lies behind a text of a drawing: the last shape before it that is under its middle. */
  const drawnGround = (node) => {
    const drawing = node.ownerSVGElement, box = node.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    let result = ground(drawing.parentElement);
    if (!result) return null;
    for (const shape of drawing.querySelectorAll("rect")) {
      if (shape.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING) break;
      const area = shape.getBoundingClientRect(), style = getComputedStyle(shape);
      if (x < area.left || x > area.right || y < area.top || y > area.bottom || style.fill === "none") continue;
      if (style.fill.startsWith("url")) return null;
      const { rgb, alpha } = parse(style.fill);
      result = over(rgb, alpha * Number(style.fillOpacity) * Number(style.opacity), result);
    }
    return result;
  };
  const seen = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || seen.has(node) || !isShown(node)) continue;
    seen.add(node);
    if (node.closest(":disabled, option, title, script, style, noscript")) continue;
    const style = getComputedStyle(node), drawing = node.ownerSVGElement;
    const behind = drawing ? drawnGround(node) : ground(node);
    if (!behind) continue;
    const { rgb, alpha } = parse(drawing ? style.fill : style.color);
    const ratio = contrast(over(rgb, alpha * Number(style.opacity), behind), behind);
    const size = parseFloat(style.fontSize), isLarge = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    if (ratio < (isLarge ? 3 : 4.5)) report(`a contrast of ${ratio.toFixed(2)}`, node);
  }
  return [...new Set(problems)];
};
