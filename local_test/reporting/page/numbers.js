// Verdicts at a threshold, what they come to, and the curves of all thresholds.

const VERDICTS = {
  "": "any",
  fp: "False positive",
  fn: "False negative",
  tp: "True positive",
  tn: "True negative",
  wrong: "Wrong",
  harmful: "Called harmful",
  benign: "Called benign",
  fallback: "Fallback",
};
const ORDERS = {
  input: ["Input order", () => 0],
  high: ["Most probable first", (row) => -row.proba],
  low: ["Least probable first", (row) => row.proba],
  unsure: ["Least sure first", (row) => Math.abs(row.proba - state.t)],
  sure: ["Surest first", (row) => -Math.abs(row.proba - state.t)],
  error: ["Most wrong first", (row) => (row.label === null ? 1 : -Math.abs(row.label - row.proba))],
};

// At the threshold of the start a row counts as it was called: a fallback is under no threshold.
const isCalled = (row) => (state.t === START.t ? row.called === 1 : row.proba > state.t);

function verdict(row) {
  const called = isCalled(row);
  if (row.label === null) return called ? "harmful" : "benign";
  return (called === (row.label === 1) ? "t" : "f") + (called ? "p" : "n");
}

function matches(row) {
  const found = verdict(row);
  const wanted = {
    wrong: found === "fp" || found === "fn",
    harmful: isCalled(row),
    benign: !isCalled(row),
    fallback: row.fallback !== null,
  }[state.verdict] ?? (!state.verdict || found === state.verdict);
  return wanted && (!state.language || row.language === state.language)
    && row.words.includes(state.q.trim().toLowerCase());
}

function chosen() {
  const key = ORDERS[state.sort][1];
  return rows.filter(matches).sort((a, b) => key(a) - key(b) || a.number - b.number);
}

// { tp, fp, fn, tn } of the labelled rows.
function confusion() {
  const counts = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const row of labelled) counts[verdict(row)] += 1;
  return counts;
}

function rates({ tp, fp, fn, tn }) {
  return {
    accuracy: (tp + tn) / (tp + fp + fn + tn),
    precision: tp / (tp + fp),
    recall: tp / (tp + fn),
    fpr: fp / (fp + tn),
  };
}

// Points from the highest threshold to the lowest, one a distinct probability.
function curve() {
  const sorted = [...labelled].sort((a, b) => b.proba - a.proba);
  const harmful = sorted.filter((row) => row.label).length;
  const points = [];
  let tp = 0;
  sorted.forEach((row, number) => {
    tp += row.label;
    if (sorted[number + 1]?.proba === row.proba) return;
    const fp = number + 1 - tp;
    points.push({ recall: tp / harmful, fpr: fp / (sorted.length - harmful),
      precision: tp / (number + 1) });
  });
  return points;
}

const known = (value) => value !== null && Number.isFinite(value);
const fixed = (value, places = 3) => (known(value) ? value.toFixed(places) : "none");
const percent = (value) => (known(value) ? `${(100 * value).toFixed(1)} %` : "none");
const seconds = (value) => `${value < 0.1 ? value.toFixed(4) : value.toFixed(2)} s`;
