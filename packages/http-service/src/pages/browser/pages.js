// Keeps an open page up to date. Browsers run this file unchanged. All HTML comes from the server, which escapes it.

/** After this long without an event the connection counts as dead. The server sends one every 5 seconds. */
const silenceMs = 20_000;
/** How long to wait before retrying a server that refused the stream. */
const retryMs = 5_000;

let serverIsAheadByMs = Number(document.body.dataset.now) - Date.now();

showAges();
setInterval(showAges, 1_000);
if (document.body.dataset.events !== "") {
  keepUpToDate(document.body.dataset.events);
}
// Handles forms that are added later, too.
document.addEventListener("submit", (event) => {
  if (event.target.dataset.done !== undefined) {
    event.preventDefault();
    void sendForm(event.target);
  }
});

function keepUpToDate(events) {
  let source = null;
  let retry;
  let heardAt = Date.now();

  const close = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    heardAt = Date.now();
    source = new EventSource(events);
    source.addEventListener("patch", (event) => {
      heardAt = Date.now();
      const { now, patches } = JSON.parse(event.data);
      serverIsAheadByMs = now - heardAt;
      patches.forEach(applyPatch);
      showAges();
      showConnection("live", "Live");
    });
    source.addEventListener("error", () => {
      showConnection("lost", "Connection lost, trying again …");
      if (source.readyState === EventSource.CLOSED) {
        clearTimeout(retry);
        retry = setTimeout(open, retryMs * (1 + Math.random()));
      }
    });
  };

  // Browsers allow only a few connections per site, so hidden pages close theirs.
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
  setInterval(() => {
    if (source?.readyState === EventSource.OPEN && Date.now() - heardAt > silenceMs) {
      showConnection("lost", "Connection lost, trying again …");
      open();
    }
  }, 1_000);
  if (!document.hidden) {
    showConnection("waiting", "Connecting …");
    open();
  }
}

/** Puts new pieces in their places, and doesn't touch unchanged ones. */
function applyPatch({ region, keys, changed }) {
  const parent = document.querySelector(`[data-region="${region}"]`);
  const pieces = new Map([...parent.children].map((piece) => [piece.dataset.key, piece]));
  for (const [key, html] of Object.entries(changed)) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const piece = template.content.firstElementChild;
    const old = pieces.get(key);
    // Don't replace what people are typing into.
    if (old === undefined || !("keep" in old.dataset)) {
      keepUnfolded(old, piece);
      const focused = placeOfFocus(old);
      old?.replaceWith(piece);
      pieces.set(key, piece);
      if (focused >= 0) {
        focusable(piece)[focused]?.focus({ preventScroll: true });
      }
    }
  }
  let next = parent.firstElementChild;
  for (const key of keys) {
    const piece = pieces.get(key);
    pieces.delete(key);
    if (piece === next) {
      next = next.nextElementSibling;
    } else {
      parent.insertBefore(piece, next);
    }
  }
  pieces.forEach((piece) => piece.remove());
}

function focusable(piece) {
  return [...piece.querySelectorAll("a, button, input, select, summary, textarea")];
}

/** The index of the element that has the focus; -1 for none. */
function placeOfFocus(piece) {
  return piece?.contains(document.activeElement)
    ? focusable(piece).indexOf(document.activeElement)
    : -1;
}

function keepUnfolded(old, piece) {
  const folds = piece.querySelectorAll("details");
  old?.querySelectorAll("details").forEach((fold, index) => {
    if (fold.open && folds[index] !== undefined) {
      folds[index].open = true;
    }
  });
  if (old instanceof HTMLDetailsElement) {
    piece.open = old.open;
  }
}

/** Sends a form without leaving the page, and shows the outcome below it, in the form's own words. */
async function sendForm(form) {
  const result = form.querySelector(".result");
  const button = form.querySelector("button");
  const { busy, done, failed, unreachable, question } = form.dataset;
  const show = (outcome, text) => {
    result.className = `result ${outcome}`;
    result.textContent = text;
  };
  if (question !== undefined && !confirm(question)) {
    return;
  }
  const body = new URLSearchParams(new FormData(form));
  button.disabled = true;
  show("", busy);
  try {
    const headers = { accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body, headers });
    if (answer.ok) {
      // The page that shows what was created.
      const next = answer.headers.get("location");
      if (next !== null) {
        location.assign(next);
      }
      form.reset();
      show(
        "good",
        done.replace(/\{(\w+)\}/, (_whole, field) => body.get(field)),
      );
    } else {
      const { error } = await answer.json();
      show("bad", `${failed} ${error}`);
    }
  } catch {
    show("bad", unreachable);
  } finally {
    button.disabled = false;
  }
}

function showConnection(state, text) {
  const status = document.getElementById("connection");
  if (status.textContent !== text) {
    status.textContent = text;
    status.dataset.state = state;
    status.hidden = false;
  }
}

function showAges() {
  const now = Date.now() + serverIsAheadByMs;
  for (const element of document.querySelectorAll("time:not([data-exact])")) {
    element.title ||= element.textContent;
    const text = age((now - Date.parse(element.dateTime)) / 1_000);
    if (element.textContent !== text) {
      element.textContent = text;
    }
  }
}

function age(seconds) {
  if (Math.abs(seconds) < 2) {
    return "just now";
  }
  return seconds < 0 ? `in ${span(-seconds)}` : `${span(seconds)} ago`;
}

function span(seconds) {
  const [length, unit] =
    seconds < 120
      ? [1, "s"]
      : seconds < 7_200
        ? [60, "min"]
        : seconds < 172_800
          ? [3_600, "h"]
          : [86_400, "days"];
  return `${Math.floor(seconds / length)} ${unit}`;
}
