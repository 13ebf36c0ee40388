// The overview of a video and the timeline that zooms into it.

const rowHeight = 18, gap = 4, nameHeight = 16, axisHeight = 20;

export function element(name, attributes, text) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Seconds as m:ss.d, with as many decimals as asked for. */
export function clock(seconds, decimals = 1) {
  const scale = 10 ** decimals, units = Math.max(0, Math.round(seconds * scale));
  const minutes = Math.floor(units / (60 * scale)), rest = (units - minutes * 60 * scale) / scale;
  return `${minutes}:${rest.toFixed(decimals).padStart(decimals ? decimals + 3 : 2, "0")}`;
}

/** Rows for bars that may overlap, the strongest first: each goes into the first row that is free there. Of equal ones the earlier is first. */
export function pack(bars) {
  const rows = [];
  for (const bar of [...bars].sort((a, b) => b.opacity - a.opacity || a.start - b.start)) {
    const isFree = (row) => row.end <= bar.start || row.bars.every((other) => other.end <= bar.start || other.start >= bar.end);
    let number = rows.findIndex(isFree);
    if (number < 0) number = rows.push({ bars: [], end: 0 }) - 1;
    rows[number].bars.push(bar);
    rows[number].end = Math.max(rows[number].end, bar.end);
    bar.row = number;
  }
  return Math.max(1, rows.length);
}

/** Black or white, whichever reads better on a colour such as #0072b2 that lets a ground of such a kind through. */
function ink(colour, opacity, ground) {
  const channels = [1, 3, 5].map((place, index) => {
    const value = (parseInt(colour.slice(place, place + 2), 16) * opacity + ground[index] * (1 - opacity)) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2] > 0.179 ? "#000" : "#fff";
}

export class Timeline {
  /**
   * @param actions what a person does here: seek(time), select(bar), preview(time) while a border is dragged,
   *   moved(key, {start, end}) at its end, snap(time, tolerance, key) for borders, hover(time or null) of the pointer,
   *   looked(view, width) when another part is shown.
   */
  constructor(overview, drawing, actions) {
    this.overview = overview;
    this.drawing = drawing;
    this.actions = actions;
    this.duration = 1;
    this.view = { start: 0, length: 1 };
    this.tracks = [];
    this.time = 0;
    this.hovered = null;
    drawing.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    drawing.addEventListener("pointerdown", (event) => this.#press(event));
    drawing.addEventListener("pointermove", (event) => this.#hover(this.isHeld ? null : this.at(this.#offset(event))));
    drawing.addEventListener("pointerleave", () => this.#hover(null));
    overview.addEventListener("pointerdown", (event) => this.#pressOverview(event));
    new ResizeObserver(() => this.draw()).observe(drawing);
  }

  get width() { return this.drawing.clientWidth || 600; }
  x(time) { return (time - this.view.start) / this.view.length * this.width; }
  at(x) { return this.view.start + x / this.width * this.view.length; }

  /**
   * @param tracks each with name, bars: {start, end, label, colour, opacity, key, isTruth, isChosen, text}, or a plot: {title, height,
   *   draw(nodes, y, timeline)}.
   */
  show(tracks, duration) {
    const isNew = duration !== this.duration;
    this.tracks = tracks;
    this.duration = Math.max(duration, 0.1);
    if (isNew) this.view = { start: 0, length: this.duration };
    this.draw();
  }

  zoom(factor, centre = this.time) {
    const length = Math.min(this.duration, Math.max(0.2, this.view.length * factor));
    this.#look(centre - (centre - this.view.start) * length / this.view.length, length);
  }

  whole() { this.#look(0, this.duration); }

  #look(start, length = this.view.length) {
    this.view = { start: Math.min(Math.max(0, start), Math.max(0, this.duration - length)), length };
    this.draw();
  }

  /** Moves the playhead, and the view when it leaves it. */
  point(time) {
    this.time = time;
    const { start, length } = this.view;
    if (!this.isHeld && (time < start || time > start + length)) return this.#look(time - length * 0.1);
    this.#placeHeads();
  }

  #placeHeads() {
    const place = (line, x) => line && (line.setAttribute("x1", x), line.setAttribute("x2", x));
    place(this.head, this.x(this.time));
    place(this.overviewHead, this.time / this.duration * this.width);
    place(this.pointer, this.hovered === null ? -9 : this.x(this.hovered));
  }

  #hover(time) {
    if (time === this.hovered) return;
    this.hovered = time;
    this.#placeHeads();
    this.actions.hover(time);
  }

  draw() {
    const rows = [], nodes = [];
    let y = axisHeight;
    for (const track of this.tracks) {
      rows.push({ track, y });
      y += nameHeight + (track.plot ? track.plot.height : pack(track.bars) * (rowHeight + gap)) + gap;
    }
    this.drawing.setAttribute("height", y);
    this.drawing.style.height = `${y}px`;
    this.#axis(nodes, y);
    for (const { track, y } of rows) {
      if (track.plot) track.plot.draw(nodes, y + nameHeight, this);
      nodes.push(element("text", { x: 4, y: y + 12, class: "muted" }, track.plot ? track.plot.title : track.name));
      if (track.plot) continue;
      for (const bar of track.bars) this.#bar(nodes, bar, y + nameHeight + bar.row * (rowHeight + gap));
    }
    this.head = element("line", { class: "playhead", y1: 0, y2: y });
    this.pointer = element("line", { class: "pointer", y1: axisHeight, y2: y });
    this.drawing.replaceChildren(...nodes, this.pointer, this.head);
    this.#drawOverview();
    this.#placeHeads();
    this.actions.looked(this.view, this.width);
  }

  #axis(nodes, height) {
    const wanted = this.view.length / Math.max(2, this.width / 90);
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((value) => value >= wanted) || 7200;
    for (let mark = Math.ceil(this.view.start / step); mark * step <= this.view.start + this.view.length; mark++) {
      const x = this.x(mark * step);
      nodes.push(element("line", { class: "tick", x1: x, x2: x, y1: 16, y2: height }));
      nodes.push(element("text", { class: "muted", x: x + 3, y: 12 }, clock(mark * step, step < 1 ? 1 : 0)));
    }
  }

  #bar(nodes, bar, y) {
    const { start, end } = bar.isTruth && this.drag && this.drag.key === bar.key ? this.drag : bar;
    const left = this.x(start), right = this.x(end);
    if (right < 0 || left > this.width) return;
    const width = Math.max(2, right - left);
    const kind = bar.isTruth ? "truth" : "detection";
    const rect = element("rect", {
      class: `bar ${kind}${bar.isChosen ? " chosen" : ""}`, x: left, y, width, height: rowHeight, rx: 2, fill: bar.colour,
      "fill-opacity": bar.opacity,
    });
    rect.bar = bar;
    rect.append(element("title", {}, bar.text));
    nodes.push(rect);
    const shown = Math.max(0, left), room = Math.min(this.width, left + width) - shown - 8;
    const letters = Math.floor(room / 6.5);
    if (letters >= 3) {
      const text = element("text", { class: "on-bar", x: shown + 4, y: y + 13 },
        bar.label.length > letters ? bar.label.slice(0, letters - 1) + "…" : bar.label);
      text.style.setProperty("--on-light", ink(bar.colour, bar.opacity, [255, 255, 255]));
      text.style.setProperty("--on-dark", ink(bar.colour, bar.opacity, [20, 23, 27]));
      nodes.push(text);
    }
    if (bar.isTruth && bar.canMove) {
      const grip = Math.min(8, Math.max(3, width / 3));
      for (const [side, x] of [["start", left - grip / 2], ["end", left + width - grip / 2]]) {
        const handle = element("rect", { class: "handle", x, y, width: grip, height: rowHeight });
        handle.handle = { bar, side };
        nodes.push(handle);
      }
    }
  }

  #drawOverview() {
    const nodes = [], scale = this.width / this.duration;
    const tracks = this.tracks.filter((track) => !track.plot);
    tracks.forEach((track, index) => {
      const height = Math.max(2, 28 / tracks.length - 1);
      for (const bar of track.bars) {
        nodes.push(element("rect", {
          x: bar.start * scale, y: 2 + index * (height + 1), width: Math.max(1, (bar.end - bar.start) * scale), height,
          fill: bar.colour, "fill-opacity": bar.opacity,
        }));
      }
    });
    nodes.push(element("rect", {
      class: "window", x: this.view.start * scale, y: 1, width: Math.max(3, this.view.length * scale), height: 30,
    }));
    this.overviewHead = element("line", { class: "playhead", y1: 0, y2: 32 });
    this.overview.replaceChildren(...nodes, this.overviewHead);
  }

  // Pointer

  #offset(event, node = this.drawing) { return event.clientX - node.getBoundingClientRect().left; }

  #wheel(event) {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      this.#look(this.view.start + (event.deltaX || event.deltaY) / this.width * this.view.length);
    } else {
      this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.at(this.#offset(event)));
    }
  }

  /** Follows the pointer until it is let go. */
  #follow(node, event, move, end) {
    const stop = (isDone) => {
      node.removeEventListener("pointermove", move);
      node.removeEventListener("pointerup", done);
      node.removeEventListener("pointercancel", broken);
      this.isHeld = false;
      end(isDone);
    };
    const done = () => stop(true), broken = () => stop(false);
    this.isHeld = true;
    try { node.setPointerCapture(event.pointerId); } catch { /* a pointer that is gone needs no capture */ }
    node.addEventListener("pointermove", move);
    node.addEventListener("pointerup", done);
    node.addEventListener("pointercancel", broken);
  }

  #press(event) {
    if (event.button !== 0) return;
    const from = this.#offset(event), target = event.target;
    if (target.handle) return this.#dragBorder(event, target.handle);
    const first = this.view.start;
    let isPanning = false;
    this.#follow(this.drawing, event, (moved) => {
      const distance = this.#offset(moved) - from;
      isPanning = isPanning || Math.abs(distance) > 4;
      if (isPanning) this.#look(first - distance / this.width * this.view.length);
    }, (isDone) => {
      if (!isDone || isPanning) return;
      if (target.bar) this.actions.select(target.bar);
      else this.actions.seek(this.at(from));
    });
  }

  #dragBorder(event, { bar, side }) {
    const from = this.#offset(event), grip = this.x(bar[side]) - from;
    let hasMoved = false;
    this.actions.select(bar, false);
    this.drag = { key: bar.key, start: bar.start, end: bar.end };
    this.#follow(this.drawing, event, (moved) => {
      const x = this.#offset(moved);
      hasMoved = hasMoved || Math.abs(x - from) > 2;
      if (!hasMoved) return;
      const time = this.actions.snap(this.at(x + grip), 5 / this.width * this.view.length, bar.key);
      // A border stops at the other one.
      if (side === "start" ? time < this.drag.end : time > this.drag.start) this.drag[side] = time;
      this.actions.preview(this.drag[side]);
      this.draw();
    }, (isDone) => {
      const { start, end } = this.drag;
      this.drag = null;
      if (isDone && hasMoved) this.actions.moved(bar.key, { start, end });
      else this.draw();
    });
  }

  #pressOverview(event) {
    const go = (moved) => {
      const time = this.#offset(moved, this.overview) / this.width * this.duration;
      this.#look(time - this.view.length / 2);
      this.actions.seek(Math.min(this.duration, Math.max(0, time)));
    };
    go(event);
    this.#follow(this.overview, event, go, () => {});
  }
}
