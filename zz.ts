import { DatabaseSync } from "node:sqlite";
import { Segment } from "./packages/server/src/store/packed/segment.ts";
import { packText, unpackText } from "./packages/server/src/store/packed/packed-text.ts";
import { dictionary } from "./packages/server/src/store/packed/dictionary.ts";
console.log("dictionary", dictionary.length);
for (const w of ["noop", "ten_steps", "sleep_steps", "http_sequence"]) {
  const d = new DatabaseSync(`/tmp/j/out/${w}/flawless.sqlite`, {readOnly:true});
  const rows = d.prepare("select workflow, position, lines from journal order by workflow, position").all() as any[];
  const by = new Map<number, string[]>(); for (const r of rows) { const l = by.get(r.workflow) ?? []; l.push(r.lines); by.set(r.workflow, l); }
  let bytes = 0, segs = 0, alone = 0, n = 0, cpu = 0, read = 0;
  for (let round = 0; round < 6; round++) {
  bytes = 0; segs = 0; alone = 0; n = 0;
  let a = process.cpuUsage();
  const all: Buffer[][] = [];
  for (const texts of by.values()) { let s: Segment | undefined; const done: Buffer[] = [];
    for (const t of texts) { n++; if (!s) s = Segment.of(t); else if (!s.hasRoom || !s.add(t)) { done.push(s.packed); s = Segment.of(t); } }
    done.push(s!.packed); all.push(done); for (const p of done) { bytes += p.length; segs++; } }
  let u = process.cpuUsage(a); cpu = (u.user + u.system) / n;
  a = process.cpuUsage(); let k = 0; for (const texts of by.values()) { const got = all[k++].flatMap(p => Segment.texts(p)); if (JSON.stringify(got) !== JSON.stringify(texts)) throw new Error("differs"); } u = process.cpuUsage(a); read = (u.user+u.system)/n;
  }
  for (const texts of by.values()) for (const t of texts) alone += Segment.of(t).packed.length;
  console.log(w, "bytes", (bytes / by.size).toFixed(0), "segments", (segs / by.size).toFixed(2), "alone", (alone / by.size).toFixed(0), "text", (rows.reduce((s, r) => s + r.lines.length, 0) / by.size).toFixed(0), "µs/append", cpu.toFixed(2), "read", read.toFixed(2));
  const ws = d.prepare("select input, response from workflows").all() as any[];
  console.log("   input", ws[0].input.length, packText(ws[0].input).length, "response", ws[0].response.length, packText(ws[0].response).length);
}
