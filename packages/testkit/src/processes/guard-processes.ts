// The program that `endWithThisProcess` starts. Its input has lines such as `+SIGKILL 123`, a process to end when the input
// ends, and `-SIGKILL 123`, which has ended by itself. A negative number is a process group.
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
    for (const each of left) end(each);
  });

function end(signalAndId: string): void {
  const [signal, id] = signalAndId.split(" ");
  try {
    process.kill(Number(id), signal);
  } catch {
    // It has just ended.
  }
}
