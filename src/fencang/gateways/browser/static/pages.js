// SPDX-License-Identifier: Apache-2.0
// The one script of the pages: sends acts with the token of the session, and makes the signatures
// under drafts. Private keys stay in this browser: a key is made, or taken in, so that no script can
// read it out again, and is kept in IndexedDB. Nothing here writes HTML: text is put in as text.

// --- what is signed ---------------------------------------------------------------------------------

const WORD = /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,127}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** The text under a draft's signature, as `draft_bytes` of fencang.signing makes it. */
export function draftText({ deskId, purpose, draftId, nonce, command, bodySha256, userId, role }) {
  const words = { deskId, command, userId, role, ...(purpose === "propose" ? { nonce } : {}) };
  for (const [name, word] of Object.entries(words)) {
    if (!WORD.test(word ?? "")) throw new Error(`this draft cannot be signed: ${name} is ${word}`);
  }
  if (!SHA256.test(bodySha256)) throw new Error("this draft cannot be signed: its hash is none");
  return (
    "fencang draft 1\n" +
    `desk: ${deskId}\n` +
    `purpose: ${purpose}\n` +
    `draft: ${draftId || "-"}\n` +
    `nonce: ${nonce || "-"}\n` +
    `command: ${command}\n` +
    `body-sha256: ${bodySha256}\n` +
    `user: ${userId}\n` +
    `role: ${role}\n`
  );
}

export function hexOf(bytes) {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function base64Of(bytes) {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
}

export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

export async function sign(privateKey, text) {
  return crypto.subtle.sign("Ed25519", privateKey, new TextEncoder().encode(text));
}

// --- keys -------------------------------------------------------------------------------------------

const KEY_FILE = /^fencang private key 1\r?\n([0-9a-f]{64})\r?\n?$/;
// RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8.
const PKCS8 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/** A new key whose private half no script can read. */
export async function makeKey() {
  const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
  return { privateKey: pair.privateKey, publicKey: hexOf(raw) };
}

/** The key of a file that `fencang keys new` wrote. */
export async function keyOfFile(text) {
  const match = KEY_FILE.exec(text);
  if (!match) throw new Error("this file holds no private key of fencang");
  const seed = match[1].match(/../g).map((pair) => parseInt(pair, 16));
  const pkcs8 = Uint8Array.from([...PKCS8, ...seed]);
  // Readable for a moment, because only so does the browser tell the public half.
  const open = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x } = await crypto.subtle.exportKey("jwk", open);
  const shut = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  pkcs8.fill(0);
  const raw = bytesOf(x.replaceAll("-", "+").replaceAll("_", "/") + "=");
  return { privateKey: shut, publicKey: hexOf(raw) };
}

function withStore(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("fencang", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction("keys", mode);
      const asked = act(transaction.objectStore("keys"));
      transaction.oncomplete = () => (database.close(), resolve(asked.result));
      transaction.onabort = () => (database.close(), reject(transaction.error));
    };
  });
}

export const keptKey = (userId) => withStore("readonly", (store) => store.get(userId));
export const keepKey = (userId, key) => withStore("readwrite", (store) => store.put(key, userId));
export const forgetKey = (userId) => withStore("readwrite", (store) => store.delete(userId));

// --- acts -------------------------------------------------------------------------------------------

class Refusal extends Error {}

/** Send an act and return its answer; a refusal is raised in the server's words. */
async function send(path, body, name) {
  const token = document.querySelector('meta[name="csrf-token"]');
  const headers = { "Content-Type": "application/json" };
  if (token) headers["X-CSRF-Token"] = token.content;
  if (name) headers["Idempotency-Key"] = name;
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "error",
    });
  } catch {
    throw new Refusal("The server does not answer; try again. What was sent is done once at most.");
  }
  const found = await response.json().catch(() => ({}));
  if (response.ok) return found;
  const faults = (found.faults ?? []).map((each) => `${each.where}: ${each.what}`);
  const wait = response.headers.get("Retry-After");
  const words = [found.detail ?? `refused with status ${response.status}`, ...faults];
  if (found.reason) words.unshift(`Reason ${found.reason} (${found.title})`);
  if (wait) words.push(`wait ${wait} s`);
  throw new Refusal(words.join(". "));
}

function say(form, words, isFault = false) {
  const outcome = form.querySelector(".outcome");
  outcome.textContent = isFault ? `Not done: ${words}` : words;
  outcome.classList.toggle("fault", isFault);
}

const names = new WeakMap(); // form → the name of its act: the same again until it was answered

/** Do what a form stands for, once at a time; the words of a refusal are shown and read out. */
async function submit(form, act) {
  const button = form.querySelector('button[type="submit"]');
  if (button.disabled) return;
  button.disabled = true;
  say(form, "…");
  try {
    if (!names.has(form)) names.set(form, crypto.randomUUID());
    await act(names.get(form));
    names.delete(form);
  } catch (fault) {
    if (!(fault instanceof Refusal) || !fault.message.startsWith("The server")) names.delete(form);
    say(form, fault.message, true);
  } finally {
    button.disabled = false;
  }
}

const SHOWN = { code: "Code", half_code: "Your half of the code", until_time: "Holds until" };

/** Show what is shown once. */
function show(form, found) {
  const shown = Object.entries(SHOWN).filter(([name]) => name in found);
  if (shown.length === 0) return say(form, form.dataset.say ?? "Done.");
  say(form, "Shown this once, write it down now. ");
  const outcome = form.querySelector(".outcome");
  for (const [name, label] of shown) {
    const value = document.createElement("code");
    value.className = "secret";
    value.textContent = found[name];
    outcome.append(`${label}: `, value, " ");
  }
}

async function act(form, name) {
  const body = Object.fromEntries(new FormData(form));
  const found = await send(form.dataset.act, body, "named" in form.dataset ? name : undefined);
  for (const box of form.querySelectorAll('input[type="password"]')) box.value = "";
  if (form.id === "enrol-begin") return continueEnrolment(body, found);
  if (form.dataset.then) return location.assign(form.dataset.then);
  show(form, found);
}

let enrolling = {}; // user and code of the first step, which the second one sends again

function continueEnrolment(body, found) {
  enrolling = { user_id: body.user_id, code: body.code };
  document.getElementById("seed").textContent = found.seed;
  document.getElementById("otpauth").textContent = found.address;
  document.getElementById("enrol-begin").hidden = true;
  const next = document.getElementById("enrol-finish");
  next.hidden = false;
  next.elements.one_time_code.focus();
}

async function finishEnrolment(form) {
  const code = form.elements.one_time_code.value;
  await send(form.dataset.act, { ...enrolling, one_time_code: code });
  location.assign(form.dataset.then);
}

for (const form of document.querySelectorAll("form[data-act]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const done = form.id === "enrol-finish" ? finishEnrolment : act;
    submit(form, (name) => done(form, name));
  });
}

// --- approving a draft ------------------------------------------------------------------------------

const approval = document.getElementById("approve");

function approvalText() {
  return draftText({
    deskId: approval.dataset.deskId,
    purpose: "approve",
    draftId: approval.dataset.draftId,
    command: approval.dataset.command,
    bodySha256: approval.dataset.bodySha256,
    userId: approval.dataset.userId,
    role: approval.elements.role.value,
  });
}

async function approve(name) {
  const key = await keptKey(approval.dataset.userId);
  if (!key) throw new Refusal("this browser has no key of yours: see My signing key");
  // The hash is that of the bytes in hand, not the one that came with them.
  const digest = await crypto.subtle.digest("SHA-256", bytesOf(approval.dataset.body));
  if (hexOf(digest) !== approval.dataset.bodySha256) {
    throw new Refusal("the draft's bytes are not those of its hash; nothing was signed");
  }
  const signature = await sign(key.privateKey, approvalText());
  const body = {
    role: approval.elements.role.value,
    public_key: key.publicKey,
    signature: base64Of(signature),
  };
  await send(`/v1/drafts/${approval.dataset.draftId}/approve`, body, name);
  location.reload();
}

if (approval) {
  const show = () => {
    const shown = document.getElementById("signed-text");
    try {
      shown.textContent = approvalText();
    } catch (fault) {
      shown.textContent = fault.message;
    }
  };
  approval.elements.role.addEventListener("change", show);
  show();
  keptKey(approval.dataset.userId)
    .then((key) => (key ? `You sign with key ${key.publicKey}.` : "This browser has no key of yours: see My signing key."))
    .catch((fault) => `Keys cannot be kept in this browser: ${fault.message}`)
    .then((words) => (document.getElementById("signing-key").textContent = words));
  approval.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(approval, approve);
  });
}

// --- the key of this browser ------------------------------------------------------------------------

const keyPage = document.getElementById("key-page");

async function showKey() {
  const { userId, known, table } = keyPage.dataset;
  const key = await keptKey(userId);
  const isKnown = Boolean(key) && known.split(" ").includes(key.publicKey);
  const state = document.getElementById("key-state");
  if (!key) state.textContent = "There is no key of yours in this browser.";
  else if (isKnown) state.textContent = "There is a key of yours, and the desk knows it.";
  else state.textContent = "There is a key of yours that the desk does not know yet.";
  document.getElementById("public-key").textContent = key ? key.publicKey : "none";
  const shown = document.getElementById("key-table");
  shown.textContent = key && !isKnown ? table.replace("{key}", key.publicKey) : "";
}

async function tryKey(act) {
  try {
    await act(keyPage.dataset.userId);
    await showKey();
  } catch (fault) {
    document.getElementById("key-state").textContent = `Not done: ${fault.message}`;
  }
}

if (keyPage) {
  tryKey(async () => {});
  document.getElementById("key-make").addEventListener("click", () =>
    tryKey(async (userId) => {
      const old = await keptKey(userId);
      if (old && !confirm("The key in this browser is replaced and cannot be brought back.")) return;
      await keepKey(userId, await makeKey());
    }),
  );
  document.getElementById("key-forget").addEventListener("click", () =>
    tryKey(async (userId) => {
      if (confirm("The key in this browser is forgotten and cannot be brought back.")) {
        await forgetKey(userId);
      }
    }),
  );
  document.getElementById("key-file").addEventListener("change", (event) =>
    tryKey(async (userId) => {
      const [file] = event.target.files;
      if (!file) return;
      const key = await keyOfFile(await file.text());
      event.target.value = "";
      await keepKey(userId, key);
    }),
  );
}
