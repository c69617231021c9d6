
"use strict";
(() => {
  const all = (query, inside = document) => [...inside.querySelectorAll(query)];
  const make = (name, text, attributes = {}) => {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const count = new Intl.NumberFormat("en-US");

  // Long lists show their beginning; nothing is left out where no script runs.
  class Limited {
    constructor(box) {
      this.box = box;
      this.items = box.tBodies ? [...box.tBodies[0].rows] : [...box.children];
      this.limit = Number(box.dataset.limit);
      this.wanted = null;
      this.whole = false;
      if (this.items.length > this.limit) {
        const noun = box.dataset.noun || "rows";
        this.button = make("button", "", { type: "button", class: "more", "aria-controls": box.id, "aria-expanded": "false" });
        this.note = make("p", `The first ${this.limit} of ${count.format(this.items.length)} ${noun}.`, { class: "cut paper" });
        this.name = `Show all ${count.format(this.items.length)} ${noun}`;
        this.button.addEventListener("click", () => this.toggle());
        (box.tBodies ? box.parentElement : box).after(this.note, this.button);
      }
      this.show();
    }
    toggle() {
      this.whole = !this.whole;
      this.show();
      if (!this.whole) this.button.scrollIntoView({ block: "nearest" });
    }
    open(item) {
      if (!item.hidden) return;
      this.whole = true;
      this.wanted = null;
      this.show();
    }
    show() {
      let shown = 0;
      this.items.forEach((item, place) => {
        item.hidden = this.wanted ? !this.wanted(item) : !this.whole && this.button && place >= this.limit;
        shown += !item.hidden;
      });
      if (this.button) {
        this.button.textContent = this.whole ? `Show the first ${this.limit} only` : this.name;
        this.button.setAttribute("aria-expanded", String(this.whole));
        this.button.hidden = Boolean(this.wanted);
        this.note.hidden = this.whole || Boolean(this.wanted);
      }
      return shown;
    }
    reorder(items) {
      this.items = items;
      items.forEach((item) => this.box.tBodies[0].append(item));
      this.show();
    }
  }
  const limited = new Map(all("[data-limit]").map((box) => [box.id, new Limited(box)]));

  // Columns are sorted by a button in their heading.
  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return cell.classList.contains("n") ? Number.parseFloat(text.replaceAll(",", "")) : text.toLowerCase();
  };
  const order = (first, second) => {
    if (typeof first === "string") return first < second ? -1 : Number(first > second);
    return (Number.isNaN(first) ? -Infinity : first) - (Number.isNaN(second) ? -Infinity : second) || 0;
  };
  for (const table of all("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if (head.classList.contains("bare")) return;
      const button = make("button", head.textContent.trim(), { type: "button" });
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : head.classList.contains("n");
        heads.forEach((each) => each.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const rows = [...table.tBodies[0].rows].sort((first, second) => order(value(first, column), value(second, column)));
        const list = limited.get(table.id);
        if (down) rows.reverse();
        list.reorder(rows);
      });
    });
  }

  // Words and choices narrow a list down.
  for (const tools of all(".tools")) {
    const list = limited.get(tools.dataset.for);
    if (!list) continue;
    tools.hidden = false;
    const [words, ...choices] = all("input, select", tools);
    const status = tools.querySelector("[role=status]");
    const texts = new Map();
    const apply = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = choices.filter((each) => each.value).map((each) => [each.dataset.key, each.value]);
      list.wanted = !wanted.length && !chosen.length ? null : (item) => {
        if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
        return wanted.every((word) => texts.get(item).includes(word)) && chosen.every(([key, choice]) => item.dataset[key] === choice);
      };
      const shown = list.show();
      status.textContent = list.wanted ? `${count.format(shown)} of ${count.format(list.items.length)} shown` : "";
    };
    words.addEventListener("input", apply);
    choices.forEach((each) => each.addEventListener("change", apply));
    for (const button of all("button[data-open]", tools)) {
      button.addEventListener("click", () => {
        const open = button.dataset.open === "yes";
        list.items.filter((item) => !item.hidden).forEach((item) => { item.open = open; });
      });
    }
  }

  // A link to something folded away unfolds it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    for (const list of limited.values()) if (list.items.includes(target)) list.open(target);
    if (target.tagName === "DETAILS") {
      target.open = true;
      target.querySelector("summary").focus();
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();

  // The part that is read is marked in the list of parts.
  const links = new Map(all("nav a").map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute("aria-current"));
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }, { rootMargin: "-10% 0px -75% 0px" });
  all("main > section").forEach((section) => seen.observe(section));
})();
