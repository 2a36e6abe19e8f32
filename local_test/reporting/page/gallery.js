// The gallery: which cards stand in it and in which order. A card is filled while it is near:
// however many memes there are, only some dozens of them cost anything.

let active = null;
const cards = rows.map(blank);
let listed = [];
const near = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    if (!isIntersecting) empty(target);
    else if (!target.filled) fill(target);
  }
}, { rootMargin: "800px" });

function list() {
  const wanted = chosen();
  const same = wanted.length === listed.length && wanted.every((row, n) => row === listed[n]);
  if (!same) {
    listed = wanted;
    find("#cards").replaceChildren(...wanted.map((row) => cards[row.number]));
    wanted.forEach((row, number) => aria(cards[row.number],
      { "aria-posinset": number + 1, "aria-setsize": wanted.length }));
  }
  if (!active || !active.isConnected) activate(cards[wanted[0]?.number]);
  find("#empty").hidden = wanted.length > 0;
  find("#count").textContent = `${wanted.length} of ${rows.length} memes`;
  find("#clear").hidden = !(state.q || state.verdict || state.language);
}

function activate(card) {
  const before = active;
  active = card ?? null;
  for (const one of [before, active]) if (one) describe(one);
}

// `steps` cards on from the active one, and the focus there.
function walk(steps) {
  const now = listed.indexOf(active?.row);
  const next = Math.min(Math.max(now + steps, 0), listed.length - 1);
  if (next >= 0) arrive(cards[listed[next].number]);
}

function arrive(card) {
  activate(card);
  if (!card.filled) fill(card);
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

// How many cards stand side by side.
const columns = () =>
  getComputedStyle(find("#cards")).gridTemplateColumns.split(" ").length;

// Takes a change of what is chosen to everything that shows it.
function choose(change, isJump = false) {
  Object.assign(state, change);
  writeAddress();
  show();
  if (isJump) go("memes");
}

function show() {
  showThreshold();
  for (const key of ["sort", "verdict", "language"]) find(`#${key}`).value = state[key];
  if (find("#search").value !== state.q) find("#search").value = state.q;
  for (const card of cards) dress(card);
  list();
}

function go(id) {
  find(`#${id}`).scrollIntoView();
  find(`#${id}`).focus({ preventScroll: true });
}
