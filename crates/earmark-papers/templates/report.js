// Comfort only: the page says everything without it.
for (const code of document.querySelectorAll("code[data-full]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "copy";
  button.setAttribute("aria-label", "copy " + code.getAttribute("aria-label"));
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code.dataset.full);
    button.textContent = "copied";
  });
  code.after(button);
}
const place = document.getElementById("save");
const save = document.createElement("button");
save.type = "button";
save.textContent = "Save the reading document";
save.addEventListener("click", () => {
  const json = document.getElementById("reading").textContent;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  link.download = "reading.json";
  link.click();
});
place.append(save);
