const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * JSON text with line breaks and indents. Its tokens stay as they are: a number of 64 bits would lose digits as a
 * JavaScript number. Text that is no JSON stays as it is altogether.
 */
export function prettyJson(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  let pretty = "";
  let depth = 0;
  let before = "";
  const breakLine = (): void => {
    pretty += `\n${"  ".repeat(depth)}`;
  };
  for (const [part] of text.matchAll(token)) {
    const opened = before === "{" || before === "[";
    if (part === "}" || part === "]") {
      depth -= 1;
      if (!opened) {
        breakLine();
      }
    } else if (opened || before === ",") {
      breakLine();
    }
    pretty += part === ":" ? ": " : part;
    if (part === "{" || part === "[") {
      depth += 1;
    }
    before = part;
  }
  return pretty;
}
