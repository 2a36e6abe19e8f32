// The overview, the lever, and what time and memory went into.

const interval = (one) => (one ? `${fixed(one.value)} (${fixed(one.low)}–${fixed(one.high)})` : "none");

function tile(name, value, more) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, make("strong", {}, value),
    make("small", {}, more)));
}

function overview() {
  const all = data.measures[0];
  const fallbacks = rows.filter((row) => row.fallback !== null).length;
  const called = rows.filter((row) => row.called).length;
  const score = (name, one) => tile(name, fixed(one?.value ?? null),
    one ? `${fixed(one.low)} to ${fixed(one.high)}` : "undefined here");
  find("#source").textContent = data.source;
  find("#notes").append(...data.notes.map((text) => make("li", {}, text)));
  find("#tiles").append(
    tile("Memes", rows.length, labelled.length ? `${labelled.length} with a label` : "no labels"),
    tile("Called harmful", percent(called / rows.length), `${called} memes`),
    tile("Fallbacks", fallbacks, `${percent(fallbacks / rows.length)} of memes`));
  if (!all) return;
  find("#tiles").append(
    tile("Harmful", percent(all.harmful / all.rows), `${all.harmful} of ${all.rows} by label`),
    score("AUROC", all.auroc), score("Accuracy", all.accuracy),
    score("Average precision", all.average_precision), score("Calibration error", all.ece));
}

function tables() {
  const place = find("#tables");
  if (data.measures.length > 1) {
    place.append(make("div.panel.scroll", { tabIndex: 0 }, table("By language, with 95 % intervals",
      ["", "memes", "harmful", "AUROC", "accuracy", "AP", "ECE"],
      data.measures.map((one) => [one.name, one.rows, one.harmful, interval(one.auroc),
        interval(one.accuracy), interval(one.average_precision), interval(one.ece)]))));
  }
  if (data.fallbacks.length) {
    place.append(make("div.panel.scroll", { tabIndex: 0 }, table("Why memes got the fallback",
      ["reason", "memes"], data.fallbacks)));
  }
}

function costs() {
  const place = find("#costs");
  const lines = data.timings.map((one) => [one.stage, one.rows, seconds(one.median),
    seconds(one.p95), make("span.share", {}, bar(one.share), percent(one.share))]);
  if (lines.length) {
    place.append(make("div.panel.scroll", { tabIndex: 0 }, table("Stages, seconds a meme",
      ["stage", "memes", "median", "95th percentile", "share of time"], lines)));
  }
  if (data.run) {
    const keys = ["status", "detail", "preset", "seconds", "rows", "exit_code", "peak_mib",
      "leak_mib_per_1000_rows"].filter((key) => (data.run[key] ?? "") !== "");
    place.append(make("div.panel", {}, table("The run", ["", ""],
      keys.map((key) => [key.replaceAll("_", " "), String(data.run[key])]))));
    if (data.run.memory.length) place.append(memory(data.run.memory));
  }
  if (!place.children.length) find("#cost").hidden = true;
}

// The confusion matrix; each count is a button that shows its memes.
function matrix() {
  const cell = (kind) => make("button.cell", { type: "button", id: `cell-${kind}`,
    onclick: () => choose({ verdict: kind }, true) }, make("strong"), make("small", {}, VERDICTS[kind]));
  const element = make("figure.panel", {}, make("h3", {}, "Verdicts"), table("",
    ["", "called harmful", "called benign"],
    [["harmful", cell("tp"), cell("fn")], ["benign", cell("fp"), cell("tn")]]),
  make("figcaption", {}, "Choose a count to see its memes."));
  return [element, (values, counts) => {
    for (const kind of Object.keys(counts)) find(`#cell-${kind} strong`).textContent = counts[kind];
  }];
}

const LIVE = { accuracy: "accuracy", precision: "precision", recall: "recall",
  fpr: "false positive rate" };
const reacting = [];

function lever() {
  const points = labelled.length ? curve() : [];
  const made = labelled.length
    ? [matrix(), distribution(), roc(points), precisionRecall(points), reliability()]
    : [distribution()];
  find("#figures").append(...made.map(([element]) => element));
  reacting.push(...made.map(([, show]) => show));
}

function showThreshold() {
  const counts = confusion();
  const values = rates(counts);
  for (const show of reacting) show(values, counts);
  find("#threshold").value = state.t;
  find("#exact").value = state.t;
  const above = rows.filter(isCalled).length;
  const shown = labelled.length
    ? Object.entries(LIVE).map(([key, name]) => [key, name, percent(values[key])])
    : [["called", "called harmful", `${above} of ${rows.length}`]];
  find("#live").replaceChildren(...shown.map(([key, name, value]) =>
    make("div", { id: `live-${key}` }, make("dt", {}, name), make("dd", {}, value))));
}
