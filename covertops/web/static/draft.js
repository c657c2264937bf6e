// Keeps what is typed, as it is typed, in the person's own draft: after a pause, and when the page is left.
// A form takes part by data-draft="address"; the words of [data-draft-note] say how it went.
"use strict";

(() => {
  const PAUSE = 1500;
  const LEFT_OUT = new Set(["csrf_token"]);

  function typed(form) {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !LEFT_OUT.has(name)) values.append(name, value);
    }
    form.querySelectorAll("input[type=password]").forEach((field) => values.delete(field.name));
    return values.toString();
  }

  function keepDraftsOf(form) {
    const note = form.querySelector("[data-draft-note]");
    const token = form.querySelector("[name=csrf_token]").value;
    let kept = typed(form);
    let timer = 0;
    let sending = false;
    let again = false;
    let submitting = false;

    function say(words) {
      if (note) note.textContent = words;
    }

    async function send(leaving) {
      const values = typed(form);
      if (values === kept || submitting) return;
      if (sending && !leaving) { again = true; return; }
      sending = true;
      try {
        const answer = await fetch(form.dataset.draft, {
          method: "POST",
          body: values,
          // The browser finishes this one even when the page is gone. It may not be long: 64 kB for all of them.
          keepalive: leaving && values.length < 60000,
          headers: {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": token,
          },
        });
        if (answer.ok) {
          kept = values;
          const words = await answer.json();
          say(`Draft kept at ${words.kept}.`);
        } else if (answer.status === 401) {
          say("Not kept: you were signed out. Sign in again in another window, then go on here.");
        } else {
          say("Not kept. What you typed is on this page only; it is tried again when you go on writing.");
        }
      } catch {
        say("Not kept: no connection. What you typed is on this page only; it is tried again shortly.");
        timer = window.setTimeout(() => send(false), 10000);
      } finally {
        sending = false;
        if (again) { again = false; send(false); }
      }
    }

    function changed() {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => send(false), PAUSE);
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", (event) => {
      // The act itself carries everything. A draft sent beside it could arrive after it and outlive it.
      if (!event.defaultPrevented) { submitting = true; window.clearTimeout(timer); }
    });
    window.addEventListener("pageshow", () => { submitting = false; });
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(true); });
    window.addEventListener("pagehide", () => send(true));
  }

  document.querySelectorAll("form[data-draft]").forEach(keepDraftsOf);
})();
