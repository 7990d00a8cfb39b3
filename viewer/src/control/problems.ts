/** The page of what was left out or repaired. */
import { download, fileStem } from "../ui/download";
import type { Desk } from "./desk";

export class Problems {
  constructor(readonly on: Desk) {}

  async open(): Promise<void> {
    const { ui, collection } = this.on;
    ui.problemsOpen = true;
    if (Array.isArray(ui.problems)) return;
    ui.problems = null;
    ui.problems = (await collection.problems().catch(() => null)) ?? "failed";
  }

  async save(): Promise<void> {
    const { ui, site } = this.on;
    if (!ui.problems || ui.problems === "failed") return;
    const { problemsCsv } = await import("../model/problems");
    const text = new Blob([problemsCsv(ui.problems)], { type: "text/csv" });
    download(`${fileStem(site.title)}-problems.csv`, text);
  }
}
