// Sends captures while the person goes on writing: one after the other, each as a raw body, with progress and Stop.
// The form's main button waits until all have arrived. A lost connection is tried again; the same id tells the server
// that it is the same file.
//
// [data-captures="address"] holds the list. The server answers 201 {"id", "words", "fingerprint"}; the id is then sent
// with the form as "captures", or as data-name says. What describes a file is in the header Covertops-Capture:
// base64url of JSON in UTF-8, {"id", "name", "size", "modified"} and the values of every [data-capture-meta="key"] in the same box.
"use strict";

(() => {
  const PAUSES = [2, 5, 10, 20, 40];
  const KILO = 1000;

  function base64url(value) {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function sizeOf(bytes) {
    if (bytes < KILO) return `${bytes} bytes`;
    if (bytes < KILO ** 2) return `${Math.round(bytes / KILO)} kB`;
    if (bytes < KILO ** 3) return `${(bytes / KILO ** 2).toFixed(bytes < 10 * KILO ** 2 ? 1 : 0)} MB`;
    return `${(bytes / KILO ** 3).toFixed(1)} GB`;
  }

  function timeLeft(seconds) {
    if (!Number.isFinite(seconds)) return "";
    if (seconds < 60) return ", less than a minute left";
    const minutes = Math.round(seconds / 60);
    return minutes === 1 ? ", about 1 minute left" : `, about ${minutes} minutes left`;
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  class Capture {
    constructor(box, file, changed) {
      this.box = box;
      this.file = file;
      this.changed = changed;
      this.id = newId();
      this.state = "waiting";
      this.tries = 0;
      this.tag = element("span", {});
      this.words = element("small", { "data-words": "" });
      this.progress = element("progress", { max: "100", value: "0", "aria-label": `Upload of ${file.name}` });
      this.progress.hidden = true;
      this.acts = element("span", { class: "capture-acts" });
      this.item = element("li", { "data-capture": this.id },
        element("div", { class: "head" }, element("b", {}, file.name), this.tag), this.progress, this.words, this.acts);
      this.show("waiting", `${sizeOf(file.size)}, starts after the one before`);
      this.offer(["Remove", () => this.remove()]);
    }

    get isOpen() { return this.state !== "stored" && this.state !== "gone"; }

    show(state, words) {
      this.state = state;
      const template = this.box.querySelector(`template[data-state="${state}"]`);
      if (template) this.tag.replaceChildren(template.content.cloneNode(true));
      this.words.textContent = words;
      this.progress.hidden = state !== "uploading";
      this.changed();
    }

    offer(...acts) {
      this.acts.replaceChildren(...acts.map(([label, act]) => {
        const button = element("button", { type: "button", class: "btn-link-plain" }, label,
          element("span", { class: "visually-hidden" }, ` ${this.file.name}`));
        button.addEventListener("click", act);
        return button;
      }));
    }

    remove() {
      this.state = "gone";
      this.item.remove();
      this.changed();
      this.box.querySelector("input[type=file]").focus();
    }

    describe() {
      const about = { id: this.id, name: this.file.name, size: this.file.size };
      if (this.file.lastModified) about.modified = new Date(this.file.lastModified).toISOString();
      this.box.querySelectorAll("[data-capture-meta]").forEach((field) => {
        if (field.value) about[field.dataset.captureMeta] = field.value;
      });
      return base64url(about);
    }

    send() {
      this.tries += 1;
      const request = new XMLHttpRequest();
      const started = Date.now();
      this.show("uploading", `0 of ${sizeOf(this.file.size)}. You can go on writing.`);
      this.offer(["Stop", () => { this.stopped = true; request.abort(); }]);
      this.stopped = false;
      request.open("POST", this.box.dataset.captures);
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRFToken", this.box.dataset.token);
      request.setRequestHeader("Covertops-Capture", this.describe());
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        const speed = event.loaded / (Date.now() - started) * 1000;
        this.progress.value = event.total ? 100 * event.loaded / event.total : 100;
        this.words.textContent = event.loaded < event.total
          ? `${sizeOf(event.loaded)} of ${sizeOf(event.total)}${timeLeft((event.total - event.loaded) / speed)}. You can go on writing.`
          : "All of it was sent. Its fingerprint is being made and it is being stored.";
      });
      request.addEventListener("load", () => this.answered(request));
      request.addEventListener("error", () => this.lost());
      request.addEventListener("abort", () => this.failed("Stopped. Nothing of it was kept."));
      request.send(this.file);
    }

    answered(request) {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { answer = {}; }
      if (request.status === 201 && answer.id) this.stored(answer);
      else if (request.status === 401) this.failed("It did not arrive: you were signed out. Sign in again in another window, then try again.");
      else if (request.status >= 502 && request.status <= 504) this.lost();
      else this.failed(`It did not arrive. ${answer.error ? answer.error.message : "The server gave no reason."}`);
    }

    stored(answer) {
      this.show("stored", `${sizeOf(this.file.size)}. ${answer.words ? `${answer.words}. ` : ""}`);
      if (answer.fingerprint) {
        this.words.append("Fingerprint ", element("span", { class: "fingerprint" }, answer.fingerprint));
      }
      this.item.append(element("input", { type: "hidden", name: this.box.dataset.name || "captures", value: answer.id }));
      this.offer();
    }

    lost() {
      const pause = PAUSES[this.tries - 1];
      if (pause === undefined) {
        this.failed("The connection was lost and did not come back. Nothing of it was kept.");
        return;
      }
      this.show("lost", `The connection was lost. Trying again in ${pause} seconds.`);
      this.timer = window.setTimeout(() => this.send(), pause * 1000);
      this.offer(["Stop", () => { window.clearTimeout(this.timer); this.failed("Stopped. Nothing of it was kept."); }]);
    }

    failed(words) {
      this.show("failed", words);
      this.offer(["Try again", () => { this.tries = 0; this.show("waiting", "Starts after the one before"); this.changed(); }],
        ["Remove", () => this.remove()]);
    }
  }

  class Captures {
    constructor(box) {
      this.box = box;
      this.list = box.querySelector(".captures");
      this.chooser = box.querySelector("input[type=file]");
      this.form = box.closest("form");
      this.button = this.form ? this.form.querySelector("[data-main]") : null;
      this.why = element("div", { id: "why-captures", class: "mt-3", hidden: "" });
      this.all = [];
      box.querySelectorAll("[data-no-script]").forEach((words) => words.remove());
      box.querySelector("[data-add]").hidden = false;
      this.chooser.addEventListener("change", () => this.add(Array.from(this.chooser.files)));
      if (this.form) this.form.addEventListener("submit", (event) => this.hold(event), true);
      if (this.button) this.button.parentElement.after(this.why);
      window.addEventListener("beforeunload", (event) => {
        if (this.all.some((one) => one.state === "uploading" || one.state === "lost")) event.preventDefault();
      });
    }

    add(files) {
      const most = Number(this.box.dataset.most || 0);
      for (const file of files) {
        const one = new Capture(this.box, file, () => this.changed());
        this.all.push(one);
        this.list.append(one.item);
        if (most && file.size > most) one.failed(`It is larger than ${sizeOf(most)}, the most that is taken here.`);
        if (file.size === 0) one.failed("It is empty.");
      }
      // Emptied, so that the same file can be chosen again.
      this.chooser.value = "";
      this.changed();
    }

    changed() {
      if (this.changing) return;
      this.changing = true;
      queueMicrotask(() => { this.changing = false; this.next(); });
    }

    next() {
      const busy = this.all.some((one) => one.state === "uploading" || one.state === "lost");
      const waiting = this.all.find((one) => one.state === "waiting");
      if (!busy && waiting) { waiting.send(); }
      this.box.toggleAttribute("data-sending", this.all.some((one) => one.state === "uploading" || one.state === "lost"));
      this.tell();
    }

    // Says beside the button why it waits. It stays in the order of the keyboard, so that it can be asked.
    tell() {
      if (!this.button) return;
      const open = this.all.filter((one) => one.isOpen).length;
      if (open === 0) {
        this.button.removeAttribute("aria-disabled");
        this.button.removeAttribute("aria-describedby");
        this.why.hidden = true;
        return;
      }
      this.button.setAttribute("aria-disabled", "true");
      this.button.setAttribute("aria-describedby", "why-captures");
      const template = this.box.querySelector('template[data-state="not-yet"]');
      const words = open === 1 ? " One capture has not arrived. Wait for it, or remove it."
        : ` ${open} captures have not arrived. Wait for them, or remove them.`;
      this.why.replaceChildren(element("p", {}, template.content.cloneNode(true), words));
      this.why.hidden = false;
    }

    hold(event) {
      const isMain = !event.submitter || event.submitter === this.button;
      if (isMain && this.all.some((one) => one.isOpen)) event.preventDefault();
    }
  }

  document.querySelectorAll("[data-captures]").forEach((box) => new Captures(box));
})();
