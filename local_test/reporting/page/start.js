// Joins controls to what they do, and shows the page for the first time.

function options(id, entries) {
  find(`#${id}`).append(...entries.map(([value, text]) => make("option", { value }, text)));
  find(`#${id}`).addEventListener("change", (event) => choose({ [id]: event.target.value }));
}

function apply() {
  const { dataset } = document.documentElement;
  dataset.theme = settings.theme;
  dataset.grey = settings.grey;
  find("#theme").value = settings.theme;
  for (const key of ["blur", "mute", "grey"]) find(`#${key}`).checked = settings[key];
}

function set(change) {
  Object.assign(settings, change);
  remember();
  apply();
  for (const row of rows) row.shown = false; // what is set holds for all, until asked again
  for (const card of drawn.values()) fill(card);
}

function move(value) {
  const t = Math.round(Number(value) * 10000) / 10000;
  if (value !== "" && t >= 0 && t <= 1) choose({ t });
}

function join() {
  const unlabelled = ["", "harmful", "benign", "fallback"];
  options("sort", Object.entries(ORDERS).filter(([key]) => labelled.length || key !== "error")
    .map(([key, [text]]) => [key, text]));
  options("verdict", Object.entries(VERDICTS)
    .filter(([key]) => labelled.length || unlabelled.includes(key)));
  options("language", [["", "any"], ...languages.map((one) => [one, one])]);
  find("#language").parentElement.hidden = languages.length < 2;
  find("#threshold").addEventListener("input", (event) => move(Number(event.target.value).toFixed(3)));
  find("#exact").addEventListener("change", (event) => move(event.target.value));
  find("#reset").addEventListener("click", () => choose({ t: START.t }));
  find("#search").addEventListener("input", (event) => choose({ q: event.target.value }));
  find("#clear").addEventListener("click", () => choose({ q: "", verdict: "", language: "" }));
  find("#tools").addEventListener("submit", (event) => event.preventDefault());
  for (const key of ["blur", "mute", "grey"]) {
    find(`#${key}`).addEventListener("change", (event) => set({ [key]: event.target.checked }));
  }
  find("#theme").addEventListener("change", (event) => set({ theme: event.target.value }));
  find("#help").addEventListener("click", help);
  for (const one of document.querySelectorAll("[data-go]")) one.onclick = () => go(one.dataset.go);
  find("#cards").addEventListener("focusin", (event) => activate(event.target.closest(".card").row));
  find("#cards").addEventListener("dblclick", (event) => {
    const card = event.target.closest(".card");
    if (card && !event.target.closest("button")) open(card.row);
  });
  find("#detail").addEventListener("close", closed);
  document.addEventListener("keydown", press);
  addEventListener("hashchange", arriveAt);
  addEventListener("scroll", present, { passive: true });
  addEventListener("resize", present);
  for (const event of ["beforeprint", "afterprint"]) addEventListener(event, print);
}

// Paper holds every meme.
function print(event) {
  isPrinting = event.type === "beforeprint";
  present();
}

function arriveAt() {
  readAddress();
  show();
  if (state.meme) open(rows[state.meme - 1]);
}

apply();
join();
overview();
tables();
lever();
costs();
arriveAt();
