// Prints how many tests of all suites ran and which failed, and fails where one failed or was skipped: on a CI machine all of
// them must run.
//   node .ci/count-tests.mjs REPORT... [--again REPORT]
//     --again: of the failed files, run once more. A test that passes there is named as unsteady, but does not fail the run.
//   node .ci/count-tests.mjs --failed-files REPORT...
//     prints the files of the failed tests, one a line
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { again: { type: "string" }, "failed-files": { type: "boolean" } },
});
const suites = positionals.map(readSuite);
if (values["failed-files"]) {
  for (const file of new Set(suites.flatMap(({ failures }) => failures.map(({ file }) => file)))) {
    console.log(file);
  }
} else {
  process.exitCode = judge() ? 0 : 1;
}

function judge() {
  const again = values.again === undefined ? undefined : readSuite(values.again);
  const passedAgain = again?.whole === true && again.failures.length === 0 && again.passed > 0;
  const failures = suites.flatMap((suite) => suite.failures);
  for (const { file, test, message } of [...failures, ...(again?.failures ?? [])]) {
    console.log(
      `${passedAgain ? "UNSTEADY (passed when run again)" : "FAILED"} ${file}: ${test}\n${message}\n`,
    );
  }
  for (const { whole, problem } of [...suites, ...(again ? [again] : [])]) {
    if (!whole) {
      console.log(problem);
    }
  }
  const passed = sum(suites, "passed");
  const skipped = sum(suites, "skipped");
  console.log(`${passed} passed, ${failures.length} failed, ${skipped} skipped`);
  return (
    suites.every(({ whole, passed }) => whole && passed > 0) &&
    skipped === 0 &&
    (failures.length === 0 || passedAgain)
  );
}

/** `whole` is false where the suite has no report, or failed by an error outside of its tests. */
function readSuite(path) {
  try {
    const report = JSON.parse(readFileSync(path, "utf8"));
    const failures = report.testResults.flatMap(failuresOf);
    return {
      passed: report.numPassedTests,
      skipped: report.numPendingTests + report.numTodoTests,
      failures,
      whole: report.success || failures.length > 0,
      problem: `${path}: a suite failed by an error outside of its tests; see its output.`,
    };
  } catch (error) {
    const problem = `${path}: no report of a suite: ${error.message}`;
    return { passed: 0, skipped: 0, failures: [], whole: false, problem };
  }
}

function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter((result) => result.status === "failed");
  if (failed.length === 0 && status === "failed") {
    return [{ file, test: "the file", message: message.slice(0, 2_000) }];
  }
  return failed.map(({ fullName, failureMessages }) => ({
    file,
    test: fullName,
    message: failureMessages.join("\n").slice(0, 2_000),
  }));
}

function sum(list, key) {
  return list.reduce((total, item) => total + item[key], 0);
}
