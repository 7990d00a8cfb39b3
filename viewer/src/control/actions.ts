/** Which control answers what the interface asks for. Until the site is open, nobody does. */
import type { Actions, UiState } from "../ui/state.svelte";
import { chooseTheme, currentTheme } from "../ui/theme";
import type { Arranging } from "./arranging";
import type { Comparing } from "./comparing";
import type { Explorer } from "./explorer";
import type { Finding } from "./finding";
import type { Grouping } from "./grouping";
import type { Hotspots } from "./hotspots";
import type { Kiosk } from "./kiosk";
import type { Panel } from "./panel";
import type { Pointing } from "./pointing";
import type { Problems } from "./problems";
import type { Saving } from "./saving";
import type { Sharing } from "./sharing";
import type { Steps } from "./steps";
import type { Telling } from "./telling";

export interface Controls {
  readonly arranging: Arranging;
  readonly comparing: Comparing;
  readonly explorer: Explorer;
  readonly finding: Finding;
  readonly grouping: Grouping;
  readonly hotspots: Hotspots;
  readonly panel: Panel;
  readonly pointing: Pointing;
  readonly problems: Problems;
  readonly saving: Saving;
  readonly sharing: Sharing;
  readonly steps: Steps;
  readonly telling: Telling;
  readonly kiosk: Kiosk;
}

export function actionsOf(ui: UiState, open: () => Controls | null): Actions {
  return {
    showLayout: (name, half) => void open()?.arranging.show(name, null, half),
    setSize: (size) => open()?.arranging.setSize(size),
    zoom: (factor, half) => open()?.arranging.zoom(factor, half ?? null),
    pan: (dx, dy, half) => open()?.arranging.pan(dx, dy, half),
    fit: (half) => open()?.arranging.fit(half ?? null),
    toggleBeside: () => void open()?.comparing.toggle(),
    besideShown: (half, element) => open()?.comparing.shown(half, element),
    toggleTheme: () => {
      ui.themeChosen = currentTheme() === "dark" ? "light" : "dark";
      chooseTheme(ui.themeChosen);
      ui.theme = currentTheme();
      open()?.arranging.themeChanged();
      open()?.steps.remember("camera");
    },
    toggleHotspots: () => open()?.hotspots.toggleStrip(),
    hoverHotspot: (id) => open()?.hotspots.point(id),
    chooseHotspot: (id) => open()?.hotspots.choose(id),
    renameHotspot: (id, label) => open()?.grouping.rename(id, label),
    tagHotspot: (id, line) => open()?.grouping.tag(id, line),
    selectTagged: (tag) => open()?.hotspots.selectTagged(tag),
    moveHotspot: (id, by) => open()?.grouping.move(id, by),
    toggleHotspot: (id) => open()?.hotspots.toggle(id),
    setCoarse: (coarse) => open()?.hotspots.setCoarse(coarse),
    removeHotspot: (id) => open()?.hotspots.remove(id),
    keepHotspot: (id) => void open()?.hotspots.keep(id),
    makeHotspot: () => void open()?.hotspots.make(),
    selectHotspot: (id) => open()?.hotspots.select(id),
    saveHotspots: () => void open()?.grouping.save(),
    restoreHotspots: () => open()?.grouping.restore(),
    focusMap: (focused, half) => open()?.pointing.focus(focused, half),
    openMarked: (half) => open()?.pointing.openMarked(half),
    open: (row) => void open()?.panel.open(row),
    step: (by) => open()?.panel.stepBy(by),
    locate: () => open()?.panel.locate(),
    close: () => open()?.panel.close(),
    escape: () => open()?.panel.escape(),
    lightSimilar: (lit) => open()?.panel.lightSimilar(lit),
    copyLink: async () => (await open()?.sharing.copyLink()) ?? false,
    copyCitation: async () => (await open()?.sharing.copyCitation()) ?? false,
    toggleFind: () => open()?.finding.toggle(),
    closeFind: () => open()?.finding.close(),
    setTab: (tab) => open()?.finding.setTab(tab),
    setScope: (scope) => open()?.explorer.setScope(scope),
    setText: (text) => open()?.explorer.setText(text),
    openFirst: () => void open()?.panel.openFirst(),
    choose: (column, choice) => open()?.explorer.choose(column, choice),
    clearFilters: () => open()?.explorer.clear(),
    setHide: (hide) => open()?.explorer.setHide(hide),
    setTool: (tool) => {
      ui.tool = tool;
    },
    setHow: (how) => {
      ui.how = how;
    },
    selectFound: () => void open()?.explorer.selectFound(),
    toggleRow: (row) => open()?.explorer.toggleRow(row),
    pointRow: (row) => open()?.pointing.pointRow(row),
    invertSelection: () => open()?.explorer.invert(),
    clearSelection: () => open()?.explorer.selectNone(),
    save: (as) => void open()?.saving.save(as),
    cancelSaving: () => open()?.saving.cancel(),
    saveHotspot: (id) => void open()?.saving.saveHotspot(id),
    colourBy: (column) => void open()?.explorer.colourBy(column),
    listStories: () => void open()?.telling.list(),
    tell: (story) => void open()?.telling.open(story),
    turn: (by) => void open()?.telling.turn(by),
    stopTelling: () => open()?.telling.close(),
    startKiosk: () => void open()?.kiosk.start(),
    openAbout: () => {
      ui.aboutOpen = true;
    },
    closeAbout: () => {
      ui.aboutOpen = false;
    },
    openProblems: () => void open()?.problems.open(),
    closeProblems: () => {
      ui.problemsOpen = false;
    },
    saveProblems: () => void open()?.problems.save(),
    dismissNote: (note) => {
      ui.notes = ui.notes.filter((other) => other !== note);
    },
    reload: () => location.reload(),
  };
}
