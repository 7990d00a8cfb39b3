/** The pictures most like a picture, as several models see it. */

export interface Likes {
  readonly model: string;
  /** Nearest first. */
  readonly rows: readonly number[];
}

/** For each list which of its rows another list has too, and how many rows all of them have. */
export function sharedOf(lists: readonly Likes[]): { shared: boolean[][]; all: number } {
  const counts = new Map<number, number>();
  for (const { rows } of lists) for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return {
    shared: lists.map(({ rows }) => rows.map((row) => (counts.get(row) ?? 0) > 1)),
    all: [...counts.values()].filter((count) => count === lists.length).length,
  };
}
