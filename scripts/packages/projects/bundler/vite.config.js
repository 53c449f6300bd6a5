import { flawlessModules } from "@flawless-ts/module-builder/vite";

export default { plugins: [flawlessModules()] };
