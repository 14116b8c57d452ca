// 待办事项: how many are picked, and single-letter keys for those who switch them on. The page works without it.
"use strict";

const KEYS = "officer-keys";
const remembered = () => { try { return localStorage.getItem(KEYS) === "on"; } catch { return false; } };
const remember = (on) => { try { localStorage.setItem(KEYS, on ? "on" : "off"); } catch { /* a browser that keeps nothing */ } };

// Returns a function that tells whether the keys are on.
function keysSwitch() {
  const line = document.querySelector("[data-keys]");
  let on = remembered();
  if (!line) return () => false;
  const button = line.querySelector("button");
  const show = () => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "已打开，点此关闭" : "已关闭，点此打开";
  };
  button.addEventListener("click", () => { on = !on; remember(on); show(); });
  line.hidden = false;
  show();
  return () => on;
}

const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select");

function picking() {
  const form = document.getElementById("tasks");
  const words = document.getElementById("picked");
  const button = document.getElementById("claim-picked");
  if (!form || !words || !button) return;
  const boxes = [...form.querySelectorAll("input[name=task]")];
  const all = document.createElement("button");
  all.type = "button";
  all.className = "link-button";
  const show = () => {
    const n = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.closest("tr").classList.toggle("is-picked", box.checked);
    words.textContent = n ? `已选${n}件` : "在行前打勾，可以一次领办多件。";
    button.textContent = n ? `领办所选（${n}）` : "领办所选";
    button.disabled = n === 0;
    all.textContent = n === boxes.length ? "取消选择" : "全选本页";
  };
  all.addEventListener("click", () => {
    const pick = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = pick;
    show();
  });
  words.after(all);
  form.addEventListener("change", show);
  show();
}

function moving(isOn) {
  const rows = [...document.querySelectorAll("[data-rows] tbody tr")];
  document.addEventListener("keydown", (event) => {
    if (!isOn() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const here = rows.indexOf(event.target.closest("tr"));
    const link = (n) => rows[n]?.querySelector("a.case-link");
    if (event.key === "j") link(Math.min(here + 1, rows.length - 1))?.focus();
    else if (event.key === "k") link(Math.max(here - 1, 0))?.focus();
    else if (event.key === "x" && here >= 0) rows[here].querySelector("input[name=task]")?.click();
    else if (event.key === "/") document.getElementById("search")?.focus();
    else return;
    event.preventDefault();
  });
}

const isOn = keysSwitch();
picking();
moving(isOn);
