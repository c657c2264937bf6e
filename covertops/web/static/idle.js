// Hides the screen after 30 minutes without use, as the session ends then too. What was typed is in its draft.
"use strict";

(() => {
  const LONGEST = 30 * 60 * 1000;
  let last = Date.now();

  function used() {
    // A key pressed after the time ran out must not bring the page back.
    if (Date.now() - last < LONGEST) last = Date.now();
  }

  function look() {
    if (Date.now() - last < LONGEST) return;
    document.body.hidden = true;
    // A file on its way would be lost with the page; the screen stays hidden until it has arrived.
    if (document.querySelector("[data-sending]")) return;
    window.location.replace(`/sign-in?next=${encodeURIComponent(window.location.pathname)}`);
  }

  for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
    document.addEventListener(kind, used, { passive: true });
  }
  document.addEventListener("visibilitychange", look);
  window.setInterval(look, 5000);
})();
