// Old syntax on purpose: this file has to run on any Node that a user may have, far enough to say what is needed.
import { existsSync } from "fs";
import nodeModule from "module";
import { fileURLToPath } from "url";

var needed = 24;

/** Runs the `main` that the module at `main`, a URL, exports; or says on one line why it can't. */
export function startCommand(name, main) {
  if (Number(process.versions.node.split(".")[0]) < needed) {
    console.error(
      name +
        " needs Node " +
        needed +
        " or newer; this is Node " +
        process.versions.node +
        ". After `npm ci`, run it as `npx " +
        name +
        "`, which takes the Node that was installed with it.",
    );
    process.exitCode = 1;
  } else if (!existsSync(fileURLToPath(main))) {
    console.error(name + " is not built yet. Run `npm run build` in its repository first.");
    process.exitCode = 1;
  } else {
    // What was compiled once is kept for the next start, which is ready sooner.
    nodeModule.enableCompileCache();
    import(main.href).then(function (module) {
      return module.main();
    });
  }
}
