/* Reads the signed statement from the address's fragment and shows the verdict. All words come from the page; the
   signature is verified here where the browser can (WebCrypto Ed25519, secure context), else by the server. */
"use strict";

(() => {
  const part = (id) => document.getElementById(id);
  const texts = part("verify-texts").dataset;
  const WAIT_MS = 10000;
  const SIGNATURE_BYTES = 64;

  class IncompleteError extends Error {}
  class TamperedError extends Error {}
  class UnsupportedError extends Error {}

  function bytesOf(text) {
    if (!/^[A-Za-z0-9_-]+$/.test(text)) throw new IncompleteError();
    let binary;
    try {
      binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    } catch {
      throw new IncompleteError();
    }
    const again = btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    if (again !== text) throw new IncompleteError();
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  }

  function split(token) {
    const pieces = token.split(".");
    if (pieces.length !== 2) throw new IncompleteError();
    const [payload, signature] = pieces.map(bytesOf);
    if (signature.length !== SIGNATURE_BYTES) throw new IncompleteError();
    return { payload, signature };
  }

  function contentOf(payload) {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
    } catch {
      throw new TamperedError();
    }
  }

  async function verifyHere(token) {
    const { payload, signature } = split(token);
    if (!window.isSecureContext || !window.crypto?.subtle) throw new UnsupportedError();
    const content = contentOf(payload);
    const entry = JSON.parse(part("verify-keys").textContent).keys.find((key) => key.kid === content?.kid);
    if (!entry) throw new TamperedError();
    const { kty, crv, x } = entry;
    let genuine;
    try {
      const key = await crypto.subtle.importKey("jwk", { kty, crv, x }, { name: "Ed25519" }, false, ["verify"]);
      genuine = await crypto.subtle.verify({ name: "Ed25519" }, key, signature, payload);
    } catch {
      throw new UnsupportedError();
    }
    if (!genuine) throw new TamperedError();
    return content;
  }

  async function ask(address, options) {
    const response = await fetch(address, { ...options, signal: AbortSignal.timeout(WAIT_MS), credentials: "omit" });
    if (response.status === 400) throw new IncompleteError();
    if (!response.ok) throw new Error(String(response.status));
    return response.json();
  }

  async function checkHere(token) {
    const statement = await verifyHere(token);
    try {
      const answer = await ask(texts.status.replace("00000000-0000-0000-0000-000000000000", encodeURIComponent(statement.id)));
      return { ...answer, statement, how: texts.byBrowser };
    } catch {
      return { verdict: "signed_only", checked_at: new Date().toISOString(), statement, how: texts.offline };
    }
  }

  async function check(token) {
    try {
      return await checkHere(token);
    } catch (error) {
      if (error instanceof TamperedError) {
        return { verdict: "tampered", checked_at: new Date().toISOString(), how: texts.browserOnly };
      }
      if (!(error instanceof UnsupportedError)) throw error;
    }
    return ask(texts.check, { method: "POST", body: new URLSearchParams({ token }) });
  }

  const longDate = (iso) => iso.replace(/^(\d+)-0?(\d+)-0?(\d+)$/, "$1年$2月$3日");

  function moment(iso) {
    const options = { timeZone: "Asia/Shanghai", hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" };
    const pieces = Object.fromEntries(new Intl.DateTimeFormat("zh-CN", options).formatToParts(new Date(iso)).map((piece) => [piece.type, piece.value]));
    return `${pieces.year}年${pieces.month}月${pieces.day}日 ${pieces.hour}:${pieces.minute}`;
  }

  function fill(pattern, values) {
    return pattern.replace(/%(\w+)%/g, (_, name) => values[name]);
  }

  function showLines(statement) {
    const lines = statement
      ? [[texts.number, statement.number], ...statement.subject, [texts.issued, longDate(statement.issued_on)], [texts.issuer, statement.issuer]]
      : [];
    part("verify-list").replaceChildren(
      ...lines.map(([label, value]) => {
        const line = document.createElement("div");
        const term = document.createElement("dt");
        const description = document.createElement("dd");
        term.textContent = label;
        description.textContent = value;
        line.append(term, description);
        return line;
      }),
    );
    part("verify-lines").hidden = lines.length === 0;
  }

  /* The answer takes the place of the form, which goes to the side for the next paper. */
  function moveForm() {
    part("verify-side").prepend(part("verify-form"));
    part("verify-form-title").textContent = texts.again;
    part("verify-form-button").classList.replace("btn-primary", "btn-outline-primary");
  }

  function show(result) {
    const source = document.querySelector(`template[data-verdict="${result.verdict}"]`);
    const words = part("verify-words");
    words.className = `verdict state-${source.dataset.state}`;
    words.replaceChildren(source.content.cloneNode(true));
    part("verify-sentence").textContent = result.statement ? fill(texts.sentence, result.statement) : "";
    part("verify-meaning").textContent = source.dataset.meaning;
    part("verify-newer").hidden = !result.replaced_by;
    part("verify-newer-number").textContent = result.replaced_by || "";
    part("verify-register").hidden = !result.register_url;
    part("verify-register").href = result.register_url || "";
    part("verify-how").textContent = fill(texts.checked, { moment: moment(result.checked_at) }) + result.how;
    showLines(result.statement);
    part("verify-result").hidden = part("verify-rule").hidden = false;
    moveForm();
    document.title = `${words.textContent} - ${document.title.split(" - ").pop()}`;
    words.focus();
  }

  function showFailure(error) {
    part("verify-failed-words").textContent = error instanceof IncompleteError ? texts.incomplete : texts.unreachable;
    part("verify-failed").hidden = false;
    part("verify-failed").focus();
  }

  async function run() {
    const token = location.hash.slice(1);
    if (!token || token === "main") return;
    part("verify-question")?.remove();
    for (const id of ["verify-result", "verify-rule", "verify-lines", "verify-failed"]) part(id).hidden = true;
    part("verify-busy").hidden = false;
    try {
      show(await check(token));
    } catch (error) {
      showFailure(error);
    } finally {
      part("verify-busy").hidden = true;
    }
  }

  window.addEventListener("hashchange", run);
  run();
})();
