/** Stacks: rows that show one image, or near-duplicates of it. */

/** The other rows of a row's stack, ascending. `stacks`: the first row of each row's stack. */
export function matesOf(stacks: Uint32Array, row: number): number[] {
  const first = stacks[row];
  const mates: number[] = [];
  for (let other = first ?? stacks.length; other < stacks.length; other++) {
    if (stacks[other] === first && other !== row) mates.push(other);
  }
  return mates;
}
