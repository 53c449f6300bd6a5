import { parseAst } from "rolldown/parseAst";
import { type ESTree, Visitor } from "rolldown/utils";
import { placeAt } from "./source-place.ts";

/** A script in which each loop tells where it is, and the way back. */
export interface MarkedScript {
  readonly code: string;
  /** A stack of the marked script in places of the script itself. */
  readonly unmark: (stack: string) => string;
}

interface Insertion {
  readonly offset: number;
  readonly text: string;
}

/** A call has a place in a stack, which a loop alone doesn't have in QuickJS. */
const mark = "__loop();";
/** It takes long, so that it is what QuickJS interrupts. */
const definition = "const __loop = () => { for (let left = 2000; left > 0; left -= 1); };";
/** Its own line of a stack. */
const markFrame = /^ *at __loop .*\n?/gm;

/**
 * Puts a call into each loop of a script, to find out which of them doesn't end.
 *
 * @param start where a declaration can be put that all of the script sees.
 */
export function markLoops(code: string, start: number): MarkedScript {
  const insertions: Insertion[] = [{ offset: start, text: definition }];
  const markLoop = ({ body }: { readonly body: ESTree.Statement }): void => {
    if (body.type === "BlockStatement") {
      insertions.push({ offset: body.start + 1, text: mark });
      return;
    }
    insertions.push({ offset: body.start, text: `{${mark}` }, { offset: body.end, text: "}" });
  };
  new Visitor({
    ForStatement: markLoop,
    ForInStatement: markLoop,
    ForOfStatement: markLoop,
    WhileStatement: markLoop,
    DoWhileStatement: markLoop,
  }).visit(parseAst(code));
  insertions.sort((a, b) => a.offset - b.offset);
  const parts: string[] = [];
  let end = 0;
  for (const { offset, text } of insertions) {
    parts.push(code.slice(end, offset), text);
    end = offset;
  }
  parts.push(code.slice(end));
  return { code: parts.join(""), unmark: (stack) => unmark(stack, code, insertions) };
}

function unmark(stack: string, code: string, insertions: readonly Insertion[]): string {
  const placed = insertions.map(({ offset, text }) => ({ ...placeAt(code, offset), text }));
  return stack
    .replaceAll(markFrame, "")
    .replaceAll(/workflow\.js:(\d+):(\d+)/g, (_, line: string, marked: string) => {
      let column = Number(marked);
      for (const insertion of placed) {
        if (insertion.line !== Number(line) || insertion.column >= column) continue;
        column = Math.max(insertion.column, column - insertion.text.length);
      }
      return `workflow.js:${line}:${column}`;
    });
}
