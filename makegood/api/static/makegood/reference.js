// The reference: the document is our own, the token stays in this page and is gone with it.

const place = document.getElementById("reference");
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function followTheme() {
  const chosen = root.dataset.bsTheme;
  root.classList.toggle("dark-mode", chosen ? chosen === "dark" : system.matches);
}

new MutationObserver(followTheme).observe(root, { attributes: true, attributeFilter: ["data-bs-theme"] });
system.addEventListener("change", followTheme);
followTheme();

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
