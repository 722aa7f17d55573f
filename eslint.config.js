import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    files: ["page/**/*.js"],
    languageOptions: { globals: globals.browser },
    rules: { "no-unused-vars": ["error", { ignoreRestSiblings: true, varsIgnorePattern: "^_", argsIgnorePattern: "^_" }], "no-var": "error", "prefer-const": ["error", { destructuring: "all" }], eqeqeq: ["error", "always", { null: "ignore" }] },
  },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: { ...globals.node, location: "readonly" } } },
];
