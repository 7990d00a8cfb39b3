/** What was left out or repaired: by kind, for a person to look through, and as a table to take away. */
import { csvText } from "./export";

export const PROBLEM_COLUMNS = ["path", "stage", "kind", "reason", "action"] as const;

export type Problem = Readonly<Record<(typeof PROBLEM_COLUMNS)[number], string>>;

export interface ProblemKind {
  readonly kind: string;
  /** In the order of the table. */
  readonly problems: readonly Problem[];
  /** What to do, each advice once, the most frequent first. */
  readonly actions: readonly string[];
}

/** The most frequent kind first. */
export function byKind(problems: readonly Problem[]): ProblemKind[] {
  const kinds = new Map<string, Problem[]>();
  for (const problem of problems) {
    const known = kinds.get(problem.kind);
    if (known) known.push(problem);
    else kinds.set(problem.kind, [problem]);
  }
  return [...kinds]
    .map(([kind, members]) => ({ kind, problems: members, actions: frequent(members) }))
    .sort((a, b) => b.problems.length - a.problems.length);
}

function frequent(problems: readonly Problem[]): string[] {
  const counts = new Map<string, number>();
  for (const { action } of problems) if (action) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([action]) => action);
}

/** All of them, as CSV. */
export function problemsCsv(problems: readonly Problem[]): string {
  return csvText(
    PROBLEM_COLUMNS,
    problems.map((problem) => PROBLEM_COLUMNS.map((name) => problem[name])),
  );
}
