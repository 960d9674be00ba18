// What the pages gain from a script; every page works without it.
"use strict";

document.documentElement.classList.add("scripted");

// After an answer with errors, the summary is read first.
const errors = document.getElementById("errors");
if (errors) errors.focus();

function say(words) {
  const live = document.getElementById("live");
  if (live) live.textContent = words;
}

document.addEventListener("click", async (e) => {
  const copy = e.target.closest(".js-copy");
  if (copy) {
    const from = document.getElementById(copy.dataset.copy);
    from.select();
    try {
      await navigator.clipboard.writeText(from.value);
    } catch {
      document.execCommand("copy");
    }
    copy.querySelector("span").textContent = copy.dataset.done;
    say(copy.dataset.done);
  }
  for (const open of document.querySelectorAll("details.me[open], details.nav-more[open]")) {
    if (!open.contains(e.target)) open.open = false;
  }
});

// Quick exit: the page is blank before anything else happens; Shift three times does the same.
function blank() {
  document.body.hidden = true;
  document.title = "…";
}

document.addEventListener("submit", (e) => {
  if (e.target.matches(".exit")) blank();
});

let shifts = [];
document.addEventListener("keydown", (e) => {
  if (e.key !== "Shift") {
    shifts = [];
    return;
  }
  if (e.repeat) return;
  const now = Date.now();
  shifts = shifts.filter((t) => now - t < 1500);
  shifts.push(now);
  const exit = document.querySelector("form.exit");
  if (shifts.length === 3 && exit) {
    blank();
    exit.requestSubmit();
  }
});

// A page that comes back from the browser's memory after sign-out is asked for again.
window.addEventListener("pageshow", (e) => {
  if (e.persisted) location.reload();
});

document.addEventListener("click", (e) => {
  if (e.target.closest(".js-print")) print();
});

// What is typed into a long form is kept on the server while it is typed, and once
// more when the page goes out of sight.
for (const form of document.querySelectorAll("form.js-keep")) {
  const note = form.querySelector(".js-kept");
  let timer = 0;
  let dirty = false;
  const keep = async () => {
    clearTimeout(timer);
    if (!dirty) return;
    dirty = false;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true });
      if (!answer.ok) throw new Error(String(answer.status));
      note.textContent = form.dataset.kept;
    } catch {
      dirty = true;
      note.textContent = form.dataset.lost;
    }
  };
  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, 1200);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") keep();
  });
}

// Notes of a meeting save themselves. Two who write at once both keep their text; what
// could not be saved stays on the screen and is tried again.
for (const form of document.querySelectorAll("form.js-note")) {
  const text = form.querySelector("textarea");
  const status = form.querySelector(".js-status");
  let saved = text.value;
  let timer = 0;
  let clash = false;
  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(save, ms);
  };
  async function save() {
    if (clash || text.value === saved || form.elements.settle) return;
    const now = text.value;
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form)) });
      if (answer.status === 409) {
        const other = await answer.json();
        if (other.version === undefined) throw new Error("closed");
        clash = true;
        form.elements.version.value = other.version;
        const theirs = form.querySelector(".js-theirs");
        theirs.hidden = false;
        theirs.querySelector(".js-theirs-by").textContent = other.by;
        theirs.querySelector(".js-theirs-text").textContent = other.stands;
        const settle = document.createElement("input");
        settle.type = "hidden";
        settle.name = "settle";
        settle.value = "yes";
        form.append(settle);
        status.textContent = form.dataset.clash;
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements.version.value = (await answer.json()).version;
      saved = now;
      status.textContent = form.dataset.saved;
      if (text.value !== saved) later(2000);
    } catch {
      status.textContent = form.dataset.waits;
      later(5000);
    }
  }
  text.addEventListener("input", () => later(1500));
  form.addEventListener("submit", () => { saved = text.value; });
  window.addEventListener("beforeunload", (e) => {
    if (text.value !== saved) e.preventDefault();
  });
}
