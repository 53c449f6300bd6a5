const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * JSON text with line breaks and indentation. Tokens don't change: a 64-bit number would lose digits as a JavaScript
 * number. Text that is not JSON is returned unchanged.
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
