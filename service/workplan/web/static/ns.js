// Finds terms as they are typed; without this script the page lists them all.

const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
const place = document.getElementById("find");
const terms = [...document.querySelectorAll(".terms > li")].map((element) => ({ element, text: fold(element.textContent) }));

const label = document.createElement("label");
const field = document.createElement("input");
const status = document.createElement("p");
label.className = "finding";
field.type = "search";
field.placeholder = place.dataset.hint;
status.className = "note";
status.setAttribute("role", "status");
label.append(place.dataset.label, field);
place.append(label, status);

field.addEventListener("input", () => {
  const words = fold(field.value).split(/\s+/);
  let shown = 0;
  for (const { element, text } of terms) {
    element.hidden = !words.every((word) => text.includes(word));
    shown += element.hidden ? 0 : 1;
  }
  status.textContent = shown ? "" : place.dataset.none;
});
