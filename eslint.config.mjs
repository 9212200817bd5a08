// Linting of the browser code: ES modules in the live layer, classic scripts beside them.
const rules = {
  "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
  "no-undef": "error",
  "prefer-const": "error",
  eqeqeq: ["error", "always"],
  "no-var": "error",
  "no-empty": "error",
  "max-lines": ["error", 300],
  "max-lines-per-function": ["error", { max: 40, skipComments: true, IIFEs: false }],
  complexity: ["error", 10],
};

const names = `window document location navigator localStorage sessionStorage fetch console self caches clients indexedDB crypto URL
  URLSearchParams CustomEvent MutationObserver AbortController AbortSignal AudioContext CSS Intl performance Notification FormData Blob
  File FileReader Image createImageBitmap HTMLElement matchMedia getComputedStyle requestAnimationFrame
  cancelAnimationFrame setTimeout clearTimeout setInterval clearInterval addEventListener removeEventListener alert
  structuredClone process setImmediate history ImageData OffscreenCanvas Path2D PointerEvent KeyboardEvent Event ResizeObserver Worker`.split(/\s+/);
const globals = Object.fromEntries(names.map((name) => [name, "readonly"]));

export default [
  { ignores: ["node_modules/", "var/", ".venv/"] },
  { files: ["**/*.mjs", "app/web/phone/**/*.js"], languageOptions: { ecmaVersion: 2023, sourceType: "module", globals }, rules },
  { files: ["layouts/assets/*.js", "app/web/phone/sw.js"], languageOptions: { ecmaVersion: 2023, sourceType: "script", globals },
    rules: { ...rules, "max-lines-per-function": "off" } },
  { files: ["tests/js/*.mjs"], rules: { "max-lines-per-function": "off" } }, // describe() holds its tests
];
