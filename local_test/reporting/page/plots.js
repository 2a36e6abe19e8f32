// The plots. Each is [figure, function that shows the threshold in it].

const BARS = 40;

function roc(points) {
  const { plot, at } = frame({ x: { ...UNIT, name: "false positive rate" },
    y: { ...UNIT, name: "true positive rate" } });
  const mark = draw("circle", { class: "mark", r: 5 });
  plot.append(line(at, [[0, 0], [1, 1]], "guide"),
    line(at, [[0, 0], ...points.map((one) => [one.fpr, one.recall])], "curve"), mark);
  const { element, say } = figure("ROC", plot);
  return [element, ({ recall, fpr }) => {
    aria(mark, { cx: at.x(fpr), cy: at.y(recall) });
    say(`At ${fixed(state.t)}: ${percent(recall)} of harmful memes are found, and `
      + `${percent(fpr)} of benign ones called harmful.`);
  }];
}

function precisionRecall(points) {
  const { plot, at } = frame({ x: { ...UNIT, name: "recall" }, y: { ...UNIT, name: "precision" } });
  const mark = draw("circle", { class: "mark", r: 5 });
  plot.append(line(at, points.map((one) => [one.recall, one.precision]), "curve"), mark);
  const { element, say } = figure("Precision and recall", plot);
  return [element, ({ recall, precision }) => {
    const none = Number.isNaN(precision); // nothing is called harmful
    aria(mark, { cx: at.x(recall), cy: at.y(none ? 1 : precision) });
    say(none ? `At ${fixed(state.t)} nothing is called harmful.`
      : `At ${fixed(state.t)}: ${percent(precision)} of what is called harmful is, `
        + `and ${percent(recall)} of the harmful is called so.`);
  }];
}

function reliability() {
  const { plot, at } = frame({ x: { ...UNIT, name: "mean probability" },
    y: { ...UNIT, name: "share harmful" } });
  const most = Math.max(...data.bins.map((one) => one.rows));
  plot.append(line(at, [[0, 0], [1, 1]], "guide"),
    line(at, data.bins.map((one) => [one.proba, one.harmful]), "curve thin"),
    ...data.bins.map((one) => draw("circle", { class: "dot", cx: at.x(one.proba),
      cy: at.y(one.harmful), r: 2 + 6 * Math.sqrt(one.rows / most) },
    draw("title", {}, `${one.rows} memes: mean ${fixed(one.proba)}, harmful ${fixed(one.harmful)}`))));
  const { element, say } = figure("Reliability", plot);
  const gap = data.measures[0].ece?.value ?? null;
  say(`Dots on the dashed line mean that probabilities are what they say; larger dots hold more `
    + `memes. Mean distance (ECE): ${fixed(gap)}.`);
  return [element, () => {}];
}

// Bars by label: harmful above the axis, benign below; all above where no label is known.
function distribution() {
  const place = (row) => Math.min(BARS - 1, Math.floor(row.proba * BARS));
  const benign = new Array(BARS).fill(0);
  const other = new Array(BARS).fill(0);
  for (const row of rows) (row.label === 0 ? benign : other)[place(row)] += 1;
  const top = ticks(Math.max(1, ...other)).at(-1);
  const low = Math.max(...benign) ? ticks(Math.max(...benign)).at(-1) : 0;
  const { plot, at } = frame({ x: { ...UNIT, name: "probability of harm" },
    y: { from: -low, to: top, ticks: low ? [-low, 0, top] : [0, top], name: "memes", shown: Math.abs } }, 2 * SIZE.width + 40);
  const bars = (counts, sign, kind) => counts.map((count, number) => draw("rect", { class: kind,
    x: at.x(number / BARS) + 0.5, width: at.x(1 / BARS) - at.x(0) - 1,
    y: at.y(sign > 0 ? count : 0), height: at.y(0) - at.y(count) }));
  const mark = draw("line", { class: "mark", y1: SIZE.top, y2: SIZE.height - SIZE.bottom });
  plot.append(...bars(other, 1, labelled.length ? "harmful" : "plain"),
    ...bars(benign, -1, "benign"), mark);
  const { element, say } = figure("Scores", plot, "figure.panel.broad");
  return [element, () => {
    aria(mark, { x1: at.x(state.t), x2: at.x(state.t) });
    const above = rows.filter((row) => row.proba > state.t).length;
    const sides = labelled.length ? " Harmful memes stand above the line, benign ones below." : "";
    say(`${above} of ${rows.length} memes lie above ${fixed(state.t)}.${sides}`);
  }];
}

function memory(samples) {
  const scale = (values) => ({ from: 0, to: ticks(Math.max(...values)).at(-1),
    ticks: ticks(Math.max(...values)) });
  const sizes = samples.flatMap(([, main, gpu]) => (gpu === null ? [main] : [main, gpu]));
  const { plot, at } = frame({ x: { ...scale(samples.map(([time]) => time)), name: "seconds" },
    y: { ...scale(sizes), name: "MiB" } });
  const onGpu = samples.filter(([, , gpu]) => gpu !== null);
  plot.append(line(at, samples.map(([time, size]) => [time, size]), "curve"),
    line(at, onGpu.map(([time, , size]) => [time, size]), "curve second"));
  const { element, say } = figure("Memory", plot);
  const peak = Math.max(...samples.map(([, size]) => size));
  const gpu = onGpu.length
    ? ` Of the GPU (dashed): ${Math.max(...onGpu.map(([, , size]) => size)).toFixed(0)} MiB.` : "";
  say(`At most ${peak.toFixed(0)} MiB in ${samples.at(-1)[0].toFixed(0)} seconds.${gpu}`);
  return element;
}
