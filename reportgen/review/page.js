"use strict";
(() => {
  const { inspection, edits } = JSON.parse(document.getElementById("data").textContent);
  const bar = document.querySelector("form.bar");
  const said = bar.querySelector(".told");
  const file = bar.querySelector("pre");
  const made = new Map();
  let taken = true;

  const element = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  // -- values a person mends

  const shown = (value) => (value === null || value === undefined ? "" : String(value));

  const typed = (input, kind) => {
    const text = input.value.replace(/\s+/g, " ").trim();
    if (text === "") return null;
    return kind === "number" && Number.isFinite(Number(text)) ? Number(text) : text;
  };

  const box = (label, kind, value) => {
    const input = kind === "long" ? element("textarea") : element("input", { type: kind === "date" ? "date" : "text" });
    if (kind === "number") input.inputMode = "decimal";
    // a date of which only the year or the month is known is text
    if (kind === "date" && value && !/^\d{4}-\d\d-\d\d$/.test(value)) input.type = "text";
    input.value = shown(value);
    return { input, row: element("label", {}, label, input) };
  };

  const field = (edit) => {
    const { input, row } = box(edit.label, edit.input, edit.was);
    return {
      rows: [row],
      found: () => {
        const now = typed(input, edit.input);
        return shown(now) === shown(edit.was) ? [] : [{ field: edit.field, was: edit.was, now }];
      },
    };
  };

  const choice = (edit) => {
    const select = element("select");
    const current = edit.options.findIndex((o) => Object.entries(o.sets).every(([key, value]) => edit.was[key] === value));
    edit.options.forEach((option, index) => {
      const item = element("option", { value: index }, option.label);
      item.selected = index === current;
      select.append(item);
    });
    if (current < 0) select.selectedIndex = -1;
    return {
      rows: [element("label", {}, edit.label, select)],
      found: () => {
        const option = edit.options[select.selectedIndex];
        if (!option) return [];
        return Object.entries(option.sets)
          .filter(([key, now]) => edit.was[key] !== now)
          .map(([key, now]) => ({ field: key, was: edit.was[key], now }));
      },
    };
  };

  const object = (edit) => {
    const parts = edit.parts.map((part) => ({ ...part, ...box(part.label, part.input, null) }));
    return {
      rows: parts.map((part) => part.row),
      found: () => {
        const now = { ...edit.fixed };
        for (const part of parts) {
          const value = typed(part.input, part.kind);
          if (value === null) return [];
          now[part.key] = value;
        }
        return [{ field: edit.field, was: null, now }, ...edit.also];
      },
    };
  };

  const makers = { field, choice, object };

  const open = (entry, number, button) => {
    const inputs = edits[number].map((edit) => makers[edit.kind](edit));
    const undo = element("button", { type: "button", class: "second" }, "Undo");
    const form = element("div", { class: "edit", role: "group", "aria-label": "Correct this value" });
    inputs.forEach((input) => form.append(...input.rows));
    form.append(undo);
    const collect = () => {
      const found = inputs.flatMap((input) => input.found());
      if (found.length) made.set(number, found);
      else made.delete(number);
      entry.classList.toggle("changed", found.length > 0);
      taken = false;
      refresh();
    };
    form.addEventListener("input", collect);
    undo.addEventListener("click", () => {
      made.delete(number);
      entry.classList.remove("changed");
      form.remove();
      button.hidden = false;
      button.focus();
      refresh();
    });
    button.hidden = true;
    entry.append(form);
    form.querySelector("input, select, textarea").focus();
  };

  for (const number of Object.keys(edits)) {
    const entry = document.getElementById(`v${number}`);
    const label = entry.querySelector(".label").textContent;
    const button = element("button", { type: "button", class: "mend", "aria-label": `Correct ${number}, ${label}` }, "Correct");
    button.addEventListener("click", () => open(entry, number, button));
    entry.append(button);
  }

  // -- the file

  const quoted = (value) => {
    const text = JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return typeof value === "object" && value !== null
      ? `{${Object.entries(value).map(([key, part]) => `${key}: ${quoted(part)}`).join(", ")}}`
      : text;
  };

  const written = () => {
    const by = quoted(bar.elements.by.value.trim());
    const on = bar.elements.on.value;
    const lines = ["format: reportgen/decisions/1"];
    const corrections = [...made.keys()].sort((a, b) => a - b).flatMap((number) => made.get(number));
    if (corrections.length) lines.push("corrections:");
    for (const { field: path, was, now } of corrections) {
      lines.push(`  - inspection: ${inspection}`, `    field: ${quoted(path)}`, `    was: ${quoted(was)}`, `    now: ${quoted(now)}`);
      lines.push(`    by: ${by}`, `    on: ${on}`);
    }
    if (bar.elements.checked.checked) {
      lines.push("checked:", `  - inspection: ${inspection}`, `    by: ${by}`, `    on: ${on}`);
    }
    return { text: `${lines.join("\n")}\n`, corrections: corrections.length };
  };

  const refresh = () => {
    const { text, corrections } = written();
    const several = corrections === 1 ? "1 correction" : `${corrections} corrections`;
    const checked = bar.elements.checked.checked ? ", checked" : "";
    said.textContent = `${several}${checked}`;
    file.textContent = text;
  };

  const ready = () => bar.reportValidity();

  bar.elements.download.addEventListener("click", () => {
    if (!ready()) return;
    const link = element("a", { download: "decisions.yaml" });
    link.href = URL.createObjectURL(new Blob([written().text], { type: "application/yaml" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    taken = true;
  });
  bar.elements.copy.addEventListener("click", () => {
    if (!ready()) return;
    bar.querySelector("details").open = true;
    getSelection().selectAllChildren(file);
    if (navigator.clipboard) {
      navigator.clipboard.writeText(written().text).then(() => { said.textContent = "Copied."; }, () => {});
    }
    taken = true;
  });
  bar.addEventListener("input", refresh);
  bar.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("beforeunload", (event) => { if (!taken && made.size) event.preventDefault(); });

  const now = new Date();
  bar.elements.on.value = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  bar.hidden = false;
  document.documentElement.classList.add("js");
  refresh();
})();
