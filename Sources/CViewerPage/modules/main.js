// The page: brings list, player, timeline and labels together.

import { get, post, put } from "./server.js";
import { Labels } from "./edits.js";
import { Timeline, clock } from "./timeline.js";
import { Curves } from "./curves.js";
import { Player } from "./player.js";
import { VideoList } from "./list.js";
import { listen } from "./keys.js";

const byId = (id) => document.getElementById(id);
const autosaveDelay = 20_000;

class Viewer {
  constructor() {
    this.number = -1;
    this.labels = null;
    this.reply = null;
    this.chosen = null;
    this.isUnsaved = false;
    this.list = new VideoList((number) => this.open(number));
    this.player = new Player(byId("player"), (time) => this.showTime(time), () => this.cannotPlay());
    this.timeline = new Timeline(byId("overview"), byId("timeline"), {
      seek: (time) => this.player.seek(time),
      select: (bar, isJump = true) => this.select(bar.isTruth ? { key: bar.key } : { detection: bar.source }, isJump),
      preview: (time) => { this.player.video.pause(); this.player.seek(time); },
      moved: (key, borders) => this.change(key, borders),
      snap: (time, tolerance, key) => this.snap(time, tolerance, key),
      hover: (time) => this.curves.showValues(time ?? this.player.time),
      looked: (view, width) => this.curves.look(view, width, byId("class").value),
    });
    this.curves = new Curves(byId("curves"), (label) => this.colour(label), () => {
      this.timeline.draw();
      this.curves.showValues(this.timeline.hovered ?? this.player.time);
    });
    this.listenToControls();
    listen(this);
    byId("theme").textContent = this.isDark ? "Light" : "Dark";
    addEventListener("beforeunload", (event) => { if (this.isUnsaved) event.preventDefault(); });
  }

  async start() {
    try {
      this.session = await get("api/session");
      document.title = byId("title").textContent = this.session.title;
      this.classes = this.session.labels;
      this.list.set(await get("api/videos"));
      this.showClasses();
      this.isUnsaved = this.session.hasUnsavedEdits;
      if (!this.session.output) this.say("Only shown: start with --out labels.json to correct");
      else if (this.session.recovered) this.sayUnsaved(`${this.session.recovered} edits of an earlier viewer are not saved yet`);
      else this.say("");
      byId("save").disabled = byId("new").disabled = !this.session.output;
      if (this.list.videos.length) await this.open(0);
    } catch (error) {
      this.sayFailed(error);
    }
  }

  // What is saved

  say(text, kind = "") {
    byId("state").textContent = text;
    byId("state").className = kind;
  }

  sayFailed(error) { this.say(error.message, "failed"); }

  sayUnsaved(text) {
    this.isUnsaved = true;
    this.say(`Not saved yet: ${text}`, "unsaved");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(true), autosaveDelay);
  }

  async save(isAutomatic = false, replace = false) {
    if (!this.session?.output) return;
    clearTimeout(this.timer);
    try {
      await this.labels?.settled;
      const saved = await post("api/save", { replace });
      this.isUnsaved = false;
      const losses = saved.losses.length ? `; the format cannot hold ${saved.losses.join(", ")}` : "";
      this.say(`Saved ${saved.segments} labels in ${saved.path} at ${new Date().toLocaleTimeString()}${losses}`);
    } catch (error) {
      this.sayFailed(error);
      if (error.status === 409 && !isAutomatic && confirm(`${error.message}. Replace it?`)) await this.save(false, true);
    }
  }

  // One video

  async open(number) {
    try {
      await this.labels?.settled;
      const reply = await get(`api/videos/${number}`);
      this.number = number;
      this.reply = reply;
      this.chosen = null;
      this.labels = new Labels(
        reply.segments, reply.revision,
        async (segments, revision) => {
          const edited = await put(`api/videos/${number}/segments`, { segments, revision });
          Object.assign(this.list.videos[number], { segments: segments.length, isLabelled: true });
          this.list.refresh(number);
          this.sayUnsaved(`this happens ${autosaveDelay / 1000} s after the last edit, or now with S`);
          return edited.revision;
        },
        () => this.show(),
        async (error) => {
          // What the server did not take is not shown as if it had.
          if (this.number === number) await this.open(number);
          this.sayFailed(error);
        });
      byId("video-title").textContent = reply.id;
      byId("problem").hidden = !reply.problem;
      byId("problem").textContent = reply.problem || "";
      this.player.duration = reply.duration || 0;
      this.player.open(reply.address, reply.framesPerSecond);
      this.curves.open(number, reply.curves.map((file) => ({ file, ...this.session.curves[file] })));
      this.list.mark(number);
      this.show();
      this.timeline.whole();
    } catch (error) {
      this.sayFailed(error);
    }
  }

  /** Asks the server for a copy that the browser plays, and shows it when it is there. */
  async cannotPlay() {
    const number = this.number, reply = this.reply, codec = reply?.codec ? ` (${reply.codec})` : "";
    const show = (text) => {
      byId("problem").hidden = !text;
      byId("problem").textContent = text;
    };
    const start = `The browser cannot play this file${codec}. Its labels can be changed all the same. `;
    if (!reply || reply.problem) return show(reply?.problem || start);
    if (reply.address.startsWith("/copies/")) return show(`${start}It cannot play the copy that was made either.`);
    try {
      let copy = await post(`api/videos/${number}/copy`, {});
      while (this.reply === reply && (copy.state === "waiting" || copy.state === "making")) {
        show(`${start}A copy that it plays is being made: ${Math.round((copy.share || 0) * 100)} %.`);
        await new Promise((done) => setTimeout(done, 500));
        copy = await get(`api/videos/${number}/copy`);
      }
      if (this.reply !== reply) return;
      if (copy.state !== "ready") throw new Error(copy.reason || "it is gone");
      const time = this.player.time;
      reply.address = copy.address;
      show("");
      this.player.open(copy.address, reply.framesPerSecond);
      this.player.seek(time);
    } catch (error) {
      if (this.reply === reply) show(`${start}A copy that it plays cannot be made: ${error.message}`);
    }
  }

  get duration() {
    const ends = [...this.labels.segments, ...this.reply.tracks.flatMap((track) => track.detections)].map((bar) => bar.end);
    const played = Number.isFinite(byId("player").duration) ? byId("player").duration : 0;
    return this.reply.duration || Math.max(played, ...ends, 1);
  }

  colour(label) {
    const known = this.session.labels.indexOf(label);
    if (known >= 0) return this.session.colours[known];
    const palette = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a600", "#7f7f7f"];
    return palette[Math.max(0, this.classes.indexOf(label)) % palette.length];
  }

  /** The detections of a run that the filters leave. */
  visible(track) {
    const wanted = byId("class").value, least = byId("score").value / 1000;
    return track.detections.filter((item) => item.score >= least && (!wanted || item.label === wanted));
  }

  show() {
    if (!this.labels) return;
    for (const { label } of this.labels.segments) if (!this.classes.includes(label)) this.classes.push(label);
    const wanted = byId("class").value, canMove = Boolean(this.session.output);
    const bar = (item, more) => ({
      start: item.start, end: item.end, label: item.label, colour: this.colour(item.label), opacity: 1,
      text: `${item.label}, ${item.start.toFixed(2)} to ${item.end.toFixed(2)} s`, ...more,
    });
    const truth = this.labels.segments.filter((item) => !wanted || item.label === wanted).map((item) =>
      bar(item, { isTruth: true, canMove, key: item.key, isChosen: this.chosen?.key === item.key }));
    // Detections may fill many rows, so what there is little of comes first.
    const tracks = [{ name: "labels", bars: truth }, ...this.curves.plots.map((plot) => ({ plot }))];
    for (const track of this.reply.tracks) {
      const best = Math.max(1e-9, ...track.detections.map((item) => item.score));
      tracks.push({
        name: track.run, bars: this.visible(track).map((item) => bar(item, {
          opacity: 0.25 + 0.75 * Math.max(0, Math.min(1, item.score / best)), source: item,
          isChosen: this.chosen?.detection === item,
          text: `${item.label}, score ${item.score.toFixed(3)}, ${item.start.toFixed(2)} to ${item.end.toFixed(2)} s`,
        })),
      });
    }
    byId("timeline").setAttribute("aria-label", `Labels${this.curves.plots.length ? ", detections and class scores"
      : " and detections"} along the time; the lists say the same`);
    this.player.duration = this.duration;
    this.timeline.show(tracks, this.duration);
    this.showPanel();
    this.showClasses();
    byId("undo").disabled = !this.labels.past.length;
    byId("redo").disabled = !this.labels.future.length;
    byId("mark").hidden = !this.session.output || this.list.videos[this.number].isLabelled;
  }

  showTime(time) {
    byId("time").textContent = `${clock(time, 3)}${this.player.rate ? ` (frame ${Math.floor(time * this.player.rate + 1e-3)})` : ""}`;
    byId("play").textContent = this.player.isPlaying ? "Pause" : "Play";
    this.timeline.point(time);
    if (this.timeline.hovered === null) this.curves.showValues(time);
  }

  /** Says the class scores at the playhead to those who do not see them. */
  sayScores() {
    this.curves.showValues(this.player.time);
    byId("said").textContent = this.curves.spoken || "There are no class scores of this video";
  }

  // What is selected: a label by its key, or a detection

  get item() { return this.chosen?.detection || (this.chosen && this.labels.find(this.chosen.key)) || null; }

  select(chosen, isJump = true) {
    this.chosen = chosen;
    if (isJump && this.item) this.player.seek(this.item.start);
    if (this.player.loop) this.player.loop = this.item;
    this.show();
  }

  showPanel() {
    const item = this.item, isTruth = Boolean(item && this.chosen.key), canChange = isTruth && Boolean(this.session.output);
    byId("selected").hidden = !item;
    byId("nothing").hidden = Boolean(item);
    if (item) {
      const makers = { human: "made or changed by a person", detector: "a detection, accepted as it was", "corrected detector": "a detection, accepted and changed" };
      byId("kind").textContent = isTruth ? `Label${item.maker ? `: ${makers[item.maker]}` : ""}` : "Detection";
      byId("score-of").textContent = isTruth ? this.warning(item) : `Score ${item.score.toFixed(3)}`;
      for (const [id, value] of [["label", item.label], ["start", String(item.start)], ["end", String(item.end)]]) {
        if (document.activeElement !== byId(id)) byId(id).value = value;
        byId(id).disabled = !canChange;
      }
      byId("accept").hidden = isTruth || !this.session.output;
      byId("delete").hidden = !canChange;
    }
    byId("segments").replaceChildren(...this.labels.sorted.map((segment) => {
      const line = this.lineOf(segment.label, `${clock(segment.start)} to ${clock(segment.end)} ${segment.label}`,
        () => this.select({ key: segment.key }));
      line.firstChild.setAttribute("aria-current", String(this.chosen?.key === segment.key));
      return line;
    }));
  }

  /** What is unusual about a label; overlaps of one class are said and not forbidden. */
  warning(item) {
    const isOverlapping = this.labels.segments.some((other) =>
      other.key !== item.key && other.label === item.label && other.start < item.end && item.start < other.end);
    return isOverlapping ? `It overlaps another '${item.label}'.` : "";
  }

  lineOf(label, text, act) {
    const line = document.createElement("li"), button = document.createElement("button"), key = document.createElement("span");
    button.type = "button";
    key.className = "key";
    key.style.background = this.colour(label);
    button.append(key, text);
    button.addEventListener("click", act);
    line.append(button);
    return line;
  }

  showClasses() {
    if (this.shownClasses === this.classes.length) return;
    this.shownClasses = this.classes.length;
    byId("classes").replaceChildren(...this.classes.map((label, index) =>
      this.lineOf(label, index < 9 ? `${index + 1}  ${label}` : label, () => this.relabel(label))));
    const choice = byId("class").value;
    byId("class").replaceChildren(new Option("all", ""), ...this.classes.map((label) => new Option(label, label)));
    byId("class").value = choice;
    byId("labels").replaceChildren(...this.classes.map((label) => new Option(label)));
  }

  // Corrections

  get canChange() { return Boolean(this.session?.output && this.labels); }

  change(key, members) {
    if (this.canChange) this.labels.change(key, members);
    this.show();
  }

  /** Changes the selected label. */
  changeChosen(members) {
    const item = this.item;
    if (!item || !this.chosen.key) return;
    const { start, end } = { ...item, ...members };
    if (!(start >= 0 && end > start)) return this.say("A segment must end after it starts", "failed");
    this.change(this.chosen.key, members);
  }

  relabel(label) {
    this.lastLabel = label;
    if (label.trim() && this.chosen?.key) this.changeChosen({ label: label.trim() });
  }

  add(segment) {
    if (!this.canChange) return;
    this.chosen = { key: this.labels.add(segment) };
    this.show();
  }

  addHere() {
    if (!this.canChange) return;
    const start = this.player.frameTime;
    const end = Math.min(this.duration, this.player.nearestFrame(start + Math.min(2, this.timeline.view.length / 4)));
    if (!(end > start)) return this.say("There is no room for a segment at the end of the video", "failed");
    this.add({ start, end, label: this.lastLabel || this.item?.label || this.classes[0] || "action", maker: "human" });
    byId("label").focus();
    byId("label").select();
  }

  accept() {
    const item = this.chosen?.detection;
    if (!item) return;
    const start = Math.max(0, item.start), end = item.end;
    if (!(end > start)) return this.say("This detection has no length", "failed");
    this.add({ start, end, label: item.label, maker: "detector" });
  }

  remove() {
    if (!this.canChange || !this.chosen?.key) return;
    const { key } = this.chosen;
    this.chosen = null;
    this.labels.remove(key);
  }

  undo() { if (this.canChange) this.labels.undo(); }
  redo() { if (this.canChange) this.labels.redo(); }

  /** A time at the nearest frame, or at a border of another segment that is nearer than the tolerance. */
  snap(time, tolerance, key) {
    const others = [
      ...this.labels.segments.filter((item) => item.key !== key), ...this.reply.tracks.flatMap((track) => this.visible(track)),
    ].flatMap((item) => [item.start, item.end]);
    const near = others.filter((border) => Math.abs(border - time) <= tolerance)
      .sort((a, b) => Math.abs(a - time) - Math.abs(b - time))[0];
    return Math.min(this.duration, Math.max(0, near ?? this.player.nearestFrame(time)));
  }

  // Moving about

  borders() {
    return [...this.labels.segments, ...this.reply.tracks.flatMap((track) => this.visible(track))]
      .flatMap((item) => [item.start, item.end]).sort((a, b) => a - b);
  }

  toBorder(isForward) {
    if (!this.labels) return;
    const time = this.player.time, slack = 0.5 * this.player.step;
    const found = isForward ? this.borders().find((border) => border > time + slack)
      : this.borders().findLast((border) => border < time - slack);
    if (found !== undefined) this.player.seek(found);
  }

  nextSegment(step) {
    if (!this.labels?.segments.length) return;
    const keys = this.labels.sorted.map((item) => item.key), index = keys.indexOf(this.chosen?.key);
    const next = index < 0 ? (step > 0 ? 0 : keys.length - 1) : (index + step + keys.length) % keys.length;
    this.select({ key: keys[next] });
  }

  toggleLoop() {
    this.player.loop = this.player.loop || !this.item ? null : this.item;
    byId("loop").setAttribute("aria-pressed", String(Boolean(this.player.loop)));
    if (this.player.loop) {
      this.player.seek(this.player.loop.start);
      this.player.play();
    }
  }

  get isDark() { return getComputedStyle(document.documentElement).colorScheme === "dark"; }

  toggleTheme() {
    document.documentElement.dataset.theme = this.isDark ? "light" : "dark";
    byId("theme").textContent = this.isDark ? "Light" : "Dark";
  }

  listenToControls() {
    const clicks = {
      undo: () => this.undo(), redo: () => this.redo(), save: () => this.save(), theme: () => this.toggleTheme(),
      keys: () => byId("help").showModal(), play: () => this.player.toggle(), back: () => this.player.moveFrames(-1),
      on: () => this.player.moveFrames(1), loop: () => this.toggleLoop(), "zoom-in": () => this.timeline.zoom(0.5),
      "zoom-out": () => this.timeline.zoom(2), whole: () => this.timeline.whole(), accept: () => this.accept(),
      delete: () => this.remove(), new: () => this.addHere(), mark: () => this.labels?.confirm(),
    };
    for (const id in clicks) byId(id).addEventListener("click", clicks[id]);
    byId("label").addEventListener("change", (event) => this.relabel(event.target.value));
    for (const id of ["start", "end"]) {
      byId(id).addEventListener("change", (event) => this.changeChosen({ [id]: event.target.valueAsNumber }));
    }
    byId("speed").addEventListener("change", (event) => { byId("player").playbackRate = Number(event.target.value); });
    byId("sound").addEventListener("change", (event) => { byId("player").muted = !event.target.checked; });
    byId("class").addEventListener("change", () => this.show());
    byId("score").addEventListener("input", (event) => {
      byId("score-text").textContent = (event.target.value / 1000).toFixed(2);
      this.show();
    });
    byId("player").addEventListener("loadedmetadata", () => {
      byId("player").playbackRate = Number(byId("speed").value);
      this.show();
    });
  }
}

new Viewer().start();
