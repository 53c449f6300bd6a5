// Old syntax on purpose: this file has to run on any Node that a user may have, far enough to say what is needed.
// Node's modules are taken without `import`, which would read all of their exports, and load more for some.

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
  } else if (!builtin("fs").existsSync(main)) {
    console.error(name + " is not built yet. Run `npm run build` in its repository first.");
    process.exitCode = 1;
  } else {
    // What was compiled once is kept for the next start, which is ready sooner.
    builtin("module").enableCompileCache();
    import((bundle !== undefined && isFresh(bundle) ? bundle : main).href).then(function (module) {
      // Not only at the end, which a process that is killed does not see.
      setTimeout(builtin("module").flushCompileCache, 2000).unref();
      return module.main();
    });
  }
}

function isFresh(bundle) {
  var fs = builtin("fs");
  try {
    var madeAt = fs.statSync(bundle).mtimeMs;
    var files = JSON.parse(fs.readFileSync(new URL("made-of.json", bundle), "utf8"));
    return files.every(function (file) {
      var url = new URL(file, bundle);
      return !fs.existsSync(url) || fs.statSync(url).mtimeMs <= madeAt;
    });
  } catch {
    return false;
  }
}

function builtin(name) {
  return process.getBuiltinModule(name);
}
