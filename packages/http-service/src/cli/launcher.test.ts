import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isLaunchedByNpm, onLauncherEnd, type ProcessTree } from "./launcher.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["'flawless'", true],
  ["flawless", true],
  ['"flawless" up', true],
  ["flawless up --json 2>&1", true],
  ["npm run build && flawless up", true],
  ["flawless up &", false],
  ["flawless up & vite", false],
  ["flawless up && vitest run", false],
  ["flawless up | cat", false],
  ["flawless up; true", false],
  ["nohup flawless up", false],
  ["vitest run", false],
  ["flawless-other up", false],
  [undefined, false],
])("detects from the script %s whether npm runs only this command: %s", (script, expected) => {
  expect(isLaunchedByNpm({ npm_lifecycle_script: script }, "flawless")).toBe(expected);
});

/** This process (30) was started by a shell (20), which npm (10) started. */
class Tree implements ProcessTree {
  ppid = 20;
  parents = new Map([
    [20, 10],
    [10, 5],
  ]);
  commands = new Map([
    [20, "sh -c 'flawless' up"],
    [10, "npm exec flawless up"],
    [5, "bash"],
  ]);

  parentOf(pid: number): number | undefined {
    return this.parents.get(pid);
  }

  commandOf(pid: number): string {
    return this.commands.get(pid) ?? "";
  }
}

test.each<[string, (tree: Tree) => void, boolean]>([
  ["nothing", () => undefined, false],
  ["the shell", (tree) => (tree.ppid = 1), true],
  ["npm", (tree) => tree.parents.set(20, 1), true],
  ["what started npm", (tree) => tree.parents.set(10, 1), false],
])(
  "detects when the launcher ends, unless it is an ancestor of npm: %s",
  (_what, change, expected) => {
    const tree = new Tree();
    const listener = vi.fn<() => void>();
    const stop = onLauncherEnd(listener, tree);
    vi.advanceTimersByTime(1_000);
    expect(listener).not.toHaveBeenCalled();
    change(tree);
    vi.advanceTimersByTime(1_000);
    expect(listener).toHaveBeenCalledTimes(expected ? 1 : 0);
    stop();
  },
);

test("if npm is the parent, only its end counts, not that of its ancestors", () => {
  const tree = new Tree();
  tree.ppid = 10;
  const listener = vi.fn<() => void>();
  const stop = onLauncherEnd(listener, tree);
  tree.parents.set(10, 1);
  vi.advanceTimersByTime(1_000);
  expect(listener).not.toHaveBeenCalled();
  tree.ppid = 1;
  vi.advanceTimersByTime(1_000);
  expect(listener).toHaveBeenCalledOnce();
  stop();
});

test("a disposed listener is not called when the launcher ends", () => {
  const tree = new Tree();
  const listener = vi.fn<() => void>();
  onLauncherEnd(listener, tree)();
  tree.ppid = 1;
  vi.advanceTimersByTime(1_000);
  expect(listener).not.toHaveBeenCalled();
});
