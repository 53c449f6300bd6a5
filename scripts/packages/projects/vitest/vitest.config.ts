import { flawlessModules } from "@flawless-ts/module-builder/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({ plugins: [flawlessModules()] });
