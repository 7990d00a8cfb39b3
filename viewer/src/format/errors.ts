/**
 * What can go wrong, in one place.
 *
 *     ViewerError
 *     ├── FormatError   a file is there, but is not what docs/format.md says
 *     ├── LoadError     a file did not arrive, or not whole
 *     ├── RefusedError  the address asks for a collection that this page may not show
 *     └── GraphicsError the browser has no WebGL2, or it refused something needed
 *
 * A message says what was expected, what came, and `advice` says what to do.
 */
export class ViewerError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = new.target.name;
    this.advice = advice;
  }
}

const REBUILD = "Build the site again with the same version of pixplot as this viewer.";

export class FormatError extends ViewerError {
  constructor(
    readonly where: string,
    readonly expected: string,
    readonly got: unknown,
  ) {
    super(`${where}: expected ${expected}, got ${describe(got)}.`, REBUILD);
  }
}

export class LoadError extends ViewerError {
  constructor(
    readonly file: string,
    readonly expected: string,
    got: string,
    advice = "Check that the whole site folder was copied to the server, then reload the page.",
    /** The server said that it will not send it: it makes no sense to ask again. */
    readonly refused = false,
  ) {
    super(`${file}: expected ${expected}, got ${got}.`, advice);
  }
}

export class RefusedError extends ViewerError {
  constructor(asked: string, allowed: readonly string[]) {
    const places = ["its own server", ...allowed].join(", ");
    super(
      `?data=: expected a folder on ${places}, got ${describe(asked)}.`,
      "Whoever runs this page can allow the place with site.data_from in the configuration. Without ?data= the page shows its own collection.",
    );
  }
}

export class GraphicsError extends ViewerError {}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
