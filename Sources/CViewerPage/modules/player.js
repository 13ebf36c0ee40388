// The player. A file that the browser cannot play still has a clock, so that its labels can be changed.

export class Player {
  /** @param moved is called with the time when it changes; failed when the browser cannot play the file. */
  constructor(video, moved, failed) {
    this.video = video;
    this.moved = moved;
    this.rate = null;
    this.duration = 0;
    this.manual = null;
    for (const name of ["timeupdate", "seeked", "pause", "play"]) video.addEventListener(name, () => this.moved(this.time));
    const fail = () => {
      if (!video.getAttribute("src") || this.manual !== null) return;
      this.manual = 0;
      failed();
    };
    video.addEventListener("error", fail);
    // Of some files a browser plays the sound alone.
    video.addEventListener("loadedmetadata", () => { if (!video.videoWidth) fail(); });
    video.addEventListener("play", () => this.#follow());
  }

  /** Opens a file; rate is in frames per second, or null. */
  open(address, rate) {
    this.rate = rate > 0 ? rate : null;
    this.manual = null;
    this.loop = null;
    this.video.src = address;
  }

  get time() { return this.manual ?? this.video.currentTime; }
  get isPlaying() { return this.manual === null && !this.video.paused; }
  get step() { return 1 / (this.rate || 25); }

  /** The start of the frame that is shown. */
  get frameTime() { return this.rate ? Math.floor(this.time * this.rate + 1e-3) / this.rate : this.time; }

  /** The border of the frame that is nearest to a time. */
  nearestFrame(time) { return this.rate ? Math.round(time * this.rate) / this.rate : Math.round(time * 1000) / 1000; }

  seek(time) {
    const target = Math.min(Math.max(0, time), this.duration || time);
    if (this.manual !== null) this.manual = target;
    // A little after the start of the frame, because browsers show the frame before when they round down.
    else this.video.currentTime = this.rate ? target + 0.1 / this.rate : target;
    this.moved(this.time);
  }

  moveFrames(count) {
    this.video.pause();
    this.seek(this.rate ? (Math.round(this.frameTime * this.rate) + count) / this.rate : this.time + count * this.step);
  }

  toggle() { this.isPlaying ? this.video.pause() : this.play(); }

  play() { if (this.manual === null) this.video.play().catch(() => {}); }

  /** Follows the time while the video plays, and goes back at the end of the loop. */
  #follow() {
    if (!this.isPlaying) return;
    if (this.loop && (this.time >= this.loop.end || this.time < this.loop.start - 0.05)) this.seek(this.loop.start);
    this.moved(this.time);
    requestAnimationFrame(() => this.#follow());
  }
}
