import { defineConfig } from "vitest/config";

const conditions = ["@flawless-ts/source"];

/** Run by `failed-tests.test.ts` in a separate Vitest: its tests fail on purpose. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ["*.ts"], exclude: ["vitest.config.ts"] },
});
