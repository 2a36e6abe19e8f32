// One meme's card in the gallery, and the parts that it shares with the detail.

const badge = (row) => make(`span.badge.${verdict(row)}`, {}, VERDICTS[verdict(row)]);

// The row's probability as a bar, and a tick where the threshold is.
function gauge(proba) {
  const element = bar(proba, proba > state.t ? ".hot" : "");
  const mark = make("b");
  mark.style.left = `${100 * state.t}%`;
  element.append(mark);
  return element;
}

const isVeiled = (row) => settings.blur && !row.shown;
const words = (row, text, nothing) =>
  (text && settings.mute && !row.shown ? "text hidden" : text || nothing);

// The picture, which a click shows or veils.
function picture(row) {
  const [veil, whole] = pictures[row.number]?.split(" ") ?? [];
  if (!whole) return make("div.picture.none", {}, data.pictures ? "no picture" : "pictures left out");
  const element = make("button.picture", { type: "button", onclick: () => toggle(row) },
    make("img", { src: `data:image/webp;base64,${isVeiled(row) ? veil : whole}`,
      alt: words(row, row.caption, "picture") }));
  element.classList.toggle("veiled", isVeiled(row));
  element.setAttribute("aria-label", isVeiled(row) ? "Show picture" : "Blur picture");
  if (isVeiled(row)) element.append(make("span.veil", {}, "Show ", make("kbd", {}, "b")));
  return element;
}

// The card of the row that stands at `place` in the gallery, from 0.
function cardOf(row, place) {
  const card = make("article.card", { row });
  fill(card);
  return aria(card, { "aria-posinset": place + 1, "aria-setsize": listed.length });
}

function fill(card) {
  const { row } = card;
  const focused = card.contains(document.activeElement) && document.activeElement.className;
  const facts = [`#${row.number + 1}`, row.language, row.fallback !== null && "fallback"];
  const about = make("div.about", {},
    make("div.line", {}, make("strong", {}, fixed(row.proba, 4)), badge(row)),
    gauge(row.proba),
    foreign(`p.ocr${row.text ? "" : ".quiet"}`, words(row, row.text, "no text read")),
    foreign("p.caption", words(row, row.caption, "")),
    make("div.line.quiet", {}, make("span", {}, facts.filter(Boolean).join(" · ")),
      aria(button("Details", () => open(row), "button.more"), { "aria-label": `Details of meme ${row.number + 1}` })));
  card.replaceChildren(picture(row), about);
  describe(card);
  if (focused) (find(`.${focused.split(" ")[0]}`, card) ?? card).focus();
}

// What changes with the threshold alone.
function dress(card) {
  find(".badge", card).replaceWith(badge(card.row));
  find(".bar", card).replaceWith(gauge(card.row.proba));
  describe(card);
}

function describe(card) {
  const { row } = card;
  const label = row.label === null ? "" : `, labelled ${row.label ? "harmful" : "benign"}`;
  card.setAttribute("aria-label", `Meme ${row.number + 1}: probability ${fixed(row.proba, 4)}, `
    + `${VERDICTS[verdict(row)].toLowerCase()}${label}`);
  const isStop = row === active ? 0 : -1; // one card at a time stands in the order of Tab
  card.tabIndex = isStop;
  for (const one of card.querySelectorAll("button")) one.tabIndex = isStop;
}

function toggle(row) {
  row.shown = !row.shown;
  if (drawn.has(row)) fill(drawn.get(row));
  if (find("#detail").open && state.meme === row.number + 1) fillDetail(row);
}
