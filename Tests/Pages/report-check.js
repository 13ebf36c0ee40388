// Runs in a report made of Tests/Pages/truth.json and predictions.json: uses the controls as a person would and says what it
// finds in the console.
"use strict";
addEventListener("load", () => setTimeout(async () => {
  const results = [];
  const check = (name, passed) => results.push((passed ? "ok " : "FAILED ") + name);
  const wait = () => new Promise((done) => setTimeout(done, 150));
  const element = (id) => document.getElementById(id);
  const ids = () => [...document.querySelectorAll(".video")].map((node) => node.video.id);
  const bars = (id) => [...document.querySelectorAll(".video")].find((node) => node.video.id === id)
    .querySelectorAll("svg .segment").length;
  const change = async (id, value, event = "change") => {
    element(id).value = value;
    element(id).dispatchEvent(new Event(event));
    await wait();
  };
  try {
    check("every video is listed, the worst first", ids().join() === "two,one");
    check("a timeline shows ground truth and detections", bars("one") === 4);
    check("a missed segment has its bracket", document.querySelectorAll(".missed").length === 2);
    await change("score", 950, "input");
    check("the slider leaves out low scores", bars("one") === 3);
    check("its value is said", element("score-text").textContent.length > 0);
    element("reset").click();
    await wait();
    check("reset shows all again", bars("one") === 4);
    await change("search", "TWO", "input");
    check("search finds ids in any case", ids().join() === "two");
    await change("search", "", "input");
    await change("order", "name");
    check("order by name", ids().join() === "one,two");
    const option = [...element("class").options].find((node) => node.textContent.startsWith("<"));
    await change("class", option.value);
    check("the filter of a class leaves its videos", ids().join() === "two");
    element("reset").click();
    await change("error", "wrong label");
    check("the filter of an error leaves its videos", ids().join() === "one");
    element("reset").click();
    document.querySelector("[data-filter=class]").dispatchEvent(new MouseEvent("click", { bubbles: true }));
    await wait();
    check("a click on a bar of a chart filters the list", element("class").value !== "");
    element("reset").click();
    await wait();
    document.querySelector(".video h3 button").click();
    await wait();
    check("a video opens its table", document.querySelectorAll(".video table tr").length > 2);
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    const before = document.documentElement.dataset.theme;
    press("t");
    check("T switches the theme", document.documentElement.dataset.theme !== before);
    press("?");
    check("? opens the keys", element("help").open);
    element("help").close();
    press("j");
    check("J goes to a video", document.activeElement.classList.contains("video"));
    check("hostile names stay text", !window.wasAttacked && document.querySelectorAll("main script").length === 0);
    check("every control has a label", [...document.querySelectorAll("input, select, button")]
      .every((node) => node.labels && node.labels.length || node.textContent || node.getAttribute("aria-label")));
    const names = [...document.querySelectorAll("[id]")].map((node) => node.id);
    check("ids are unique", new Set(names).size === names.length);
    check("nothing is wider than the window", document.documentElement.scrollWidth <= innerWidth);
    for (const theme of ["light", "dark"]) {
      document.documentElement.dataset.theme = theme;
      for (const [state, isOpen] of [["", false], [" with the keys", true]]) {
        if (isOpen) element("help").showModal();
        await wait();
        const found = accessibilityProblems();
        check(`it can be used by all, ${theme}${state}` + found.map((line) => `; ${line}`).join(""), found.length === 0);
        if (isOpen) element("help").close();
      }
    }
    check("no error in the console", window.pageErrors.length === 0);
  } catch (error) {
    check(String(error && error.stack || error), false);
  }
  for (const line of [...results, ...window.pageErrors, "done"]) console.info("CHECK " + line);
}, 300));
