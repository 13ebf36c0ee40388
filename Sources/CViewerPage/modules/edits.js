// The labels of one video while they are changed: every change can be undone and is sent to the server at once.

let nextKey = 1;

export class Labels {
  /**
   * @param segments as the server sent them.
   * @param revision the number of the last change that the server knows.
   * @param send sends all segments and the revision they are based on; gives the new revision.
   * @param changed is called after each change.
   * @param failed is called with the error when the server refuses.
   */
  constructor(segments, revision, send, changed, failed) {
    this.segments = segments.map((segment) => ({ ...segment, key: nextKey++ }));
    this.revision = revision;
    this.past = [];
    this.future = [];
    this.send = send;
    this.changed = changed;
    this.failed = failed;
    this.isSending = false;
    this.isBehind = false;
  }

  find(key) { return this.segments.find((segment) => segment.key === key); }

  /** In order of start. */
  get sorted() { return [...this.segments].sort((a, b) => a.start - b.start || a.end - b.end); }

  add(segment) {
    const added = { ...segment, key: nextKey++ };
    this.#replace([...this.segments, added]);
    return added.key;
  }

  /** Changes members of a segment; who made it follows. */
  change(key, members) {
    const old = this.find(key);
    if (!old || Object.keys(members).every((name) => old[name] === members[name])) return;
    const maker = old.maker === "detector" || old.maker === "corrected detector" ? "corrected detector" : "human";
    this.#replace(this.segments.map((segment) => segment.key === key ? { ...segment, ...members, maker } : segment));
  }

  remove(key) { this.#replace(this.segments.filter((segment) => segment.key !== key)); }

  /** Sends the segments as they are: a video without any then counts as looked at. */
  confirm() { this.#transmit(); }

  undo() { this.#step(this.past, this.future); }
  redo() { this.#step(this.future, this.past); }

  #step(from, to) {
    if (!from.length) return;
    to.push(this.segments);
    this.segments = from.pop();
    this.changed();
    this.#transmit();
  }

  #replace(segments) {
    this.past.push(this.segments);
    this.future = [];
    this.segments = segments;
    this.changed();
    this.#transmit();
  }

  /** Sends the present state; what changes meanwhile goes with the next message. */
  async #transmit() {
    if (this.isSending) {
      this.isBehind = true;
      return this.settled;
    }
    this.isSending = true;
    this.settled = (async () => {
      try {
        do {
          this.isBehind = false;
          const segments = this.segments.map(({ start, end, label, maker, tier }) => ({ start, end, label, maker, tier }));
          this.revision = await this.send(segments, this.revision);
        } while (this.isBehind);
      } catch (error) {
        this.failed(error);
      } finally {
        this.isSending = false;
      }
    })();
    return this.settled;
  }
}
