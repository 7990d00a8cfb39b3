/** Searches a table: first its columns and bytes come in, then questions. */
import type { Column } from "../format/manifest";
import { answer, LocalFinder, type Question } from "../model/finder";
import { readRows } from "./table";

type Message = Question | { readonly columns: readonly Column[]; readonly bytes: ArrayBuffer };

let finder: LocalFinder | null = null;

self.addEventListener("message", ({ data }: MessageEvent<Message>) => {
  if ("bytes" in data) {
    const table = readRows(data.bytes, ["item", ...data.columns.map(({ name }) => name)]);
    finder = new LocalFinder(data.columns, table.count, table.value);
  } else if (finder) self.postMessage({ id: data.id, value: answer(finder, data) });
});
