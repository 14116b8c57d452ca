// 办件页: keeps what was judged when another paper is opened, opens and shuts the outcome buttons as lines are judged,
// and offers single-letter keys to those who switch them on. Everything works without it by 「保存判断」.
"use strict";

const form = document.getElementById("work");
const lines = [...document.querySelectorAll("fieldset.judge-line:not(:disabled)")];
const verdict = (line) => line.querySelector("input[type=radio]:checked")?.value ?? "";
let touched = false;

function tally() {
  const count = (value) => lines.filter((line) => verdict(line) === value).length;
  const needed = lines.filter((line) => "must" in line.dataset);
  const open = needed.filter((line) => !verdict(line)).length;
  const failed = needed.filter((line) => verdict(line) === "unmet");
  const bare = failed.filter((line) => !line.querySelector("textarea").value.trim()).length;
  return { met: count("met"), unmet: count("unmet"), na: count("not_applicable"), open, failed: failed.length, bare };
}

function whyNot(needs, label, now) {
  if (needs === "nothing") return "";
  if (now.open) return `还有${now.open}项没有核对`;
  if (needs === "all_met" && now.failed) return `有${now.failed}项不符合，暂不能${label}`;
  if (needs === "some_unmet" && !now.failed) return "没有不符合的项目";
  if (needs !== "all_met" && now.bare) return `有${now.bare}项没有写明原因`;
  return "";
}

function show() {
  const now = tally();
  const words = document.getElementById("tally");
  if (words) words.textContent = `${now.met}项符合　${now.unmet}项不符合　${now.na}项不适用　还有${now.open}项未核对`;
  let main = false;
  for (const button of form.querySelectorAll("button[data-needs]")) {
    const { needs, label } = button.dataset;
    const reason = whyNot(needs, label, now);
    button.disabled = reason !== "";
    button.parentElement.querySelector(".why").textContent = reason;
    button.textContent = needs === "some_unmet" && now.failed ? `${label}（${now.failed}项不符合）` : label;
    const solid = !reason && !main && needs !== "nothing";
    if (needs !== "nothing") {
      button.classList.toggle("btn-primary", solid);
      button.classList.toggle("btn-outline-primary", !solid);
    }
    main = main || solid;
  }
}

// A link to another paper first saves what was judged, then goes there.
function keepWhenLeaving() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-keep]");
    if (!link || !touched || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const url = new URL(link.href);
    form.elements.namedItem("next").value = url.search + url.hash;
    form.querySelectorAll("input[name=act]").forEach((old) => old.remove());
    const act = document.createElement("input");
    Object.assign(act, { type: "hidden", name: "act", value: "keep" });
    form.append(act);
    form.submit();
  });
}

const KEYS = "officer-keys";
const remembered = () => { try { return localStorage.getItem(KEYS) === "on"; } catch { return false; } };
const remember = (on) => { try { localStorage.setItem(KEYS, on ? "on" : "off"); } catch { /* a browser that keeps nothing */ } };

function keys() {
  const line = document.querySelector("[data-keys]");
  if (!line) return;
  const button = line.querySelector("button");
  let on = remembered();
  const say = () => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "已打开，点此关闭" : "已关闭，点此打开";
  };
  button.addEventListener("click", () => { on = !on; remember(on); say(); });
  line.hidden = false;
  say();
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, select, input[type=date]")) return;
    const here = lines.indexOf(event.target.closest("fieldset.judge-line"));
    const choose = { 1: "met", 2: "unmet", 3: "not_applicable" }[event.key];
    const step = { "[": -1, "]": 1 }[event.key];
    if (choose && here >= 0) lines[here].querySelector(`input[value=${choose}]`).click();
    else if (step) {
      const line = lines[Math.max(0, Math.min(lines.length - 1, here + step))];
      (line.querySelector("input:checked") ?? line.querySelector("input")).focus();
      line.scrollIntoView({ block: "nearest" });
    } else return;
    event.preventDefault();
  });
}

if (form) {
  const changed = () => { touched = true; show(); };
  document.addEventListener("change", (event) => event.target.form === form && changed());
  document.addEventListener("input", (event) => event.target.form === form && changed());
  keepWhenLeaving();
  if (lines.length) show();
  keys();
}
