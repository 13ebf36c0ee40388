// Draws the list of videos of a report. Reads the JSON of the page and nothing else.
"use strict";

(function () {
  const SVG = "http://www.w3.org/2000/svg";
  const data = JSON.parse(document.getElementById("data").textContent);
  const element = (id) => document.getElementById(id);
  const list = element("list");

  // Verdicts by number, as the page lists them.
  const CORRECT = 0;
  const DOUBLE = 1, WRONG_LABEL = 2, LOCALIZATION = 3, CONFUSION = 4, BACKGROUND = 5;
  const TRUTH_FIELDS = 4, PREDICTION_FIELDS = 5;

  const videos = data.videos.map(([id, duration, subset, truth, runs, precision, thumbnails], index) =>
    ({ id, duration: Math.max(1, duration), subset, truth, runs, precision, thumbnails, index }));

  // The range of scores that the slider goes through.
  let lowest = Infinity, highest = -Infinity;
  for (const video of videos) {
    for (const run of video.runs) {
      if (!run.length) continue;
      highest = Math.max(highest, run[2]);
      lowest = Math.min(lowest, run[run.length - 3]);
    }
  }
  if (!(highest > -Infinity)) { lowest = 0; highest = data.scoreScale; }
  lowest = Math.min(0, lowest);

  const state = { search: "", label: -1, error: "", order: "", minimum: lowest, top: 10 };

  // MARK: Text

  function clock(milliseconds) {
    const tenths = Math.round(milliseconds / 100);
    const minutes = Math.floor(tenths / 600);
    const seconds = (tenths - minutes * 600) / 10;
    return minutes + ":" + (seconds < 10 ? "0" : "") + seconds.toFixed(1);
  }
  const seconds = (milliseconds) => (milliseconds / 1000).toFixed(2) + " s";
  const percent = (thousandths) => (thousandths / 10).toFixed(1) + " %";
  const score = (value) => {
    const number = value / data.scoreScale;
    return Math.abs(number) >= 0.001 && Math.abs(number) < 1000 ? number.toFixed(3) : number.toPrecision(3);
  };

  function make(name, attributes, text) {
    const node = document.createElementNS(SVG, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function html(name, attributes, text) {
    const node = document.createElement(name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  }

  // Black or white, whichever reads better on a colour that lets the ground through, for both themes.
  function inks(colour, opacity) {
    const on = (ground) => {
      const [red, green, blue] = [1, 3, 5].map((at, index) => {
        const value = (parseInt(colour.slice(at, at + 2), 16) * opacity + ground[index] * (1 - opacity)) / 255;
        return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
    };
    return `--on-light:${on([255, 255, 255])};--on-dark:${on([20, 23, 27])}`;
  }

  // MARK: What is shown of a video

  // The segments of the ground truth that pass the filter of the class.
  function truthOf(video) {
    const items = [];
    for (let at = 0; at < video.truth.length; at += TRUTH_FIELDS) {
      const [start, end, label, found] = video.truth.slice(at, at + TRUTH_FIELDS);
      items.push({ start, end, label, found });
    }
    return items;
  }

  // The best predictions of a run, best first, that pass the score and the limit.
  function predictionsOf(video, run) {
    const values = video.runs[run], items = [];
    for (let at = 0; at < values.length && items.length < state.top; at += PREDICTION_FIELDS) {
      if (values[at + 2] < state.minimum) break;
      if (state.label >= 0 && values[at + 3] !== state.label) continue;
      items.push({
        start: values[at], end: values[at + 1], score: values[at + 2], label: values[at + 3], verdict: values[at + 4],
      });
    }
    return items;
  }

  // Puts bars into as few rows as the order of their starts allows.
  function pack(items, gap) {
    const ends = [];
    for (const item of [...items].sort((a, b) => a.start - b.start || a.end - b.end)) {
      let row = ends.findIndex((end) => end + gap <= item.start);
      if (row < 0) row = ends.push(0) - 1;
      ends[row] = item.end;
      item.row = row;
    }
    return Math.max(1, ends.length);
  }

  const isMissed = (item) => data.judged && data.runs.length > 0 && (item.found & 1) === 0;

  const missedCount = (video) => {
    let count = 0;
    for (let at = 0; at < video.truth.length; at += TRUTH_FIELDS) if ((video.truth[at + 3] & 1) === 0) count++;
    return count;
  };

  function hasError(video, name) {
    if (name === "missed") return missedCount(video) > 0;
    const verdict = data.verdicts.indexOf(name);
    return video.runs.some((_, run) => predictionsOf(video, run).some((item) => item.verdict === verdict));
  }

  // MARK: Timeline

  const BAR = 18, ROW = 22, NAME = 20, AXIS = 22;

  function mark(svg, item, x, y, width, colour) {
    const { verdict } = item;
    const bar = make("rect", {
      x, y, width, height: BAR, rx: 2, fill: colour,
      "fill-opacity": (0.25 + 0.75 * (item.score - lowest) / Math.max(1, highest - lowest)).toFixed(2),
      class: "segment" + (verdict === LOCALIZATION ? " localization"
        : verdict === WRONG_LABEL || verdict === CONFUSION ? " label-error" : ""),
    });
    bar.append(make("title", {}, data.labels[item.label] + ", " + seconds(item.start) + " to " + seconds(item.end)
      + ", score " + score(item.score) + (data.judged ? ", " + data.verdicts[verdict] : "")));
    svg.append(bar);
    if (verdict === BACKGROUND || verdict === DOUBLE) {
      const size = Math.min(10, width);
      const left = x + width - size - Math.min(4, (width - size) / 2), top = y + (BAR - 10) / 2;
      svg.append(make("path", {
        d: `M${left} ${top}L${left + size} ${top + 10}M${left + size} ${top}L${left} ${top + 10}`, class: "cross",
      }));
    }
  }

  function timeline(video, width) {
    const tracks = [];
    const truth = truthOf(video);
    if (truth.length) tracks.push({ name: "ground truth", items: truth, isTruth: true });
    data.runs.forEach((name, run) => {
      tracks.push({ name: data.runs.length > 1 || truth.length ? name : "detections", items: predictionsOf(video, run) });
    });
    const scale = width / video.duration, gap = 2 / scale;
    let height = 0;
    for (const track of tracks) {
      track.top = height;
      height += NAME + pack(track.items, gap) * ROW + 4;
    }
    const shown = tracks.slice(truth.length ? 1 : 0).flatMap((track) => track.items);
    const words = (truth.length ? truth.length + " ground-truth segments, "
      + truth.filter(isMissed).length + " missed; " : "") + shown.length + " detections shown"
      + (data.judged ? ", " + shown.filter((item) => item.verdict === CORRECT).length + " correct" : "");
    const svg = make("svg", {
      viewBox: `0 0 ${width} ${height + AXIS}`, height: height + AXIS, class: "timeline", role: "img",
      "aria-label": video.id + ": " + words, preserveAspectRatio: "none",
    });
    // The axis, with a mark about every 90 pixels.
    const steps = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 12e5, 18e5, 36e5, 72e5];
    const step = steps.find((value) => value * scale >= 90) || steps[steps.length - 1];
    for (let at = 0; at <= video.duration; at += step) {
      const x = at * scale;
      svg.append(make("line", { x1: x, y1: 0, x2: x, y2: height, class: "grid" }));
      const anchor = at === 0 ? "start" : x > width - 30 ? "end" : "middle";
      svg.append(make("text", { x, y: height + 15, class: "muted", "text-anchor": anchor }, clock(at)));
    }
    for (const track of tracks) {
      svg.append(make("text", { x: 0, y: track.top + 14, class: "row-name" }, track.name));
      for (const item of track.items) {
        const x = Math.max(0, item.start * scale), end = Math.min(width, item.end * scale);
        const long = Math.max(2, end - x), y = track.top + NAME + item.row * ROW;
        const colour = data.colours[item.label];
        if (track.isTruth) {
          const bar = make("rect", { x, y, width: long, height: BAR, rx: 2, fill: colour, class: "segment" });
          bar.append(make("title", {}, data.labels[item.label] + ", " + seconds(item.start) + " to "
            + seconds(item.end) + (isMissed(item) ? ", missed" : "")));
          svg.append(bar);
          if (isMissed(item)) {
            svg.append(make("path", {
              d: `M${x + 5} ${y - 1}H${x - 1}V${y + BAR + 1}H${x + 5}M${x + long - 5} ${y - 1}H${x + long + 1}`
                + `V${y + BAR + 1}H${x + long - 5}`, class: "missed",
            }));
          }
        } else {
          mark(svg, item, x, y, long, colour);
        }
        const name = data.labels[item.label];
        if (long > name.length * 6.2 + 8) {
          const opacity = track.isTruth ? 1 : 0.25 + 0.75 * (item.score - lowest) / Math.max(1, highest - lowest);
          svg.append(make("text", { x: x + 5, y: y + 13, class: "label on-bar", style: inks(colour, opacity) }, name));
        }
      }
    }
    return svg;
  }

  function table(video) {
    const box = html("div", { class: "scroll" }), node = html("table");
    node.append(html("caption", {}, "Segments of " + video.id));
    const head = html("tr");
    for (const name of ["Track", "Class", "Start", "End", "Score", "Verdict"]) head.append(html("th", { scope: "col" }, name));
    node.append(head);
    const add = (...cells) => {
      const row = html("tr");
      cells.forEach((text, index) => row.append(html(index ? "td" : "th", index ? {} : { scope: "row" }, text)));
      node.append(row);
    };
    for (const item of truthOf(video)) {
      add("ground truth", data.labels[item.label], seconds(item.start), seconds(item.end), "",
        data.judged ? (isMissed(item) ? "missed" : "found") : "");
    }
    data.runs.forEach((name, run) => {
      for (const item of predictionsOf(video, run)) {
        add(name, data.labels[item.label], seconds(item.start), seconds(item.end), score(item.score),
          data.judged ? data.verdicts[item.verdict] : "");
      }
    });
    box.append(node);
    return box;
  }

  // MARK: The list. Each video has a place from the start; what is in it is made when it comes near the window.

  const opened = new Set();
  const places = new Map();

  function estimate(video) {
    const rows = (video.truth.length ? 1 : 0) + data.runs.length;
    return 40 + AXIS + rows * (NAME + ROW + 4) + (video.thumbnails.length ? 54 : 0);
  }

  function fill(place) {
    const video = place.video;
    place.replaceChildren();
    const title = html("h3", {}, video.id);
    const facts = [clock(video.duration)];
    if (data.judged) {
      video.precision.forEach((value, run) => {
        if (value !== null) facts.push((data.runs.length > 1 ? data.runs[run] + " " : "") + "AP " + percent(value));
      });
    }
    title.append(html("span", {}, facts.join(" · ")));
    const button = html("button", { type: "button", "aria-expanded": opened.has(video.index) }, "Table");
    button.addEventListener("click", () => toggle(place));
    title.append(button);
    place.append(title);
    if (video.thumbnails.length) {
      const strip = html("div", { class: "thumbs", "aria-hidden": "true" });
      for (const picture of video.thumbnails) {
        strip.append(html("img", { src: "data:image/jpeg;base64," + picture, alt: "" }));
      }
      place.append(strip);
    }
    place.append(timeline(video, Math.max(280, list.clientWidth || 1000)));
    if (opened.has(video.index)) place.append(table(video));
    place.style.minHeight = "";
    place.isFilled = true;
  }

  function empty(place) {
    place.style.minHeight = place.offsetHeight + "px";
    place.replaceChildren();
    place.isFilled = false;
  }

  function toggle(place) {
    const { index } = place.video;
    if (opened.has(index)) opened.delete(index); else opened.add(index);
    fill(place);
  }

  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting && !entry.target.isFilled) fill(entry.target);
      else if (!entry.isIntersecting && entry.target.isFilled && !entry.target.contains(document.activeElement)) {
        empty(entry.target);
      }
    }
  }, { rootMargin: "800px 0px" });

  function placeOf(video) {
    let place = places.get(video.index);
    if (!place) {
      place = html("article", { class: "video", role: "listitem", tabindex: "-1", "aria-label": video.id });
      place.video = video;
      place.style.minHeight = estimate(video) + "px";
      places.set(video.index, place);
      observer.observe(place);
    }
    return place;
  }

  // The same pseudo-random order for everybody.
  const shuffled = (index) => (Math.imul(index + 1, 2654435761) >>> 0) % 1000003;
  const precisionOf = (video) => video.precision[0] === undefined || video.precision[0] === null ? null : video.precision[0];
  const orders = {
    worst: (a, b) => (precisionOf(a) ?? 2000) - (precisionOf(b) ?? 2000),
    best: (a, b) => (precisionOf(b) ?? -1) - (precisionOf(a) ?? -1),
    missed: (a, b) => missedCount(b) - missedCount(a),
    name: (a, b) => a.id < b.id ? -1 : a.id > b.id ? 1 : 0,
    random: (a, b) => shuffled(a.index) - shuffled(b.index),
    longest: (a, b) => b.duration - a.duration,
  };

  let chosen = [];

  function update() {
    const search = state.search.toLowerCase();
    chosen = videos.filter((video) => {
      if (search && !video.id.toLowerCase().includes(search)) return false;
      if (state.label >= 0 && !truthOf(video).some((item) => item.label === state.label)
        && !video.runs.some((_, run) => predictionsOf(video, run).length)) return false;
      return !state.error || hasError(video, state.error);
    });
    chosen.sort((a, b) => orders[state.order](a, b) || a.index - b.index);
    list.replaceChildren(...chosen.map(placeOf));
    for (const place of list.children) if (place.isFilled) fill(place);
    const all = videos.length + (videos.length === 1 ? " video" : " videos");
    element("count").textContent = chosen.length === videos.length ? all : chosen.length + " of " + all;
  }

  let isWaiting = false;
  function soon() {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; update(); });
  }

  // MARK: Controls

  const controls = { search: element("search"), label: element("class"), error: element("error"), order: element("order"),
    score: element("score"), top: element("top") };
  data.labels.forEach((label, index) => controls.label.append(html("option", { value: index }, label)));
  state.order = controls.order.value;

  function showScore() {
    element("score-text").textContent = score(state.minimum);
    controls.score.setAttribute("aria-valuetext", score(state.minimum));
  }
  controls.search.addEventListener("input", () => { state.search = controls.search.value; soon(); });
  controls.label.addEventListener("change", () => {
    state.label = controls.label.value === "" ? -1 : Number(controls.label.value);
    soon();
  });
  if (controls.error) controls.error.addEventListener("change", () => { state.error = controls.error.value; soon(); });
  controls.order.addEventListener("change", () => { state.order = controls.order.value; soon(); });
  controls.top.addEventListener("change", () => { state.top = Number(controls.top.value); soon(); });
  controls.score.addEventListener("input", () => {
    state.minimum = lowest + (highest - lowest) * Number(controls.score.value) / 1000;
    showScore();
    soon();
  });
  function reset() {
    controls.search.value = "";
    controls.label.value = "";
    if (controls.error) controls.error.value = "";
    controls.score.value = 0;
    controls.top.value = "10";
    Object.assign(state, { search: "", label: -1, error: "", minimum: lowest, top: 10 });
    showScore();
    update();
  }
  element("reset").addEventListener("click", reset);

  // A click on a bar of a chart filters the list.
  function filterBy(node) {
    const value = node.getAttribute("data-value");
    if (node.getAttribute("data-filter") === "class") {
      state.label = data.labels.indexOf(value);
      controls.label.value = String(state.label);
    } else if (controls.error) {
      state.error = value;
      controls.error.value = value;
    }
    update();
    element("videos").scrollIntoView();
  }
  for (const node of document.querySelectorAll("[data-filter]")) {
    node.addEventListener("click", () => filterBy(node));
    node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      filterBy(node);
    });
  }

  // MARK: Theme and keys

  const theme = element("theme");
  const isDark = () => (document.documentElement.dataset.theme
    || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const nameTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  function switchTheme() {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    nameTheme();
  }
  theme.addEventListener("click", switchTheme);
  nameTheme();

  function step(by) {
    const current = document.activeElement && document.activeElement.closest ? document.activeElement.closest(".video") : null;
    const at = current ? chosen.indexOf(current.video) + by : 0;
    const next = chosen[Math.max(0, Math.min(chosen.length - 1, at))];
    if (!next) return;
    const place = placeOf(next);
    place.focus();
    place.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "range";
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping || element("help").open) return;
    const key = event.key.toLowerCase();
    if (key === "/") controls.search.focus();
    else if (key === "j") step(1);
    else if (key === "k") step(-1);
    else if (key === "t") switchTheme();
    else if (key === "r") reset();
    else if (key === "?") element("help").showModal();
    else if (key === "enter" && event.target.classList.contains("video")) toggle(event.target);
    else return;
    event.preventDefault();
  });

  let width = list.clientWidth;
  addEventListener("resize", () => {
    if (list.clientWidth === width) return;
    width = list.clientWidth;
    for (const place of list.children) if (place.isFilled) fill(place);
  });
  addEventListener("beforeprint", () => { for (const place of [...list.children].slice(0, 20)) if (!place.isFilled) fill(place); });

  showScore();
  update();
})();
