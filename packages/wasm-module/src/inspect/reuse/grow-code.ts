import { code, type Code } from "./code.ts";

/** Takes a number of pages; grows the memory as the module sees it, and the real one only if that is too small. */
export function growBody(pagesGlobal: number, maxPages: number): Code {
  const fail: Code = [code.i32Const(-1), code.return];
  return [
    code.locals(1),
    ...[code.localGet(0), code.i32Const(maxPages), code.globalGet(pagesGlobal), code.i32Sub],
    code.i32GtU,
    code.if(fail),
    ...[code.globalGet(pagesGlobal), code.localGet(0), code.i32Add, code.localTee(1)],
    ...[code.memorySize, code.i32GtU],
    code.if(
      ...[code.localGet(1), code.memorySize, code.i32Sub, code.memoryGrow, code.i32Const(-1)],
      code.i32Eq,
      code.if(fail),
    ),
    ...[code.globalGet(pagesGlobal), code.localGet(1), code.globalSet(pagesGlobal)],
    code.end,
  ];
}
