// Buttons that copy code, and the day on which a reference is read; without this script the texts stand as they are.

const now = new Date();
for (const place of document.querySelectorAll("[data-today]")) {
  place.textContent =
    place.dataset.today === "iso"
      ? [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-")
      : new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" }).format(now);
}

// Browsers lend the clipboard to pages that came by a safe way only.
if (navigator.clipboard) {
  for (const code of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = code.dataset.copy;
    const status = document.createElement("span");
    status.className = "copied";
    status.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent);
      status.textContent = code.dataset.copied;
      setTimeout(() => (status.textContent = ""), 3000);
    });
    const bar = document.createElement("p");
    bar.className = "copying";
    bar.append(button, status);
    code.closest("pre, p").after(bar);
  }
}
