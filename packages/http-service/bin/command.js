// Old syntax on purpose: this file has to run on any Node that a user may have, far enough to say what is needed.
import { existsSync, readFileSync, statSync } from "fs";
import nodeModule from "module";
import { fileURLToPath } from "url";

var needed = 24;

/**
 * Runs the `main` that the module at `main`, a URL, exports; or says on one line why it can't.
 *
 * `bundle` is the URL of the same in fewer files, which are loaded sooner. It is taken where it is there and newer than
 * what it was made of: the files that `made-of.json` beside it names.
 */
export function startCommand(name, main, bundle) {
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
    import((bundle !== undefined && isFresh(bundle) ? bundle : main).href).then(function (module) {
      // Not only at the end, which a process that is killed does not see.
      setTimeout(nodeModule.flushCompileCache, 2000).unref();
      return module.main();
    });
  }
}

function isFresh(bundle) {
  try {
    var madeAt = statSync(bundle).mtimeMs;
    return JSON.parse(readFileSync(new URL("made-of.json", bundle), "utf8")).every(function (file) {
      var url = new URL(file, bundle);
      return !existsSync(url) || statSync(url).mtimeMs <= madeAt;
    });
  } catch {
    return false;
  }
}
