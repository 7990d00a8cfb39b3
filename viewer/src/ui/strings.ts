/** Every English word of the interface. */
const numbers = new Intl.NumberFormat("en");
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });

export const number = (value: number) => numbers.format(value);
export const share = (value: number) => percent.format(value);
const pictures = (count: number) => `${number(count)} ${count === 1 ? "picture" : "pictures"}`;

export const strings = {
  pictures,
  untitled: "Untitled",
  toolbar: "Map tools",
  layouts: "Arrangement",
  models: "What likeness is measured by",
  size: "Picture size",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show all pictures",
  clusters: "Clusters",
  showClusters: "Show clusters",
  hideClusters: "Hide clusters",
  about: "About this map",
  toDark: "Switch to dark",
  toLight: "Switch to light",
  close: "Close",
  previous: "Previous picture",
  next: "Next picture",
  locate: "Show on the map",
  place: (row: number, count: number) => `${number(row + 1)} of ${number(count)}`,
  pictureMissing: "The picture file could not be loaded.",
  tags: "Tags",
  newTab: "(opens in a new tab)",
  canvas: (count: number) => `Map of ${pictures(count)}`,
  canvasHelp:
    "Arrow keys move, plus and minus zoom, 0 shows all pictures, Enter opens the marked picture, Escape closes it.",
  loading: "Loading the pictures",
  layoutShown: (label: string) => `Arrangement: ${label}`,
  opened: (title: string) => `Opened: ${title}`,
  closed: "Closed",
  hotspotShown: (label: string, count: number) => `${label}, ${pictures(count)}`,
  hotspot: (label: string, count: number) => `Show ${label}, ${pictures(count)}`,
  errorTitle: "The map cannot be shown",
  unexpected: "Reload the page; if that does not help, report the message above to the makers of pixplot.",
  retry: "Try again",
  dismiss: "Dismiss",
  pagesMissing: (count: number) =>
    `${number(count)} of the picture sheets could not be shown; their pictures stay plain colours.`,
  tableMissing: "The texts that belong to the pictures could not be loaded.",
  layoutMissing: (label: string) => `The arrangement “${label}” could not be loaded.`,
  aboutLabels: {
    collection: "The collection",
    likeness: "How likeness is measured",
    trust: "How far to trust the places",
    problems: "What was left out or repaired",
  },
  collection: (items: number, images: number) =>
    items === images
      ? `${pictures(items)}, all of them different.`
      : `${pictures(items)}, of which ${number(images)} are different.`,
  model: (name: string, version: string, dimensions: number) =>
    `Each picture was described by ${number(dimensions)} numbers by the model ${name} (version ${version}). Pictures with similar numbers lie together.`,
  vectors: (components: number, explained: number) =>
    `These were condensed to ${number(components)}, which keep ${share(explained)} of the differences.`,
  trustworthiness: (value: number) =>
    `Trustworthiness ${share(value)}: how rarely pictures lie side by side that are not alike.`,
  neighboursMap: (value: number) =>
    `Of the ten pictures most like a picture, ${share(value)} are among the ten nearest on the map.`,
  neighboursGrid: (value: number) =>
    `Of the ten nearest pictures on the map, ${share(value)} are in the cells around a picture.`,
  sample: (count: number) => `Measured on ${pictures(count)}.`,
  problems: (count: number) =>
    `${number(count)} ${count === 1 ? "file needed" : "files needed"} attention while this map was made.`,
  showProblems: "Show the list",
  problemsFailed: "The list could not be loaded.",
  problemColumns: { path: "File", stage: "Stage", kind: "Kind", reason: "Reason", action: "What was done" },
  tip: "Drag to move, scroll or pinch to zoom, click a picture to read about it.",
} as const;
