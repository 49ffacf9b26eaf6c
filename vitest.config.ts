import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts", "bench/**/*.test.ts"],
    globalSetup: ["tests/build-page.ts"],
    setupFiles: ["tests/setup.ts"],
    // Two cores: engine tests bring their own threads, so two workers are enough.
    maxWorkers: 2,
    testTimeout: 180_000,
    // Messages are compared as plain text, whatever the terminal or CI would have them coloured; and every machine
    // computes on the processor, unless a test says otherwise.
    env: { NO_COLOR: "1", NEARMISS_DEVICE: "cpu" },
  },
});
