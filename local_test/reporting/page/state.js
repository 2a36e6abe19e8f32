// The data, what is chosen (kept in the address, to be shared), what is set (remembered here).

const data = JSON.parse(find("#data").textContent);
const pictures = find("#pictures").textContent.split("\n"); // "veil picture", base64 of WebP, or nothing
const rows = data.rows.map((row, number) => ({ ...row, number,
  words: `${row.path}\n${row.caption}\n${row.text}`.toLowerCase() }));
const labelled = rows.filter((row) => row.label !== null);
const languages = [...new Set(rows.map((row) => row.language))].filter(Boolean).sort();

const START = { t: data.threshold, sort: "input", verdict: "", language: "", q: "", meme: 0 };
const state = { ...START };
const settings = { blur: true, mute: false, grey: false, theme: "", ...remembered() };

function remembered() {
  try {
    return JSON.parse(localStorage.getItem("memesieve report")) ?? {};
  } catch {
    return {}; // storage is off, or holds something else
  }
}

function remember() {
  try {
    localStorage.setItem("memesieve report", JSON.stringify(settings));
  } catch {
    // storage is off: the settings last as long as the page
  }
}

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const [key, start] of Object.entries(START)) {
    const value = given.get(key) ?? start;
    state[key] = typeof start === "number" ? Number(value) : value;
  }
  if (!(state.t >= 0 && state.t <= 1)) state.t = START.t;
  if (!(state.sort in ORDERS)) state.sort = START.sort;
  if (!(state.verdict in VERDICTS)) state.verdict = "";
  if (state.language && !languages.includes(state.language)) state.language = "";
  if (!rows[state.meme - 1]) state.meme = 0;
}

let writing = 0;
function writeAddress() {
  clearTimeout(writing); // browsers refuse a change of the address at each step of a slider
  writing = setTimeout(() => {
    const changed = Object.entries(state).filter(([key, value]) => value !== START[key]);
    history.replaceState(null, "", `#${new URLSearchParams(changed)}`);
  }, 150);
}
