// Asks the browser for a passkey, puts its answer into the form and sends it. A form takes part by
// data-passkey="get" or "create" and data-options="what is asked"; the words of [data-passkey-note] say how it went.
"use strict";

(() => {
  const ask = {
    get: (options) => navigator.credentials.get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options),
    }),
    create: (options) => navigator.credentials.create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options),
    }),
  };
  const WORDS = {
    NotAllowedError: "Your passkey did not answer, or you stopped it. Nothing was done; try again.",
    InvalidStateError: "This authenticator is registered already. Use another one.",
    SecurityError: "This address is not the one that passkeys are bound to. Nothing was done.",
  };

  function partake(form) {
    const note = form.querySelector("[data-passkey-note]");
    const button = form.querySelector("button[type=submit]");

    function say(words) {
      note.textContent = words;
      note.hidden = !words;
    }

    async function answer() {
      if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
        say("This browser knows no passkeys. Use a newer one.");
        return;
      }
      button.disabled = true;
      say("Waiting for your passkey.");
      try {
        const made = await ask[form.dataset.passkey](JSON.parse(form.dataset.options));
        form.elements.answer.value = JSON.stringify(made.toJSON());
        form.submit();
      } catch (error) {
        say(WORDS[error.name] || "Your passkey could not be used. Nothing was done; try again.");
        button.disabled = false;
      }
    }

    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer();
    });
    if ("now" in form.dataset) answer();
  }

  document.querySelectorAll("form[data-passkey]").forEach(partake);
})();
