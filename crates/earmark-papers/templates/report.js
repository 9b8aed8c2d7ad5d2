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

const box = document.getElementById("recompute");
const again = document.createElement("button");
const answer = document.createElement("div");
again.type = "button";
again.textContent = "Recompute here";
answer.setAttribute("role", "status");
box.append(again, answer);
const tell = (kind, headline, lines) => {
  answer.className = "answer " + kind;
  const head = document.createElement("strong");
  head.textContent = headline;
  answer.replaceChildren(head, ...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
};
// In steps, so that the page stays alive.
const steps = async (checking) => {
  for (let shown = performance.now(); ;) {
    const step = checking.next();
    if (step.done) return step.value;
    if (performance.now() - shown < 100) continue;
    tell("", `Computing: ${step.value[0]} of ${step.value[1]} tests`, []);
    await new Promise((resume) => setTimeout(resume));
    shown = performance.now();
  }
};
again.addEventListener("click", async () => {
  again.disabled = true;
  tell("", "Computing", []);
  await new Promise((resume) => setTimeout(resume, 20));
  try {
    const reading = EarmarkReading.read(document.getElementById("reading").textContent);
    const outcome = await steps(EarmarkReading.check(reading));
    const differences = outcome.differences.map((difference) => `differs: ${difference}`);
    if (outcome.verdict !== box.dataset.verdict)
      differences.push(`differs: this page says \u201c${box.dataset.verdict}\u201d, and \u201c${outcome.verdict}\u201d follows`);
    const named = outcome.suspects.map((suspect) => suspect.recipient).sort().join(" ");
    if (!("hearing" in box.dataset) && named !== box.dataset.named.split(" ").sort().join(" "))
      differences.push(`differs: this page names \u201c${box.dataset.named}\u201d, and \u201c${named}\u201d follows`);
    const lines = EarmarkReading.lines(reading, outcome).filter((line) => !line.startsWith("differs: ")).slice(0, -1);
    if (differences.length > 0) tell("differs", "\u2715 DIFFERS: this report does not follow from its reading.", [...differences, ...lines]);
    else tell("agrees", "\u2713 Agrees: the second program comes to the same decision.", lines);
  } catch (error) {
    tell("differs", "\u2715 REFUSED: the reading in this page cannot be checked.", [error.message]);
  }
  again.disabled = false;
});
