// Scores over the time, as curves on the timeline, and a legend with their values at one time.

import { get } from "./server.js";
import { clock, element } from "./timeline.js";

const height = 72, delay = 80;
// Curves differ in more than their colour.
const dashes = ["", "7 3", "2 2", "9 3 2 3", "12 4"];

const number = (value) => value.toFixed(Math.abs(value) < 0.1 ? 3 : 2);

/** The curves of one file and video. */
class Plot {
  constructor(source, colour) {
    this.source = source;
    this.colour = colour;
    this.height = height;
    this.reply = null;
    this.problem = "";
  }

  get unit() { return this.source.kind === "scores" ? "class scores" : "similarity"; }

  get title() {
    if (!this.reply) return `${this.source.name}: ${this.unit}`;
    return `${this.source.name}: ${this.unit}, ${number(this.reply.lowest)} to ${number(this.reply.highest)}`;
  }

  draw(nodes, y, timeline) {
    nodes.push(element("rect", { class: "frame", x: 0.5, y: y + 0.5, width: timeline.width - 1, height: height - 1 }));
    if (!this.reply) return;
    const { lowest, highest, start, step } = this.reply, room = height - 4;
    const place = (value) => y + 2 + room * (1 - (value - lowest) / (highest - lowest || 1));
    this.reply.curves.forEach((curve, index) => {
      const line = (values) => values.map((value, at) =>
        `${timeline.x(start + at * step).toFixed(1)},${place(value).toFixed(1)}`);
      const colour = this.colour(curve.label), low = line(curve.low), high = curve.high ? line(curve.high) : low;
      if (curve.high) {
        nodes.push(element("polygon", { class: "envelope", fill: colour, points: [...high, ...low.reverse()].join(" ") }));
      }
      nodes.push(element("polyline", {
        class: "curve", stroke: colour, "stroke-dasharray": dashes[index % dashes.length], points: high.join(" "),
      }));
    });
  }

  /**
   * The label and the value of each curve at a time of a part; a range where a pixel stands for several snippets. The ends of the
   * video have the values of the nearest snippets.
   */
  values(time, part) {
    if (!this.reply) return [];
    const { start, step, curves } = this.reply, at = Math.round((time - start) / step);
    return curves.map(({ label, low, high }) => {
      if (!(time >= part.start && time <= part.end)) return { label, text: "–" };
      const place = Math.min(low.length - 1, Math.max(0, at)), least = number(low[place]);
      const most = number((high || low)[place]);
      return { label, text: least === most ? most : `${least} to ${most}` };
    });
  }
}

export class Curves {
  /**
   * @param place the element of the legend.
   * @param colour gives the colour of a label.
   * @param changed is called when there is something new to draw.
   */
  constructor(place, colour, changed) {
    this.place = place;
    this.colour = colour;
    this.changed = changed;
    this.plots = [];
  }

  /** Begins with a video. @param sources each with file, its number; name, kind and classes. */
  open(video, sources) {
    clearTimeout(this.timer);
    this.video = video;
    this.asked = "";
    this.part = null;
    this.plots = sources.map((source) => new Plot(source, this.colour));
    this.place.hidden = !sources.length;
    this.showLegend();
  }

  /** Asks for the part that is shown, when it has stayed for a moment; what is there is drawn meanwhile. */
  look(view, width, wanted) {
    if (!this.plots.length) return;
    const points = Math.min(4000, Math.max(100, Math.round(width)));
    const asked = [this.video, view.start, view.length, points, wanted].join();
    if (asked === this.asked) return;
    this.asked = asked;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(asked, view, points, wanted), this.part === null ? 0 : delay);
  }

  async ask(asked, view, points, wanted) {
    const { plots, video } = this;
    this.part = { start: view.start, end: view.start + view.length };
    const replies = await Promise.all(plots.map(async (plot) => {
      const column = plot.source.classes.indexOf(wanted);
      if (wanted && column < 0) return { reply: null, problem: `nothing of '${wanted}'` };
      const query = `from=${view.start}&until=${view.start + view.length}&points=${points}`;
      try {
        const address = `api/videos/${video}/curves/${plot.source.file}?${query}${wanted ? `&class=${column}` : ""}`;
        return { reply: await get(address), problem: "" };
      } catch (error) {
        return { reply: null, problem: error.message };
      }
    }));
    if (this.asked !== asked) return;
    plots.forEach((plot, index) => Object.assign(plot, replies[index]));
    this.showLegend();
    this.changed();
  }

  showLegend() {
    const nodes = [];
    this.time = document.createElement("p");
    if (this.plots.length) nodes.push(this.time);
    for (const plot of this.plots) {
      const count = plot.source.classes.length, shown = plot.reply?.curves.length ?? 0;
      if (plot.problem) nodes.push(this.line(`${plot.source.name}: ${plot.problem}`));
      else if (shown > 1 && shown < count) {
        nodes.push(this.line(`${plot.source.name}: the highest ${shown} of ${count} here; Class shows another`));
      } else if (this.plots.length > 1) nodes.push(this.line(plot.title));
      const list = document.createElement("ul");
      plot.outputs = (plot.reply?.curves ?? []).map(({ label }, index) => {
        const item = document.createElement("li"), name = document.createElement("span"), value = document.createElement("b");
        const key = element("svg", { viewBox: "0 0 24 12", "aria-hidden": "true" });
        key.append(element("line", {
          class: "curve", x1: 0, x2: 24, y1: 6, y2: 6, stroke: this.colour(label), "stroke-dasharray": dashes[index % dashes.length],
        }));
        name.textContent = label;
        item.append(key, name, value);
        list.append(item);
        return value;
      });
      nodes.push(list);
    }
    this.place.replaceChildren(...nodes);
  }

  line(text) {
    const node = document.createElement("p");
    node.textContent = text;
    return node;
  }

  /** Shows the values at a time. */
  showValues(time) {
    if (!this.plots.length) return;
    this.time.textContent = `Scores at ${clock(time, 2)}`;
    const words = [];
    for (const plot of this.plots) {
      plot.values(time, this.part).forEach(({ label, text }, index) => {
        plot.outputs[index].textContent = text;
        words.push(`${label} ${text}`);
      });
    }
    this.spoken = words.length ? `At ${clock(time)}: ${words.join(", ")}` : "";
  }
}
