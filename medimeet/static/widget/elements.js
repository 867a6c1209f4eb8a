// Elements made of words. Words become text, never markup.

/** An element with attributes and content; nothing of it is read as HTML. */
export function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(attribute, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(attribute, value);
  }
  made.append(...content.filter((each) => each !== null && each !== undefined && each !== ""));
  return made;
}

/** A link that opens in a new tab, and says so. */
export const link = (url, words) =>
  element(
    "a",
    { href: url, target: "_blank", rel: "noopener" },
    words,
    element("span", { class: "visually-hidden" }, " (opens in a new tab)"),
  );

/** A link that calls a number. */
export const phoneLink = (number) => element("a", { href: `tel:${number.replace(/[^\d+]/g, "")}` }, number);

/** A list of facts: `[["Doctor", "Dr Hart"], …]`; empty ones are left out. */
export const facts = (rows) =>
  element(
    "dl",
    { class: "chat-facts" },
    ...rows
      .filter(([, value]) => value)
      .map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))),
  );
