// The list of videos.

/** Shows videos, filtered and ordered by the controls; calls open with the number of the one that is clicked. */
export class VideoList {
  constructor(open) {
    this.open = open;
    this.videos = [];
    this.nodes = [];
    this.byId = (id) => document.getElementById(id);
    for (const [id, event] of [["search", "input"], ["which", "change"], ["order", "change"]]) {
      this.byId(id).addEventListener(event, () => this.show());
    }
  }

  set(videos) {
    this.videos = videos;
    this.nodes = videos.map((video, number) => {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.append(document.createElement("span"), document.createElement("small"));
      button.firstChild.textContent = video.id;
      button.addEventListener("click", () => this.open(number));
      item.append(button);
      return item;
    });
    videos.forEach((_, number) => this.refresh(number));
    this.show();
  }

  /** Says again what a video has. */
  refresh(number) {
    const { segments, detections, isLabelled } = this.videos[number];
    const parts = [isLabelled ? `${segments} ${segments === 1 ? "label" : "labels"}` : "no labels yet"];
    if (detections) parts.push(`${detections} ${detections === 1 ? "detection" : "detections"}`);
    this.nodes[number].querySelector("small").textContent = parts.join(", ");
  }

  mark(number) {
    this.nodes.forEach((node, index) => node.firstChild.setAttribute("aria-current", String(index === number)));
    this.nodes[number]?.scrollIntoView({ block: "nearest" });
  }

  show() {
    const wanted = this.byId("search").value.toLowerCase(), which = this.byId("which").value;
    const numbers = this.videos.map((_, number) => number).filter((number) => {
      const video = this.videos[number];
      return video.id.toLowerCase().includes(wanted)
        && (which === "all" || (which === "done") === video.isLabelled);
    });
    if (this.byId("order").value === "disagreement") {
      numbers.sort((a, b) => this.videos[b].disagreement - this.videos[a].disagreement || a - b);
    }
    this.byId("list").replaceChildren(...numbers.map((number) => this.nodes[number]));
    const done = this.videos.filter((video) => video.isLabelled).length;
    this.byId("count").textContent = `${numbers.length} shown; ${done} of ${this.videos.length} have labels`;
  }
}
