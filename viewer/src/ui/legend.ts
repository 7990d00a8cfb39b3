/** What a legend says of each of its colours. */
import type { LegendEntry } from "../model/palette";
import type { Legend } from "./state.svelte";
import { number, strings } from "./strings";

export function legendLabel({ years }: Legend, { name, low, high }: LegendEntry): string {
  const write = (value: number) => (years ? `${Math.floor(value)}` : number(value));
  if (name !== null) return name;
  if (low === null || high === null) return strings.others;
  return low === high ? write(low) : `${write(low)} – ${write(high)}`;
}
