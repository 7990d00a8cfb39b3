import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Relative addresses, so that the built site works below any path.
  base: "./",
  plugins: [svelte()],
  build: {
    target: "es2022",
    // The polyfill is an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  worker: { format: "es" },
  // No test of ours is about speed, and machines may be busy.
  test: { include: ["tests/**/*.test.ts"], testTimeout: 120_000 },
});
