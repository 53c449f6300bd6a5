// The program that `endWithThisProcess` starts. Its input has lines such as `+123`, a process to kill when the input ends,
// and `-123`, which has ended by itself. A process group's id follows a `@` instead of nothing: `+@123`.
const left = new Set<string>();
let rest = "";

process.stdin
  .setEncoding("utf8")
  .on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("+")) left.add(line.slice(1));
      else left.delete(line.slice(1));
    }
  })
  .on("close", () => {
    for (const process of left) kill(process);
  });

function kill(name: string): void {
  try {
    process.kill(name.startsWith("@") ? -Number(name.slice(1)) : Number(name), "SIGKILL");
  } catch {
    // It has just ended.
  }
}
