/** What is written and drawn under the pictures of a layout. */
import { FormatError } from "../format/errors";
import type { Layout, LinesRef, TableRef } from "../format/manifest";
import { type Caption, ranked } from "../model/captions";
import type { Event } from "../model/events";
import type { Lines, Marks } from "../model/travel";
import { fetchArray } from "./fetch";

const EVENTS = ["year", "title", "text", "x", "y"] as const;
const COLUMNS = ["text", "x", "y", "level", "anchor"] as const;

/** The labels, lines and events of a layout; null where it has none. */
export async function fetchMarks({ labels, lines, events }: Layout): Promise<Marks | null> {
  if (!labels && !lines && !events) return null;
  const [captions, drawn, told] = await Promise.all([
    labels ? fetchCaptions(labels) : [],
    lines ? fetchLines(lines) : null,
    events ? fetchEvents(events) : [],
  ]);
  return { captions: ranked(captions), lines: drawn, events: told };
}

async function fetchEvents(events: TableRef): Promise<Event[]> {
  const { fetchTable } = await import("./table");
  const table = await fetchTable(events, EVENTS);
  return Array.from({ length: table.count }, (_, row) => {
    const [year, title, text, x, y] = EVENTS.map((column) => table.value(column, row));
    return { year: Number(year), title: `${title ?? ""}`, text: `${text ?? ""}`, x: Number(x), y: Number(y) };
  });
}

async function fetchCaptions(labels: TableRef): Promise<Caption[]> {
  const { fetchTable } = await import("./table");
  const table = await fetchTable(labels, COLUMNS);
  return Array.from({ length: table.count }, (_, row) => {
    const [text, x, y, level, anchor] = COLUMNS.map((column) => table.value(column, row));
    return {
      text: `${text ?? ""}`,
      x: Number(x),
      y: Number(y),
      level: Number(level),
      anchor: anchor === "right" ? "right" : "top",
    };
  });
}

async function fetchLines(lines: LinesRef): Promise<Lines> {
  const [points, ends] = await Promise.all([fetchArray(lines.points, "f32"), fetchArray(lines.ends, "u32")]);
  const last = ends.at(-1) ?? 0;
  if (2 * last !== points.length)
    throw new FormatError(lines.ends.file, `${points.length / 2} at the end`, last);
  return { points, ends };
}
