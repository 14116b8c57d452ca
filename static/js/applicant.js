// Improves what works without it: questions that do not apply are put away, files go up as soon as they are chosen.
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  const answers = (name) =>
    [...document.querySelectorAll(`[name="${CSS.escape(name)}"]`)]
      .filter((control) => !["radio", "checkbox"].includes(control.type) || control.checked)
      .map((control) => control.value);

  // data-when="premises.tenure=leased": asked only while that answer is given.
  const showWhatApplies = () => {
    document.querySelectorAll("[data-when]").forEach((control) => {
      const [name, values] = control.dataset.when.split("=");
      const given = answers(name);
      const field = control.closest(".field");
      if (field) field.hidden = given.length > 0 && !given.some((value) => values.split(",").includes(value));
    });
    // "The same as …": the fields it would fill are put away.
    document.querySelectorAll('input[type="checkbox"][name$=".same"]').forEach((box) => {
      const target = box.name.slice(0, -".same".length);
      document.querySelectorAll(`[name^="${CSS.escape(target)}."]`).forEach((control) => {
        if (control !== box) control.closest(".field").hidden = box.checked;
      });
    });
  };

  const sizeWords = (bytes) => `${Math.max(1, Math.round(bytes / 1024 / 1024 * 10) / 10)}MB`;
  const limit = 20 * 1024 * 1024;

  const fileChosen = (input) => {
    const said = input.closest(".subject")?.querySelector(".chosen-files");
    const files = [...input.files];
    if (!files.length) return;
    const tooBig = files.find((file) => file.size > limit);
    if (tooBig) {
      if (said) said.textContent = `“${tooBig.name}”有${sizeWords(tooBig.size)}，每个文件不超过20MB。可拆成几个，或直接拍照。`;
      input.value = "";
      return;
    }
    const form = input.closest("form.upload");
    const names = files.map((file) => file.name).join("、");
    if (form) {
      if (said) said.textContent = `正在上传：${names}`;
      form.requestSubmit();
    } else if (said) {
      said.textContent = `已选：${names}，提交时一起上传。`;
    }
  };

  document.addEventListener("change", (event) => {
    if (event.target.matches('.picker input[type="file"]')) fileChosen(event.target);
    else showWhatApplies();
  });
  showWhatApplies();
})();
