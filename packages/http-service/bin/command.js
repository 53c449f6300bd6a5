// Old syntax on purpose: this file must run on any Node a user may have, at least far enough to say which one it needs.
// It avoids `import` for Node's modules, because that reads all their exports and loads even more code for some of them.

var needed = 24;

/**
 * Runs the `main` that the module at `main`, a URL, exports; or says on one line why it can't.
 *
 * `packageName` is that of the command's package, by which npm runs it wherever it is installed.
 * `bundle` is the URL of the same in fewer files, which are loaded sooner. It is taken where it is there and newer than
 * what it was made of: the files that `made-of.json` beside it names.
 */
export function startCommand(name, packageName, main, bundle) {
  if (!isNewEnough(process.versions.node)) {
    console.error(
      name +
        " needs Node " +
        needed +
        " or newer, but this is Node " +
        process.versions.node +
        " (" +
        process.execPath +
        "). " +
        adviceIn(process.cwd(), packageName),
    );
    process.exitCode = 1;
  } else if (!builtin("fs").existsSync(main)) {
    console.error(name + " is not built yet. Run `npm run build` in its repository first.");
    process.exitCode = 1;
  } else {
    // Keeps compiled code for the next start, which is faster then.
    builtin("module").enableCompileCache();
    import((bundle !== undefined && isFresh(bundle) ? bundle : main).href).then(function (module) {
      // Not only on exit, because a killed process never gets there.
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

function isNewEnough(version) {
  return Number(version.split(".")[0]) >= needed;
}

/** A project may have its own Node, as this repository does. npm uses that one for everything it runs. */
function adviceIn(directory, packageName) {
  var manifest = directory + "/node_modules/node/package.json";
  try {
    var version = JSON.parse(builtin("fs").readFileSync(manifest, "utf8")).version;
    if (isNewEnough(version)) {
      return (
        "Run it as `npx " +
        packageName +
        "`, which takes the Node " +
        version +
        " of " +
        directory +
        "."
      );
    }
  } catch {
    // There is none.
  }
  var parent = directory.replace(/[/\\][^/\\]*$/, "");
  return parent === directory || parent === ""
    ? "Install a newer one, or put it first on the PATH."
    : adviceIn(parent, packageName);
}
