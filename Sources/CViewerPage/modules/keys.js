// The keyboard.

const byId = (id) => document.getElementById(id);

/** Listens to the keys of the page; those that are typed into a field stay there. */
export function listen(viewer) {
  const { player } = viewer;
  const shuttle = () => {
    if (player.isPlaying) player.video.playbackRate = Math.min(4, player.video.playbackRate * 2);
    else player.play();
  };
  const pause = () => {
    player.video.pause();
    player.video.playbackRate = Number(byId("speed").value);
  };
  const plain = {
    " ": () => player.toggle(), k: pause, l: shuttle, j: () => player.seek(player.time - 2),
    ",": () => viewer.toBorder(false), ".": () => viewer.toBorder(true),
    i: () => viewer.changeChosen({ start: player.frameTime }), o: () => viewer.changeChosen({ end: player.frameTime }),
    n: () => viewer.addHere(), delete: () => viewer.remove(), backspace: () => viewer.remove(), enter: () => viewer.accept(),
    r: () => viewer.toggleLoop(), s: () => viewer.save(), t: () => viewer.toggleTheme(), "?": () => byId("help").showModal(),
    v: () => viewer.sayScores(), "/": () => byId("search").focus(), escape: () => viewer.select(null),
  };
  addEventListener("keydown", (event) => {
    if (byId("help").open || !viewer.labels || event.altKey) return;
    const { target } = event, key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === "s") viewer.save();
      else if (key === "z" && !target.matches?.("input")) event.shiftKey ? viewer.redo() : viewer.undo();
      else return;
      return event.preventDefault();
    }
    if (target.matches?.("input, select")) {
      if (key === "enter" || key === "escape") target.blur();
      return;
    }
    // A button that has the focus keeps the keys that press it, and Tab goes on to the next one.
    const isOnButton = target.matches?.("button");
    if (isOnButton && [" ", "enter", "tab"].includes(key)) return;
    let act = plain[key];
    if (key === "arrowleft" || key === "arrowright") {
      const step = key === "arrowleft" ? -1 : 1;
      act = () => event.shiftKey ? player.seek(player.time + step) : player.moveFrames(step);
    } else if (key === "tab" && viewer.labels.segments.length && viewer.chosen?.key) {
      act = () => viewer.nextSegment(event.shiftKey ? -1 : 1);
    } else if (/^[1-9]$/.test(key)) {
      act = () => viewer.classes[key - 1] !== undefined && viewer.relabel(viewer.classes[key - 1]);
    }
    if (!act) return;
    event.preventDefault();
    act();
  });
}
